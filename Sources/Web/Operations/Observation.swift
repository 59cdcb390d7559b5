import HTTP
public import JOSE
public import Provider

/// One request and its answer, for log and metrics. It holds no secret: neither query, nor body, nor header fields.
public struct Observation: Sendable {
    /// The name of the route, such as `/api/v1/oauth2/clients/{clientId}`; `unknown` where there is none.
    public let route: String
    /// The method, in capitals.
    public let method: String
    /// The status of the answer.
    public let status: Int
    /// From the whole request to the whole answer, without the time on the wire.
    public let duration: Duration
    /// `X-Request-Id`.
    public let requestID: String
    /// The client's address behind trusted proxies.
    public let address: String
    /// The `client_id` that the request named, proven or not.
    public let claimedClient: String?
    /// The grant type of a token request that this server serves.
    public let grantType: String?
    /// What went wrong, with the detail that no answer tells.
    public let error: OAuthError?
}

extension Observation {
    /// The log line as JSON.
    public func json(at time: Instant) -> JSON {
        var members: [(name: String, value: JSON)] = [
            ("time", .string(time.rfc3339)), ("level", .string(status >= 500 ? "error" : "info")),
            ("message", "request"), ("requestId", .string(requestID)), ("method", .string(method)),
            ("route", .string(route)), ("status", .integer(Int64(status))),
            ("durationMicroseconds", .integer(microseconds)), ("address", .string(address)),
        ]
        if let claimedClient { members.append(("clientId", .string(String(claimedClient.prefix(128))))) }
        if let grantType { members.append(("grantType", .string(grantType))) }
        if let error {
            members.append(("error", .string(error.code.rawValue)))
            members.append(("reason", .string(error.description)))
            if let detail = error.detail { members.append(("detail", .string(detail))) }
        }
        return .object(JSONObject(members))
    }

    /// The duration in seconds.
    var seconds: Double { Double(microseconds) / 1_000_000 }

    private var microseconds: Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
