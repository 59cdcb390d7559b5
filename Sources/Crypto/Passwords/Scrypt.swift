import COpenSSL

/// scrypt (RFC 7914), the slow hash for what people choose. It takes a third of a second and 128 MiB by default: run it
/// on a bounded lane, never on a loop.
public enum Scrypt {
    /// The cost of one hash (RFC 7914 §2).
    public struct Parameters: Sendable, Hashable {
        /// Binary logarithm of the CPU and memory cost N.
        public let logN: Int
        /// Block size r.
        public let blockSize: Int
        /// Parallelization p.
        public let parallelization: Int

        /// N=2¹⁷, r=8, p=1: the OWASP recommendation.
        public static let standard = Parameters(uncheckedLogN: 17, blockSize: 8, parallelization: 1)

        /// Nil when out of bounds: N from 2 to 2²⁰, r to 32, p to 16, at most 1 GiB, and at most 2²⁴ block mixes
        /// (about ten seconds), so that neither a setting nor a stored hash can take the machine.
        public init?(logN: Int, blockSize: Int = 8, parallelization: Int = 1) {
            guard (1...20).contains(logN), (1...32).contains(blockSize), (1...16).contains(parallelization),
                (1 << logN) * blockSize <= 1 << 23, (1 << logN) * blockSize * parallelization <= 1 << 24,
                logN < 16 * blockSize  // §2: N < 2^(128 * r / 8)
            else { return nil }
            self.init(uncheckedLogN: logN, blockSize: blockSize, parallelization: parallelization)
        }

        private init(uncheckedLogN logN: Int, blockSize: Int, parallelization: Int) {
            self.logN = logN
            self.blockSize = blockSize
            self.parallelization = parallelization
        }

        /// The block mixes of one hash, to which its time is proportional.
        var work: Int { (1 << logN) * blockSize * parallelization }

        /// Whether guessing is cheaper with these than with `other`, in time or in memory.
        func isWeaker(than other: Parameters) -> Bool {
            work < other.work || (1 << logN) * blockSize < (1 << other.logN) * other.blockSize
        }

        /// Hashes that together with one of these take the time of one with `other`; none when that is no dearer.
        func hashesMissing(to other: Parameters) -> [Parameters] {
            var missing = other.work - work
            return (1..<other.logN).reversed().compactMap { logN in
                let smaller = Parameters(
                    logN: logN, blockSize: other.blockSize, parallelization: other.parallelization)
                guard let smaller, smaller.work <= missing else { return nil }
                missing -= smaller.work
                return smaller
            }
        }

        /// The memory one hash takes, in bytes: the vector V of §5, two blocks beside it, and the block B of §6.
        public var memory: Int {
            128 * blockSize * ((1 << logN) + 2 + parallelization)
        }
    }

    /// The derived key of RFC 7914 §6.
    ///
    /// - Throws: ``CryptoError`` when the memory is not to be had.
    public static func deriveKey(
        password: [UInt8], salt: [UInt8], parameters: Parameters, byteCount: Int
    ) throws(CryptoError) -> [UInt8] {
        precondition(byteCount > 0, "a key of no bytes")
        var isDerived = false
        let key = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            // An empty array may have no address, which libcrypto takes for «no password»: lend it a terminated copy.
            (password + [0]).withUnsafeBytes { password in
                isDerived =
                    EVP_PBE_scrypt(
                        password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count - 1,
                        salt, salt.count,
                        1 << UInt64(parameters.logN), UInt64(parameters.blockSize),
                        UInt64(parameters.parallelization), UInt64(parameters.memory),
                        buffer.baseAddress, byteCount) == 1
            }
            count = isDerived ? byteCount : 0
        }
        guard isDerived else { throw CryptoError("EVP_PBE_scrypt") }
        return key
    }

    /// Hashes a password with a fresh salt of 16 bytes.
    ///
    /// Passwords are bytes here: normalise before. Refuse NUL before as well: HMAC, with which scrypt begins, fills short
    /// keys up with zero bytes, so that a password and the same with NUL after it give one hash.
    ///
    /// - Throws: ``CryptoError`` when the random source fails or the memory is not to be had.
    public static func hash(
        _ password: [UInt8], parameters: Parameters = .standard
    ) throws(CryptoError) -> PasswordHash {
        let salt = try SecureRandom.bytes(PasswordHash.freshSaltByteCount)
        let key = try deriveKey(
            password: password, salt: salt, parameters: parameters, byteCount: PasswordHash.freshKeyByteCount)
        return PasswordHash(parameters: parameters, salt: salt, key: key)
    }
}
