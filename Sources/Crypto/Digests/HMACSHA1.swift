/// HMAC with SHA-1 (RFC 2104), which one-time passwords are made with (RFC 4226 §5.3) and nothing else here.
///
/// That SHA-1 has collisions does not help to forge a code: HMAC does not rest on their absence (RFC 4226 B.2).
public enum HMACSHA1 {
    /// Length of the authentication code in bytes.
    public static let byteCount = 20

    /// The authentication code of `message` under a key of any length but zero.
    public static func code(for message: [UInt8], key: [UInt8]) -> [UInt8] {
        MessageAuthentication.hmacSHA1.code(for: [message], key: key)
    }
}
