internal import COpenSSL

/// What a server proves itself with: a certificate chain and its key, checked when loaded.
///
/// To renew a certificate make a new context and hand it to new connections; those that live keep the old one.
public struct TLSServerContext: Sendable {
    /// The leaf certificate that was loaded, for warnings and metrics.
    public let certificate: CertificateSummary
    let owner: ContextOwner

    /// Loads a PEM chain (leaf first) and its unencrypted PEM key.
    ///
    /// An expired certificate is loaded all the same (see ``CertificateSummary/isExpired(at:)``): a server that
    /// answers with it is easier to mend than one that does not start.
    public init(certificateFile: String, keyFile: String) throws(TLSContextError) {
        let owner = try ContextOwner(method: TLS_server_method())
        let context = owner.pointer
        ErrorQueue.clear()
        guard
            SSL_CTX_use_certificate_chain_file(context, certificateFile) == 1,
            let leaf = SSL_CTX_get0_certificate(context)
        else {
            throw .certificateUnusable(file: certificateFile, reason: ErrorQueue.drainedReason())
        }
        try Self.loadKey(keyFile, of: certificateFile, into: context)
        guard SSL_CTX_check_private_key(context) == 1 else {
            ErrorQueue.clear()
            throw .certificateAndKeyDiffer(certificate: certificateFile, key: keyFile)
        }
        SSL_CTX_set_alpn_select_cb(context, ApplicationProtocol.select, nil)
        certificate = CertificateSummary(of: leaf)
        self.owner = owner
    }

    private static func loadKey(
        _ file: String, of certificate: String, into context: OpaquePointer
    ) throws(TLSContextError) {
        // Without a callback OpenSSL would ask for the pass phrase on the terminal.
        var wasAsked = false
        let result = withUnsafeMutablePointer(to: &wasAsked) { pointer in
            SSL_CTX_set_default_passwd_cb_userdata(context, pointer)
            SSL_CTX_set_default_passwd_cb(context) { _, _, _, asked in
                asked?.storeBytes(of: true, as: Bool.self)
                return -1
            }
            defer {
                SSL_CTX_set_default_passwd_cb(context, nil)
                SSL_CTX_set_default_passwd_cb_userdata(context, nil)
            }
            return SSL_CTX_use_PrivateKey_file(context, file, SSL_FILETYPE_PEM)
        }
        guard result != 1 else { return }
        let entry = ErrorQueue.drain()
        if wasAsked {
            throw .keyUnusable(file: file, reason: "it is encrypted; give the key without a pass phrase")
        }
        if entry?.library == ERR_LIB_X509 {
            throw .certificateAndKeyDiffer(certificate: certificate, key: file)
        }
        throw .keyUnusable(file: file, reason: entry?.reason ?? "no reason given")
    }
}
