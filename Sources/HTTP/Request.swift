/// One whole request, as the routes see it: a value, with nothing of the connection left in it.
public struct Request: Sendable {
    /// The method of the request line.
    public var method: Method
    /// The target's path as it was sent, undecoded, without the query; `*` for `OPTIONS *`.
    public var path: String
    /// What followed the first `?` of the target, undecoded; nil when there was none.
    public var query: String?
    /// The header fields. Trailer fields are not among them.
    public var headers: Headers
    /// The content, transfer coding removed; empty when there was none.
    public var body: [UInt8]
    /// Who asks: the address behind the trusted proxies.
    public var peer: IPAddress
    /// Whether the client used https, to this server or to a trusted proxy.
    public var isSecure: Bool
    /// The `X-Request-Id` of this request, its answer and its log lines.
    public var id: String

    /// A request put together by hand, as tests and embedding servers do.
    public init(
        method: Method, path: String, query: String? = nil, headers: Headers = Headers(), body: [UInt8] = [],
        peer: IPAddress = .loopback, isSecure: Bool = false, id: String = ""
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.peer = peer
        self.isSecure = isSecure
        self.id = id
    }

    /// A request from the wire, with what only its connection knows.
    public init(_ received: ReceivedRequest, peer: IPAddress, isSecure: Bool, id: String) {
        self.init(
            method: received.method, path: received.path, query: received.query, headers: received.headers,
            body: received.body, peer: peer, isSecure: isSecure, id: id)
    }
}

/// A complete request as ``RequestReader`` hands it over: the message alone, before the connection adds who sent it.
public struct ReceivedRequest: Sendable, Equatable {
    /// The method of the request line.
    public var method: Method
    /// The target's path, undecoded, without the query; `*` for `OPTIONS *`.
    public var path: String
    /// What followed the first `?` of the target, undecoded; nil when there was none.
    public var query: String?
    /// The header fields in their order.
    public var headers: Headers
    /// The content, transfer coding removed.
    public var body: [UInt8]
    /// Whether the connection may carry another request after the answer: HTTP/1.1 without `Connection: close`.
    public var persists: Bool
}
