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
    /// The `client_id` that the request named, proven or not; ``maskedClient`` where that is a secret in the wrong place.
    public let claimedClient: String?
    /// The grant type of a token request that this server serves.
    public let grantType: String?
    /// What went wrong, with the detail that no answer tells.
    public let error: OAuthError?
}

extension Observation {
    /// Writes the log line.
    public func write(at time: Instant, to line: inout JSONWriter) {
        line.object { line in
            line.member("time", time.rfc3339)
            line.member("level", status >= 500 ? "error" : "info")
            line.member("message", "request")
            line.member("requestId", requestID)
            line.member("method", method)
            line.member("route", route)
            line.member("status", status)
            line.member("durationMicroseconds", microseconds)
            line.member("address", address)
            if let claimedClient {
                let isShort = claimedClient.utf8.count <= 128
                line.member("clientId", isShort ? claimedClient : String(claimedClient.prefix(128)))
            }
            line.member("grantType", ifPresent: grantType)
            if let error {
                line.member("error", error.code.rawValue)
                line.member("reason", error.description)
                line.member("detail", ifPresent: error.detail)
            }
        }
    }

    /// Stands for a claimed id that has the form of a secret of this server (`mlt_…`).
    public static let maskedClient = "(a secret)"

    /// The claimed id as it may be told: who swaps the halves of Basic sends the secret as the user name.
    static func tellable(_ claimedClient: String?) -> String? {
        guard let claimedClient else { return nil }
        return claimedClient.hasPrefix("mlt_") ? maskedClient : claimedClient
    }

    /// The duration in seconds.
    var seconds: Double { Double(microseconds) / 1_000_000 }

    private var microseconds: Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
