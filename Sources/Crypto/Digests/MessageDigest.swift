import COpenSSL

/// One of libcrypto's digests, fetched once for the life of the process.
final class MessageDigest: @unchecked Sendable {  // an EVP_MD does not change after it was fetched
    static let sha256 = MessageDigest("SHA2-256")
    static let sha384 = MessageDigest("SHA2-384")
    static let sha512 = MessageDigest("SHA2-512")

    private let pointer: OpaquePointer
    private let byteCount: Int

    private init(_ name: StaticString) {
        guard let pointer = EVP_MD_fetch(nil, "\(name)", nil) else {
            preconditionFailure("libcrypto offers no \(name): its default provider is missing")
        }
        self.pointer = pointer
        self.byteCount = Int(EVP_MD_get_size(pointer))
    }

    deinit { EVP_MD_free(pointer) }

    /// The digest of `pieces`, one after the other.
    ///
    /// It fails only when memory is exhausted, where every Swift allocation traps as well.
    func hash(_ pieces: [[UInt8]]) -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var isHealthy = EVP_DigestInit_ex2(context, pointer, nil) == 1
        for piece in pieces {
            isHealthy = isHealthy && EVP_DigestUpdate(context, piece, piece.count) == 1
        }
        let digest = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            isHealthy = isHealthy && EVP_DigestFinal_ex(context, buffer.baseAddress, nil) == 1
            count = isHealthy ? byteCount : 0
        }
        precondition(isHealthy, "libcrypto has no memory for a digest")
        return digest
    }

    /// Lends the pointer for the duration of `body`.
    func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        body(pointer)
    }
}
