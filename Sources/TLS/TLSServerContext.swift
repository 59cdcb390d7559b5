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
        // Without a callback OpenSSL would ask for the pass phrase on the terminal.
        SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
        guard SSL_CTX_use_PrivateKey_file(context, keyFile, SSL_FILETYPE_PEM) == 1 else {
            throw Self.keyError(ErrorQueue.drain(), certificate: certificateFile, key: keyFile)
        }
        guard SSL_CTX_check_private_key(context) == 1 else {
            ErrorQueue.clear()
            throw .certificateAndKeyDiffer(certificate: certificateFile, key: keyFile)
        }
        SSL_CTX_set_alpn_select_cb(context, ApplicationProtocol.select, nil)
        certificate = CertificateSummary(of: leaf)
        self.owner = owner
    }

    private static func keyError(_ entry: ErrorQueue.Entry?, certificate: String, key: String) -> TLSContextError {
        guard let entry else { return .keyUnusable(file: key, reason: "no reason given") }
        if entry.library == ERR_LIB_X509 {
            return .certificateAndKeyDiffer(certificate: certificate, key: key)
        }
        if entry.library == ERR_LIB_PEM, entry.code == PEM_R_BAD_PASSWORD_READ {
            return .keyUnusable(file: key, reason: "the key is encrypted; give the file without a pass phrase")
        }
        return .keyUnusable(file: key, reason: entry.reason)
    }
}
