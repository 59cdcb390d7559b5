/// SHA-256 (FIPS 180-4).
public enum SHA256 {
    /// Length of the digest in bytes.
    public static let byteCount = 32

    /// The digest of `pieces`, one after the other.
    public static func hash(_ pieces: [UInt8]...) -> [UInt8] {
        MessageDigest.sha256.hash(pieces)
    }

    /// The digest of the UTF-8 bytes of `text`.
    public static func hash(_ text: String) -> [UInt8] {
        MessageDigest.sha256.hash([Array(text.utf8)])
    }
}

/// SHA-384 (FIPS 180-4).
public enum SHA384 {
    /// Length of the digest in bytes.
    public static let byteCount = 48

    /// The digest of `pieces`, one after the other.
    public static func hash(_ pieces: [UInt8]...) -> [UInt8] {
        MessageDigest.sha384.hash(pieces)
    }
}

/// SHA-512 (FIPS 180-4).
public enum SHA512 {
    /// Length of the digest in bytes.
    public static let byteCount = 64

    /// The digest of `pieces`, one after the other.
    public static func hash(_ pieces: [UInt8]...) -> [UInt8] {
        MessageDigest.sha512.hash(pieces)
    }
}
