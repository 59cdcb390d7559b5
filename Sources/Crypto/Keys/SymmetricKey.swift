import COpenSSL

/// A secret key of 256 bits, for ``AESGCM`` and ``HMACSHA256``. It never prints itself and leaves no copy of its own
/// behind in memory.
public struct SymmetricKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Length in bytes.
    public static let byteCount = 32

    private let secret: SecretBytes

    /// A key from stored bytes; nil unless there are exactly 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        secret = SecretBytes(bytes)
    }

    private init(unchecked bytes: [UInt8]) {
        secret = SecretBytes(bytes)
    }

    /// A new key.
    ///
    /// - Throws: ``CryptoError`` when the random source fails.
    public static func random() throws(CryptoError) -> SymmetricKey {
        SymmetricKey(unchecked: try SecureRandom.bytes(byteCount))
    }

    /// The key for one purpose, derived from this one (HKDF-Expand, RFC 5869 §2.3). Different labels give keys that
    /// tell nothing about one another or about this one.
    public func derived(for label: String) -> SymmetricKey {
        SymmetricKey(
            unchecked: HKDF.expand(pseudorandomKey: bytes, info: Array(label.utf8), byteCount: Self.byteCount))
    }

    /// The bytes, for storing the key.
    public var bytes: [UInt8] { secret.bytes }

    /// Says what it is, never which.
    public var description: String { "SymmetricKey(256 bits)" }

    /// Says what it is, never which.
    public var debugDescription: String { description }

    /// Shows nothing to `dump`.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Bytes that are overwritten when their last owner is gone.
private final class SecretBytes: @unchecked Sendable {  // written at init and deinit only
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    deinit {
        bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}
