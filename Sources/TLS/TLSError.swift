/// Why a context could not be made. Each message names the file, so that it can be shown to the operator as it is.
public enum TLSContextError: Error, Sendable, Equatable {
    /// The certificate file cannot be read or holds no PEM certificate.
    case certificateUnusable(file: String, reason: String)
    /// The key file cannot be read, holds no PEM key, or the key is encrypted.
    case keyUnusable(file: String, reason: String)
    /// Both files are sound, but the key is not the certificate's.
    case certificateAndKeyDiffer(certificate: String, key: String)
    /// The authorities to trust cannot be read.
    case authoritiesUnusable(file: String, reason: String)
    /// libssl itself refused to make a context.
    case libraryRefused(reason: String)
}

extension TLSContextError: CustomStringConvertible {
    /// One sentence for the operator.
    public var description: String {
        switch self {
        case .certificateUnusable(let file, let reason): "the TLS certificate \(file) cannot be used: \(reason)"
        case .keyUnusable(let file, let reason): "the TLS key \(file) cannot be used: \(reason)"
        case .certificateAndKeyDiffer(let certificate, let key):
            "the TLS key \(key) does not belong to the certificate \(certificate)"
        case .authoritiesUnusable(let file, let reason):
            "the certificate authorities in \(file) cannot be used: \(reason)"
        case .libraryRefused(let reason): "libssl refused to make a context: \(reason)"
        }
    }
}

/// Why a connection failed. `reason` is OpenSSL's own text: for the log, never for an answer.
public enum TLSError: Error, Sendable, Equatable {
    /// The peer spoke HTTP in the clear to a TLS port.
    case plainHTTP
    /// The peer offers application protocols (RFC 7301), but not `http/1.1`.
    case noCommonApplicationProtocol
    /// The peer speaks no version of TLS that is accepted here (RFC 8996: 1.2 at least).
    case noCommonVersion(reason: String)
    /// The peer's certificate was not issued by a trusted authority, has expired, or names another host (RFC 9525).
    case certificateRefused(reason: String)
    /// The peer gave up with an alert (RFC 8446 §6.2).
    case peerAlert(reason: String)
    /// The transport ended without `close_notify` (RFC 8446 §6.1): what was read may lack its end.
    case truncated
    /// Plaintext was offered before the handshake ended or after `close`.
    case notOpen
    /// Anything else that OpenSSL calls an error.
    case failed(reason: String)
}
