public import Crypto

/// `at_hash` and `c_hash` (OpenID Connect Core §3.1.3.6, §3.3.2.11).
public enum HalfHash {
    /// The base64url of the left half of the hash of a token or code, by the hash of the ID token's algorithm; for all
    /// algorithms here that is SHA-256.
    public static func of(_ value: String, algorithm: SignatureAlgorithm) -> String {
        switch algorithm {
        case .rs256, .ps256, .es256: Base64URL.encode(Array(SHA256.hash(value).prefix(SHA256.byteCount / 2)))
        }
    }
}
