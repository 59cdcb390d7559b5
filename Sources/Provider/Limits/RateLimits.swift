/// How often somebody may ask for something: a token bucket. A rule counts one route by one kind of subject.
public struct RateLimit: Sendable, Hashable {
    /// What is counted.
    public enum Route: String, Sendable, CaseIterable {
        case token, authorize, login, introspect, device, registration, signup
    }

    /// By whom it is counted.
    public enum Subject: String, Sendable, CaseIterable {
        /// Clients that have shown who they are: nobody can use up the limit of another.
        case client
        /// Users whose tokens or logins it is about.
        case user
        /// Network addresses (of IPv6: /64 networks).
        case address
    }

    /// What is counted.
    public var route: Route
    /// By whom.
    public var subject: Subject
    /// Requests a second in the long run.
    public var rate: Int
    /// Requests at once, after a pause.
    public var burst: Int

    /// A rule; both numbers at least 1.
    public init(_ route: Route, _ subject: Subject, rate: Int, burst: Int) {
        self.route = route
        self.subject = subject
        self.rate = max(1, rate)
        self.burst = max(1, burst)
    }

    /// The contract's rules, and one for people who sign up: schools and offices come from one address, so many may come
    /// at once; whoever goes on and on makes one account a second.
    public static let standard = [
        RateLimit(.token, .client, rate: 500, burst: 1000), RateLimit(.introspect, .client, rate: 500, burst: 1000),
        RateLimit(.authorize, .address, rate: 50, burst: 200), RateLimit(.device, .address, rate: 5, burst: 20),
        RateLimit(.registration, .address, rate: 5, burst: 20), RateLimit(.signup, .address, rate: 1, burst: 1000),
    ]

    /// The name of its policy in `RateLimit` fields: `token-client`.
    var policy: String { "\(route.rawValue)-\(subject.rawValue)" }
    /// Seconds in which an empty bucket is full again: the window of the fields.
    var window: Int { (burst + rate - 1) / rate }
}

/// How a limit stands for one subject.
public struct RateLimitState: Sendable, Equatable {
    /// The rule.
    public var limit: RateLimit
    /// Whose bucket: a client's id, a user's, an address.
    public var subject: String
    /// Requests that may come at once now.
    public var remaining: Int
    /// Seconds until there is one more; 0 while some remain.
    public var wait: Int

    /// The fields of draft-ietf-httpapi-ratelimit-headers, which tell clients before they are refused.
    public var fields: (policy: String, state: String) {
        (
            "\"\(limit.policy)\";q=\(limit.burst);w=\(limit.window)",
            "\"\(limit.policy)\";r=\(remaining);t=\(remaining > 0 ? limit.window : wait)"
        )
    }
}
