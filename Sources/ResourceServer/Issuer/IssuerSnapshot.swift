internal import HTTP
internal import JOSE

/// What the issuer's documents said at one moment, and for how long that is good.
struct IssuerSnapshot: Sendable {
    let metadata: IssuerMetadata
    let keys: JWKS
    /// From here on they are read again in the background, so that nobody has to wait.
    let refreshAt: ContinuousClock.Instant
    /// From here on they are read again first, unless the issuer is known to be away.
    let freshUntil: ContinuousClock.Instant
    /// From here on they count for nothing.
    let usableUntil: ContinuousClock.Instant

    init(
        _ metadata: IssuerMetadata, _ keys: JWKS, _ headers: Headers, _ caching: KeyCaching,
        at now: ContinuousClock.Instant
    ) {
        let lifetime = caching.lifetime(of: headers)
        self.metadata = metadata
        self.keys = keys
        refreshAt = now + lifetime * 4 / 5
        freshUntil = now + lifetime
        usableUntil = now + lifetime + caching.staleness
    }

    /// Whether one of the keys may have made the signature that this header belongs to.
    func knowsKey(of header: JWSHeader) -> Bool {
        !keys.candidates(keyID: header.keyID, algorithm: header.algorithm).isEmpty
    }
}
