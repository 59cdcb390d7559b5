/// HMAC with SHA-256 (RFC 2104).
public enum HMACSHA256 {
    /// Length of the authentication code in bytes.
    public static let byteCount = 32

    /// The authentication code of `pieces`, one after the other, under `key`.
    public static func code(for pieces: [UInt8]..., key: SymmetricKey) -> [UInt8] {
        code(for: pieces, key: key.bytes)
    }

    /// The authentication code of `message` under a key that is itself a secret text, such as a token.
    public static func code(for message: [UInt8], secret: String) -> [UInt8] {
        code(for: [message], key: Array(secret.utf8))
    }

    /// Whether `code` is the whole authentication code of `message` under `key`; compared in constant time.
    public static func isValid(_ code: [UInt8], for message: [UInt8], key: SymmetricKey) -> Bool {
        constantTimeEquals(code, self.code(for: message, key: key))
    }

    /// The authentication code under a key of any length but zero.
    static func code(for pieces: [[UInt8]], key: [UInt8]) -> [UInt8] {
        MessageAuthentication.hmacSHA256.code(for: pieces, key: key)
    }
}
