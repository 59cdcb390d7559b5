import Crypto
public import JOSE
import Synchronization

/// The signing keys in use, shared by all loops: one snapshot that is replaced whole when the stored keys change.
public final class KeyRing: Sendable {
    private let snapshot: Mutex<(keys: KeyRingSnapshot, version: Int)>
    /// Access tokens whose signature was verified, by their SHA-256.
    private let verified = RecentValues<[UInt8], SignedAccessToken>(capacity: 4096)

    /// A ring with these keys.
    public init(_ snapshot: KeyRingSnapshot) { self.snapshot = Mutex((snapshot, 0)) }

    /// The keys as they are now.
    public var current: KeyRingSnapshot { snapshot.withLock { $0.keys } }

    /// Another number after every change of the public keys or of who signs: what was made of them is good for as long
    /// as it stays.
    public var version: Int { snapshot.withLock { $0.version } }

    /// Takes over what the store says now.
    public func replace(with new: KeyRingSnapshot) {
        snapshot.withLock { snapshot in
            let isSame = snapshot.keys.jwks == new.jwks && snapshot.keys.algorithms == new.algorithms
            snapshot = (new, snapshot.version + (isSame ? 0 : 1))
        }
    }

    /// What an access token of this issuer names, if one of the keys signed it. A signature that was verified before is
    /// not verified again while its key is in the ring: services ask about the same token many times.
    func signedAccessToken(_ text: String, issuer: String) -> SignedAccessToken? {
        let hash = SHA256.hash(Array(text.utf8))
        let keys = current
        if let known = verified.value(of: hash) {
            return known.issuer == issuer && keys.verifies(by: known.keyID) ? known : nil
        }
        guard let jws = keys.verified(text), let token = SignedAccessToken(jws, issuer: issuer) else { return nil }
        verified.keep(token, of: hash)
        return token
    }
}

/// What the ring holds at one moment.
public struct KeyRingSnapshot: Sendable {
    /// A key that signs, with its headers already encoded.
    struct Signers: Sendable {
        let accessToken: JWSSigner
        let idToken: JWSSigner
        let logoutToken: JWSSigner
    }

    private let signers: [SigningAlgorithm: Signers]
    private let verificationKeys: [String: VerificationKey]
    /// The public halves of all that sign, will sign or have signed lately (RFC 7517 §5).
    public let jwks: JWKS

    /// The ring of these stored keys at `now`: of each algorithm the newest key whose time has come signs; every key
    /// verifies and is published until it retires.
    ///
    /// - Throws: ``KeyRingError`` for a key that the master key does not open.
    public init(_ records: [SigningKeyRecord], master: MasterKey, at now: Instant) throws(KeyRingError) {
        var signing: [SigningAlgorithm: (since: Instant, key: SigningKey, kid: String)] = [:]
        var verificationKeys: [String: VerificationKey] = [:]
        var published: [JWK] = []
        for record in records where record.state != .retired && record.retiresAt.map({ now < $0 }) ?? true {
            let key = try master.open(record)
            verificationKeys[record.kid] = key.verificationKey
            published.append(JWK(key.verificationKey))
            guard record.retiresAt == nil, record.activatesAt <= now else { continue }
            if let best = signing[record.algorithm], best.since > record.activatesAt { continue }
            signing[record.algorithm] = (record.activatesAt, key, record.kid)
        }
        signers = signing.mapValues {
            Signers(
                accessToken: JWSSigner(key: $0.key, type: "at+jwt", keyID: $0.kid),
                idToken: JWSSigner(key: $0.key, type: "JWT", keyID: $0.kid),
                logoutToken: JWSSigner(key: $0.key, type: "logout+jwt", keyID: $0.kid))
        }
        self.verificationKeys = verificationKeys
        jwks = JWKS(published)
    }

    /// Algorithms that there is a signing key for: what discovery promises.
    public var algorithms: [SigningAlgorithm] { SigningAlgorithm.allCases.filter { signers[$0] != nil } }

    /// Signs the claims of an access token (RFC 9068 §2.1: `typ` at+jwt).
    func signAccessToken(_ claims: [UInt8], _ algorithm: SigningAlgorithm) throws(OAuthError) -> String {
        try sign(claims, by: signers[algorithm]?.accessToken)
    }

    /// Signs the claims of an ID token.
    func signIDToken(_ claims: [UInt8], _ algorithm: SigningAlgorithm) throws(OAuthError) -> String {
        try sign(claims, by: signers[algorithm]?.idToken)
    }

    /// Signs the claims of a logout token (OpenID Connect Back-Channel Logout §2.4: explicitly typed).
    func signLogoutToken(_ claims: [UInt8], _ algorithm: SigningAlgorithm) throws(OAuthError) -> String {
        try sign(claims, by: signers[algorithm]?.logoutToken)
    }

    private func sign(_ claims: [UInt8], by signer: JWSSigner?) throws(OAuthError) -> String {
        guard let signer else { throw .storeUnavailable("no signing key of the algorithm that is asked for") }
        do {
            return try signer.sign(claims)
        } catch {
            throw .storeUnavailable("signing failed: \(error)")
        }
    }

    /// Whether the key of this id verifies.
    func verifies(by keyID: String) -> Bool { verificationKeys[keyID] != nil }

    /// The token, if one of these keys signed it: signature alone, no claim is looked at.
    func verified(_ token: String) -> JWS? {
        guard let unverified = try? UnverifiedJWS(parsing: token), let kid = unverified.header.keyID,
            let key = verificationKeys[kid]
        else { return nil }
        return try? unverified.verified(with: key)
    }
}

/// Why the stored keys cannot be used. Stops the start.
public struct KeyRingError: Error, Sendable, CustomStringConvertible {
    /// The reason, fit for the operator.
    public let description: String
    /// A reason fit for the operator.
    public init(_ description: String) { self.description = description }
}
