public import Crypto

/// The signature algorithms that credentials may have, by their numbers in the COSE registry (RFC 9053 §2.1, RFC 8812
/// §2): the two that nearly every authenticator speaks one of.
public enum COSEAlgorithm: Int64, Sendable, Hashable, CaseIterable {
    /// ECDSA with SHA-256, here on P-256 only (Level 2 §5.8.5).
    case es256 = -7
    /// RSASSA-PKCS1-v1_5 with SHA-256, which authenticators on TPMs speak.
    case rs256 = -257

    /// The same algorithm by its name in JOSE.
    public var signatureAlgorithm: SignatureAlgorithm {
        switch self {
        case .es256: .es256
        case .rs256: .rs256
        }
    }
}
