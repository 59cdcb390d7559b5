import COpenSSL

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
    ///
    /// It fails only when memory is exhausted, where every Swift allocation traps as well.
    static func code(for pieces: [[UInt8]], key: [UInt8]) -> [UInt8] {
        precondition(!key.isEmpty, "HMAC without a key")
        return MessageAuthentication.hmacSHA256.code(for: pieces, key: key)
    }
}

/// libcrypto's HMAC, fetched once for the life of the process.
private final class MessageAuthentication: @unchecked Sendable {  // only ever duplicated, which does not change it
    static let hmacSHA256 = MessageAuthentication()

    /// A context that knows its digest and no key; each code begins with a copy of it.
    private let template: OpaquePointer

    private init() {
        let algorithm = EVP_MAC_fetch(nil, "HMAC", nil)
        defer { EVP_MAC_free(algorithm) }
        var digest = Array("SHA2-256".utf8CString)
        let keyless = digest.withUnsafeMutableBufferPointer { name -> OpaquePointer? in
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
            preconditionFailure("libcrypto offers no HMAC: its default provider is missing")
        }
        self.template = template
    }

    deinit { EVP_MAC_CTX_free(template) }

    func code(for pieces: [[UInt8]], key: [UInt8]) -> [UInt8] {
        let context = EVP_MAC_CTX_dup(template)
        defer { EVP_MAC_CTX_free(context) }
        var isHealthy = EVP_MAC_init(context, key, key.count, nil) == 1
        for piece in pieces {
            isHealthy = isHealthy && EVP_MAC_update(context, piece, piece.count) == 1
        }
        let code = [UInt8](unsafeUninitializedCapacity: HMACSHA256.byteCount) { buffer, count in
            isHealthy = isHealthy && EVP_MAC_final(context, buffer.baseAddress, &count, HMACSHA256.byteCount) == 1
            if !isHealthy { count = 0 }
        }
        precondition(isHealthy, "libcrypto has no memory for an authentication code")
        return code
    }
}
