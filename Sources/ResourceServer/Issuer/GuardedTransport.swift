public import HTTP
public import HTTPClient

/// The guarded fetcher with threads of its own, which end when it is released: https with checked certificates, no
/// redirects, 5 seconds and 256 KiB an answer.
public final class GuardedTransport: IssuerTransport {
    private let fetcher: StandaloneFetcher

    /// A transport that reaches public addresses and the issuer's own host, wherever that is.
    ///
    /// - Parameter authorities: a PEM file with certificate authorities beside those of the system.
    /// - Throws: as ``init(allowing:authorities:)``.
    public convenience init(to issuer: TrustedIssuer, authorities: String? = nil) throws {
        try self.init(allowing: try EgressAllowance(issuer.host), authorities: authorities)
    }

    /// A transport that reaches public addresses by https, and what is allowed beyond.
    ///
    /// - Throws: when the process is out of threads or descriptors, or the authorities cannot be read.
    public init(allowing allowance: EgressAllowance, authorities: String? = nil) throws {
        var limits = Fetcher.Limits()
        limits.total = .seconds(5)
        limits.answer = ResponseLimits(contentBytes: 262_144)
        fetcher = try StandaloneFetcher(
            name: "issuer", egress: EgressGuard(allowing: allowance), authorities: authorities, limits: limits)
    }

    /// Sends a request and reads its one answer.
    ///
    /// - Throws: `FetchError`, or `OutboundURL.Fault` for a URL that is none.
    public func send(_ request: IssuerRequest) async throws -> Response {
        let url = try OutboundURL(request.url)
        return try await fetcher.fetch(
            OutboundRequest(request.method, url, headers: request.headers, body: request.body))
    }
}
