public import HTTP
public import TLS

/// What a server tells of its work, for log and metrics. Called on the loops, several at once; it must not block.
public protocol ServerObserver: Sendable {
    /// A connection was accepted.
    func connectionOpened()
    /// A connection that was opened has ended.
    func connectionClosed()
    /// A connection was answered 503 or closed unheard.
    func connectionRefused(_ reason: ConnectionRefusal)
    /// A TLS handshake or record failed; the reason is for the log.
    func connectionFailed(_ error: TLSError, peer: IPAddress)
    /// An answer was handed to the socket, or broken off.
    func requestFinished(_ request: FinishedRequest)
}

/// Why a connection was not served.
public enum ConnectionRefusal: Sendable, Equatable {
    /// There are as many as are allowed in all.
    case tooMany
    /// There are as many as are allowed from this address.
    case tooManyFrom(IPAddress)
    /// The process has no file descriptors left.
    case noDescriptors
}

/// One request and its answer, after the fact.
public struct FinishedRequest: Sendable {
    /// Its `X-Request-Id`.
    public let id: String
    /// Method and path; nil when the request could not be read.
    public let target: Target?
    /// The status of the answer; nil when the client left before there was one.
    public let status: Status?
    /// From the complete request to the end of its answer.
    public let duration: Duration
    /// The client, behind trusted proxies.
    public let peer: IPAddress

    /// What was asked for; the query is left out, since it may hold secrets.
    public struct Target: Sendable {
        /// The method.
        public let method: Method
        /// The path as it was sent.
        public let path: String
    }
}

/// An observer that looks away.
public struct NoObserver: ServerObserver {
    /// Nothing to set up.
    public init() {}
    /// Ignored.
    public func connectionOpened() {}
    /// Ignored.
    public func connectionClosed() {}
    /// Ignored.
    public func connectionRefused(_ reason: ConnectionRefusal) {}
    /// Ignored.
    public func connectionFailed(_ error: TLSError, peer: IPAddress) {}
    /// Ignored.
    public func requestFinished(_ request: FinishedRequest) {}
}
