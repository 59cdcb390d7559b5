public import TLS

/// Why a request was not sent or its answer not accepted.
public enum FetchError: Error, Sendable, Equatable {
    /// The guard did not let it out.
    case refused(EgressRefusal)
    /// The name has no address; the reason is the resolver's.
    case unresolvable(reason: String)
    /// No allowed address took the connection; the reason is that of the last one tried.
    case unreachable(reason: String)
    /// The handshake failed, the certificate is not to be trusted, or the connection was cut short.
    case tls(TLSError)
    /// The total time is over.
    case timedOut
    /// The answer is larger than allowed.
    case tooLarge
    /// What came back is not HTTP/1.1, or ended too early.
    case malformedAnswer(reason: String)
    /// The caller was cancelled, or its loop has ended.
    case cancelled
}

extension FetchError: CustomStringConvertible {
    /// For the log and the list of deliveries.
    public var description: String {
        switch self {
        case .refused(let refusal): "the address \(refusal)"
        case .unresolvable(let reason): "the host name has no address: \(reason)"
        case .unreachable(let reason): "no connection: \(reason)"
        case .tls(let error): "TLS failed: \(error)"
        case .timedOut: "the time was over"
        case .tooLarge: "the answer is too large"
        case .malformedAnswer(let reason): "the answer is malformed: \(reason)"
        case .cancelled: "cancelled"
        }
    }
}
