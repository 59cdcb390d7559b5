public import HTTP

/// A request to the issuer.
public struct IssuerRequest: Sendable, Equatable {
    /// GET for documents, POST for introspection.
    public let method: Method
    /// The absolute URL: https, or http to this machine where the issuer itself is there.
    public let url: String
    /// The fields beside those of the connection.
    public let headers: Headers
    /// The content of a POST.
    public let body: [UInt8]
}

/// How the issuer is reached. ``GuardedTransport`` is the one to take, unless the program has an HTTP client of its own
/// or the issuer is embedded in it.
public protocol IssuerTransport: Sendable {
    /// Sends a request and returns its one answer, whatever the status. Redirects must not be followed, certificates
    /// must be checked, and it must end in bounded time: requests wait for it.
    ///
    /// - Throws: what kept the answer from coming; its description goes to ``IssuerFault``, for the log.
    func send(_ request: IssuerRequest) async throws -> Response
}
