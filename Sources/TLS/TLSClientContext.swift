internal import COpenSSL

/// Whom a client believes: the system's certificate authorities, and others by file.
public struct TLSClientContext: Sendable {
    let owner: ContextOwner

    /// - Parameters:
    ///   - additionalAuthorities: a PEM file with further roots, for private authorities and tests.
    ///   - trustingSystem: whether the roots of the operating system count.
    public init(additionalAuthorities: String? = nil, trustingSystem: Bool = true) throws(TLSContextError) {
        let owner = try ContextOwner(method: TLS_client_method())
        ErrorQueue.clear()
        if trustingSystem, SSL_CTX_set_default_verify_paths(owner.pointer) != 1 {
            throw .authoritiesUnusable(file: "the system's store", reason: ErrorQueue.drainedReason())
        }
        if let file = additionalAuthorities, SSL_CTX_load_verify_file(owner.pointer, file) != 1 {
            throw .authoritiesUnusable(file: file, reason: ErrorQueue.drainedReason())
        }
        SSL_CTX_set_verify(owner.pointer, SSL_VERIFY_PEER, nil)
        guard ApplicationProtocol.offer(by: owner.pointer) else {
            throw .libraryRefused(reason: ErrorQueue.drainedReason())
        }
        self.owner = owner
    }
}
