public import HTTP

/// What a server allows its clients. The defaults are those of the operating manual.
public struct ServerConfiguration: Sendable {
    /// How large a request may be.
    public var limits = RequestLimits()
    /// How long things may take.
    public var deadlines = Deadlines()
    /// Connections in all; for one more an idle one gives way, or it is answered 503.
    public var maxConnections = 10_000
    /// Connections from one address, likewise. Trusted proxies are exempt.
    public var maxConnectionsPerAddress = 1024
    /// From whom `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    public var trustedProxies: [AddressRange] = []

    /// The defaults.
    public init() {}

    func isTrusted(_ address: IPAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }
}

/// Total times, never times of inactivity: a client that sends one byte a second is not kept alive by it.
public struct Deadlines: Sendable {
    /// From the first byte of a request to the end of its head; for TLS also from the connection to the end of the
    /// handshake. Then 408, or the connection is closed.
    public var head = Duration.seconds(10)
    /// From the end of the head to the end of the content. Then 408.
    public var body = Duration.seconds(30)
    /// From the complete request to the last byte of its answer. A handler that is not done by then is cancelled and
    /// answered for by 503; an answer that is not taken by then is broken off.
    public var answer = Duration.seconds(60)
    /// How long a connection may wait for its next request.
    public var idle = Duration.seconds(75)
    /// How long a client may take to close its side after its last answer.
    public var linger = Duration.seconds(2)

    /// The defaults.
    public init() {}
}
