/// The signature algorithms of RFC 7518 §3.1 that Martlet speaks, by their names there. `none` and the HMAC family
/// cannot be expressed.
public enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (§3.3).
    case rs256 = "RS256"
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes (§3.5).
    case ps256 = "PS256"
    /// ECDSA on P-256 with SHA-256; the signature is R and S, 32 bytes each (§3.4).
    case es256 = "ES256"
}
