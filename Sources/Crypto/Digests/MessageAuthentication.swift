import COpenSSL

/// libcrypto's HMAC with one of its digests, fetched once for the life of the process.
final class MessageAuthentication: @unchecked Sendable {  // only ever duplicated, which does not change it
    static let hmacSHA1 = MessageAuthentication(digest: "SHA1", byteCount: HMACSHA1.byteCount)
    static let hmacSHA256 = MessageAuthentication(digest: "SHA2-256", byteCount: HMACSHA256.byteCount)

    /// A context that knows its digest and no key; each code begins with a copy of it.
    private let template: OpaquePointer
    private let byteCount: Int

    private init(digest: StaticString, byteCount: Int) {
        let algorithm = EVP_MAC_fetch(nil, "HMAC", nil)
        defer { EVP_MAC_free(algorithm) }
        var digestName = Array("\(digest)".utf8CString)
        let keyless = digestName.withUnsafeMutableBufferPointer { name -> OpaquePointer? in
            let parameters = [
                OSSL_PARAM_construct_utf8_string(martlet_OSSL_MAC_PARAM_DIGEST(), name.baseAddress, 0),
                OSSL_PARAM_construct_end(),
            ]
            guard let context = EVP_MAC_CTX_new(algorithm) else { return nil }
            guard EVP_MAC_CTX_set_params(context, parameters) == 1 else {
                EVP_MAC_CTX_free(context)
                return nil
            }
            return context
        }
        guard let template = keyless else {
            preconditionFailure("libcrypto offers no HMAC with \(digest): its default provider is missing")
        }
        self.template = template
        self.byteCount = byteCount
    }

    deinit { EVP_MAC_CTX_free(template) }

    /// The authentication code of `pieces`, one after the other, under a key of any length but zero.
    ///
    /// It fails only when memory is exhausted, where every Swift allocation traps as well.
    func code(for pieces: [[UInt8]], key: [UInt8]) -> [UInt8] {
        precondition(!key.isEmpty, "HMAC without a key")
        let context = EVP_MAC_CTX_dup(template)
        defer { EVP_MAC_CTX_free(context) }
        var isHealthy = EVP_MAC_init(context, key, key.count, nil) == 1
        for piece in pieces {
            isHealthy = isHealthy && EVP_MAC_update(context, piece, piece.count) == 1
        }
        let code = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            isHealthy = isHealthy && EVP_MAC_final(context, buffer.baseAddress, &count, byteCount) == 1
            if !isHealthy { count = 0 }
        }
        precondition(isHealthy, "libcrypto has no memory for an authentication code")
        return code
    }
}
