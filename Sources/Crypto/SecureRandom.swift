import COpenSSL

/// Bytes from libcrypto's generator for secrets, seeded by the kernel.
public enum SecureRandom {
    /// Unpredictable bytes.
    ///
    /// - Throws: ``CryptoError`` when the source fails. Nothing may be issued then: there is no weaker fallback.
    public static func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
        precondition(count >= 0 && count <= Int(Int32.max), "a count of random bytes")
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_priv_bytes(&bytes, Int32(count)) == 1 else { throw CryptoError("RAND_priv_bytes") }
        return bytes
    }
}
