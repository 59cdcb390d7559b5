public import Crypto

/// A public key of JOSE (RFC 7517): RSA or EC on P-256, checked when it was made. It cannot hold a private member.
public struct JWK: Sendable, Equatable {
    /// `use` (§4.2).
    public enum Use: String, Sendable {
        /// Signatures.
        case signature = "sig"
        /// Encryption.
        case encryption = "enc"
    }

    /// The key itself.
    public let key: PublicKey
    /// `kid` (§4.5).
    public let keyID: String?
    /// `use` (§4.2).
    public let use: Use?
    /// `key_ops` (§4.3).
    public let operations: [String]?
    /// `alg` (§4.4), of which there are more than this module speaks.
    public let algorithm: String?

    init(key: PublicKey, keyID: String?, use: Use?, operations: [String]?, algorithm: String?) {
        self.key = key
        self.keyID = keyID
        self.use = use
        self.operations = operations
        self.algorithm = algorithm
    }

    /// A key for signatures of one algorithm, named by its thumbprint.
    public init(_ key: VerificationKey) {
        self.init(
            key: key.publicKey, keyID: Self.thumbprint(of: key.publicKey.components), use: .signature,
            operations: nil, algorithm: key.algorithm.rawValue)
    }

    /// The key bound to `algorithm`; nil when `kty`, `use`, `key_ops` or `alg` says that it is not for that.
    public func verificationKey(for algorithm: SignatureAlgorithm) -> VerificationKey? {
        guard self.algorithm == nil || self.algorithm == algorithm.rawValue, use != .encryption,
            operations?.contains("verify") ?? true
        else { return nil }
        return try? VerificationKey(key, for: algorithm)
    }

    /// The base64url of the SHA-256 thumbprint (RFC 7638 §3): Martlet's `kid`.
    public var thumbprint: String { Self.thumbprint(of: key.components) }

    /// The base64url of the SHA-256 thumbprint (RFC 7638 §3) of a key.
    public static func thumbprint(of components: PublicKeyComponents) -> String {
        var writer = JSONWriter()
        writer.object { writer in  // §3.2, §3.3: the required members in the order of their code points
            switch components {
            case .rsa(let modulus, let exponent):
                writer.member("e", Base64URL.encode(exponent))
                writer.member("kty", "RSA")
                writer.member("n", Base64URL.encode(modulus))
            case .p256(let x, let y):
                writer.member("crv", "P-256")
                writer.member("kty", "EC")
                writer.member("x", Base64URL.encode(x))
                writer.member("y", Base64URL.encode(y))
            }
        }
        return Base64URL.encode(SHA256.hash(writer.bytes))
    }
}
