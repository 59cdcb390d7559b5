/// A signing key as it is stored: the private half sealed under the master key.
public struct SigningKeyRecord: Sendable, Equatable {
    /// Where the key is in its life. A key is published before it signs and after it has signed, so that no verifier
    /// ever meets a signature it has no key for.
    public enum State: String, Sendable { case published, active, retiring, retired }

    /// RFC 7638 thumbprint.
    public var kid: String
    /// What it signs with.
    public var algorithm: SigningAlgorithm
    /// Where it is in its life.
    public var state: State
    /// PKCS#8, sealed by AES-256-GCM with the `kid` as associated data.
    public var sealedPrivateKey: [UInt8]
    /// The public JWK as JSON.
    public var publicJWK: String
    /// When it was made or imported.
    public var createdAt: Instant
    /// When it begins (or began) to sign: verifiers had its public half for a while by then.
    public var activatesAt: Instant
    /// When it leaves the JWKS; nil while it signs.
    public var retiresAt: Instant?

    /// A key as it is stored.
    public init(
        kid: String, algorithm: SigningAlgorithm, state: State, sealedPrivateKey: [UInt8], publicJWK: String,
        createdAt: Instant, activatesAt: Instant, retiresAt: Instant? = nil
    ) {
        self.kid = kid
        self.algorithm = algorithm
        self.state = state
        self.sealedPrivateKey = sealedPrivateKey
        self.publicJWK = publicJWK
        self.createdAt = createdAt
        self.activatesAt = activatesAt
        self.retiresAt = retiresAt
    }
}
