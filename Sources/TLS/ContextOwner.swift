internal import COpenSSL

/// Owns one `SSL_CTX` and what every context has in common.
///
/// `@unchecked Sendable`: after `init` the context is only read, and OpenSSL guards its reference count itself.
final class ContextOwner: @unchecked Sendable {
    let pointer: OpaquePointer

    init(method: OpaquePointer?) throws(TLSContextError) {
        ErrorQueue.clear()
        guard let pointer = SSL_CTX_new(method) else {
            throw .libraryRefused(reason: ErrorQueue.drainedReason())
        }
        self.pointer = pointer
        SSL_CTX_set_options(pointer, martlet_ssl_options())
        // Idle connections give their 34 KiB of record buffers back; no session is ever resumed, so no key is kept
        // that would open recorded traffic later.
        SSL_CTX_ctrl(pointer, SSL_CTRL_MODE, Int(SSL_MODE_RELEASE_BUFFERS), nil)
        SSL_CTX_ctrl(pointer, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        SSL_CTX_set_security_level(pointer, 2)
        // RFC 9325 §4.2: forward secrecy and AEAD only. The suites of TLS 1.3 are all of that kind.
        guard
            SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil) == 1,
            SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(TLS1_3_VERSION), nil) == 1,
            SSL_CTX_set_cipher_list(pointer, "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK") == 1,
            Self.setGroups("X25519:P-256:P-384", of: pointer)
        else {
            throw .libraryRefused(reason: ErrorQueue.drainedReason())
        }
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    private static func setGroups(_ names: String, of context: OpaquePointer) -> Bool {
        names.withCString { text in
            SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, UnsafeMutableRawPointer(mutating: text)) == 1
        }
    }
}
