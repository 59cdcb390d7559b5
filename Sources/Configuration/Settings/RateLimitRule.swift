/// One rule of `MARTLET_RATE_LIMITS`: `token:client=500/1000`.
public struct RateLimitRule: Sendable, Equatable {
    /// What is counted.
    public enum Route: String, Sendable, CaseIterable {
        case token, authorize, login, introspect, device, registration, signup
    }

    /// By whom it is counted.
    public enum Subject: String, Sendable, CaseIterable {
        case client, user, address
    }

    /// What is counted.
    public let route: Route
    /// By whom.
    public let subject: Subject
    /// Requests a second in the long run, 1 to 1,000,000.
    public let rate: Int
    /// Requests at once, 1 to 1,000,000.
    public let burst: Int

    /// Nil for text that is no rule.
    init?(_ text: Substring) {
        let sides = text.split(separator: "=", omittingEmptySubsequences: false)
        guard sides.count == 2 else { return nil }
        let names = sides[0].split(separator: ":", omittingEmptySubsequences: false)
        let numbers = sides[1].split(separator: "/", omittingEmptySubsequences: false).map { Self.number($0) }
        guard names.count == 2, numbers.count == 2, let route = Route(rawValue: String(names[0])),
            let subject = Subject(rawValue: String(names[1])), let rate = numbers[0], let burst = numbers[1],
            Self.isCounted(route, subject)
        else { return nil }
        (self.route, self.subject, self.rate, self.burst) = (route, subject, rate, burst)
    }

    /// A client is known only once it has authenticated, a user only once one is at hand.
    private static func isCounted(_ route: Route, _ subject: Subject) -> Bool {
        switch subject {
        case .client: [.token, .introspect, .device].contains(route)
        case .user: [.token, .login].contains(route)
        case .address: true
        }
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 7, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text), (1...1_000_000).contains(number)
        else { return nil }
        return number
    }
}

extension GivenSettings {
    /// Nil where the setting is left out.
    func rateLimits() throws(ConfigurationError) -> [RateLimitRule]? {
        guard let given = self[.rateLimits] else { return nil }
        if given.text == "off" { return [] }
        var rules: [RateLimitRule] = []
        for part in given.text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: " ")
            guard words.count == 1, let rule = RateLimitRule(words[0]) else {
                throw ConfigurationError(
                    given,
                    "must be off or a list of route:subject=rate/burst: token, introspect and device by client or address, "
                        + "token and login by user or address, authorize, registration and signup by address")
            }
            rules.append(rule)
        }
        return rules
    }
}
