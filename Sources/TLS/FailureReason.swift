internal import COpenSSL

/// OpenSSL's account of a failure as a value of ours.
enum FailureReason {
    /// The cause of the failure that the last call on `session` reported; the error queue is empty afterwards.
    static func current(of session: OpaquePointer) -> TLSError {
        guard let entry = ErrorQueue.drain() else { return .failed(reason: "the connection broke off") }
        guard entry.library == ERR_LIB_SSL else { return .failed(reason: entry.reason) }
        switch entry.code {
        case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST:
            return .plainHTTP
        case SSL_R_NO_APPLICATION_PROTOCOL:
            return .noCommonApplicationProtocol
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_NO_PROTOCOLS_AVAILABLE,
            SSL_R_WRONG_VERSION_NUMBER, SSL_R_UNKNOWN_PROTOCOL:
            return .noCommonVersion(reason: entry.reason)
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
            return .certificateRefused(reason: verdict(on: session) ?? entry.reason)
        case SSL_AD_REASON_OFFSET...:
            return .peerAlert(reason: entry.reason)
        default:
            return .failed(reason: entry.reason)
        }
    }

    /// What the verifier held against the peer's certificate.
    private static func verdict(on session: OpaquePointer) -> String? {
        let result = SSL_get_verify_result(session)
        guard result != X509_V_OK, let text = X509_verify_cert_error_string(result) else { return nil }
        return String(cString: text)
    }
}
