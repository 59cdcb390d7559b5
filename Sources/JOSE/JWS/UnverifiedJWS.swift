public import Crypto

/// A compact JWS (RFC 7515 §3.1) that was read and not yet verified. Verifying is the way to a ``JWS``.
public struct UnverifiedJWS: Sendable {
    /// How long a token may be, in characters, unless the caller says otherwise.
    public static let standardLimit = 16_384

    /// The header, which says which key is claimed.
    public let header: JWSHeader
    /// The payload, which nobody vouches for yet: use it only to find the key (the `iss` of a client's assertion).
    public let unverifiedPayload: [UInt8]
    private let signingInput: [UInt8]
    private let signature: [UInt8]

    /// Reads a token: exactly three parts, canonical base64url, a header with a known `alg` and nothing critical.
    ///
    /// - Parameter limit: the longest token that is looked at, in characters.
    /// - Throws: ``JWSError``.
    public init(parsing token: String, limit: Int = standardLimit) throws(JWSError) {
        guard token.utf8.count <= limit else { throw .tooLong }
        let bytes = Array(token.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .malformed }
        self.header = try JWSHeader(parsing: header)
        self.unverifiedPayload = payload
        self.signingInput = Array(bytes[..<parts[1].endIndex])
        self.signature = signature
    }

    /// The JWS, when its algorithm is the key's and the signature is valid (§5.2).
    ///
    /// - Throws: ``JWSError/algorithmMismatch`` or ``JWSError/invalidSignature``.
    public func verified(with key: VerificationKey) throws(JWSError) -> JWS {
        guard header.algorithm == key.algorithm else { throw .algorithmMismatch }
        guard key.isValidSignature(signature, for: signingInput) else { throw .invalidSignature }
        return JWS(header: header, payload: unverifiedPayload)
    }

    /// The JWS, when a key of the set that its `kid` names and that is for its algorithm made the signature. Without a
    /// `kid` every key for the algorithm is tried.
    ///
    /// - Parameter algorithms: what is allowed here, whatever the keys are for.
    /// - Throws: ``JWSError/algorithmMismatch``, ``JWSError/unknownKey`` or ``JWSError/invalidSignature``.
    public func verified(
        with keys: JWKS, allowing algorithms: Set<SignatureAlgorithm> = Set(SignatureAlgorithm.allCases)
    ) throws(JWSError) -> JWS {
        guard algorithms.contains(header.algorithm) else { throw .algorithmMismatch }
        let candidates = keys.candidates(keyID: header.keyID, algorithm: header.algorithm)
        guard !candidates.isEmpty else { throw .unknownKey }
        guard candidates.contains(where: { $0.isValidSignature(signature, for: signingInput) }) else {
            throw .invalidSignature
        }
        return JWS(header: header, payload: unverifiedPayload)
    }
}

/// A JWS whose signature is valid. Only ``UnverifiedJWS`` makes one.
public struct JWS: Sendable {
    /// The header.
    public let header: JWSHeader
    /// The payload.
    public let payload: [UInt8]

    fileprivate init(header: JWSHeader, payload: [UInt8]) {
        self.header = header
        self.payload = payload
    }
}
