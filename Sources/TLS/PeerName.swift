internal import COpenSSL

/// Whom the server's certificate must name (RFC 9525) and whom the client asks for (SNI, RFC 6066 §3).
enum PeerName {
    static func require(_ host: String, of session: OpaquePointer) throws(TLSError) {
        ErrorQueue.clear()
        guard !host.isEmpty, !host.utf8.contains(0) else { throw .failed(reason: "no host to verify") }
        // An IP address is matched against the certificate's addresses alone, and SNI carries names only.
        if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1 { return }
        ErrorQueue.clear()
        SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
        guard SSL_set1_host(session, host) == 1, announce(host, by: session) else {
            throw .failed(reason: ErrorQueue.drainedReason())
        }
    }

    private static func announce(_ host: String, by session: OpaquePointer) -> Bool {
        host.withCString { text in
            SSL_ctrl(
                session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name),
                UnsafeMutableRawPointer(mutating: text)) == 1
        }
    }
}
