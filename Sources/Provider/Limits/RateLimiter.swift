import Synchronization

/// The buckets of all rules, shared by all loops of this server, and with the other servers of the database by an
/// exchange twice a second (``exchange(_:at:)``) instead of a round trip a request.
///
/// What that costs: until the next exchange a server does not know what the others let through. With `n` servers each
/// has an `n`th of the burst at once, so that in any time `t` all together admit at most
/// `burst + rate · (t + (n - 1) · 1 s)`: the second is the pause between two exchanges and as much for the exchange itself.
public final class RateLimiter: Sendable {
    private struct Key: Hashable {
        let rule: Int
        let subject: String
    }

    private struct Bucket {
        /// Requests that may come at once; below zero when other servers have let through more than was there.
        var level: Double
        var filledAt: Instant
    }

    private struct Shared {
        var buckets: [Key: Bucket] = [:]
        /// Let through here since the last exchange: apart from the buckets, of which there may be many, since everybody
        /// waits while somebody looks through them.
        var spent: [Key: Int] = [:]
        /// How many servers there are.
        var servers = 1

        /// While the database is away nobody can be told, and strangers could have any number of subjects noted. What is
        /// beyond so many the others never hear of.
        mutating func note(_ count: Int, of key: Key) {
            guard spent.count < RateLimiter.capacity || spent[key] != nil else { return }
            spent[key, default: 0] += count
        }
    }

    private let rules: [RateLimit]
    private let shared = Mutex(Shared())
    /// Most buckets kept: those that are full say nothing and go first.
    private static let capacity = 200_000

    /// A limiter of these rules; of several of one route and subject the last counts.
    public init(_ rules: [RateLimit] = []) {
        var unique: [RateLimit] = []
        for rule in rules {
            unique.removeAll { $0.route == rule.route && $0.subject == rule.subject }
            unique.append(rule)
        }
        self.rules = unique
    }

    /// Whether anything is limited.
    public var isOn: Bool { !rules.isEmpty }

    /// Whether there is such a rule.
    public func counts(_ route: RateLimit.Route, by kind: RateLimit.Subject) -> Bool {
        rules.contains { $0.route == route && $0.subject == kind }
    }

    /// Takes one request out of a subject's bucket.
    ///
    /// - Throws: `too_many_requests` with the state of the bucket.
    public func spend(
        _ route: RateLimit.Route, _ kind: RateLimit.Subject, _ subject: String, at now: Instant
    ) throws(OAuthError) {
        guard let index = rules.firstIndex(where: { $0.route == route && $0.subject == kind }) else { return }
        let rule = rules[index]
        let refusal = shared.withLock { shared -> RateLimitState? in
            let key = Key(rule: index, subject: subject)
            if shared.buckets.count >= Self.capacity, shared.buckets[key] == nil { shed(&shared, now) }
            var bucket = filled(shared.buckets[key], rule, shared.servers, now)
            guard bucket.level >= 1 else {
                shared.buckets[key] = bucket
                return state(of: bucket, rule, subject)
            }
            bucket.level -= 1
            shared.buckets[key] = bucket
            shared.note(1, of: key)
            return nil
        }
        if let refusal { throw .limited(refusal) }
    }

    /// The refusal of a request that would be refused now; nothing is taken out.
    public func refusal(
        _ route: RateLimit.Route, _ kind: RateLimit.Subject, _ subject: String, at now: Instant
    ) -> OAuthError? {
        guard let index = rules.firstIndex(where: { $0.route == route && $0.subject == kind }) else { return nil }
        let rule = rules[index]
        return shared.withLock { shared in
            guard let bucket = shared.buckets[Key(rule: index, subject: subject)] else { return nil }
            let filled = filled(bucket, rule, shared.servers, now)
            return filled.level < 1 ? .limited(state(of: filled, rule, subject)) : nil
        }
    }

    /// How the limits of a route stand for these subjects; nothing is taken out.
    public func states(
        of route: RateLimit.Route, for subjects: [(kind: RateLimit.Subject, id: String)], at now: Instant
    ) -> [RateLimitState] {
        shared.withLock { shared in
            subjects.compactMap { subject in
                guard let index = rules.firstIndex(where: { $0.route == route && $0.subject == subject.kind }) else {
                    return nil
                }
                let bucket = shared.buckets[Key(rule: index, subject: subject.id)]
                return state(of: filled(bucket, rules[index], shared.servers, now), rules[index], subject.id)
            }
        }
    }

    /// The buckets that are not full, in no order.
    public func states(at now: Instant) -> [RateLimitState] {
        let (buckets, servers) = shared.withLock { ($0.buckets, $0.servers) }
        return buckets.compactMap { key, bucket in
            let bucket = filled(bucket, rules[key.rule], servers, now)
            let capacity = self.capacity(rules[key.rule], servers)
            return bucket.level < capacity ? state(of: bucket, rules[key.rule], key.subject) : nil
        }
    }

    /// Swaps what was let through here for what was let through elsewhere.
    ///
    /// - Parameter store: is told the one and answers the other.
    public func exchange(_ store: any LimitStore, at now: Instant) async throws(OAuthError) {
        guard isOn else { return }
        let spent = shared.withLock { shared in
            let spent = shared.spent
            shared.spent = [:]
            return spent
        }
        let elsewhere: LimitExchange
        do {
            elsewhere = try await store.exchange(
                spent.map { LimitUse(policy: rules[$0.key.rule].policy, subject: $0.key.subject, count: $0.value) })
        } catch {
            // Told with the next ones.
            shared.withLock { shared in
                for (key, count) in spent { shared.note(count, of: key) }
            }
            throw error
        }
        let uses = elsewhere.uses.compactMap { use in
            rules.firstIndex { $0.policy == use.policy }.map { (Key(rule: $0, subject: use.subject), use.count) }
        }
        shared.withLock { shared in
            shared.servers = max(1, elsewhere.servers)
            for (key, count) in uses {
                let rule = rules[key.rule]
                var bucket = filled(shared.buckets[key], rule, shared.servers, now)
                // All that the others can have let through since they were last heard of; a debt of more would punish
                // for longer than the flood lasted.
                let mostDebt = rule.burst + shared.servers * rule.rate
                bucket.level = max(bucket.level - Double(count), -Double(mostDebt))
                shared.buckets[key] = bucket
            }
        }
    }

    private func filled(_ bucket: Bucket?, _ rule: RateLimit, _ servers: Int, _ now: Instant) -> Bucket {
        let capacity = capacity(rule, servers)
        guard var bucket else { return Bucket(level: capacity, filledAt: now) }
        let elapsed = Double(max(0, now.milliseconds - bucket.filledAt.milliseconds)) / 1000
        bucket.level = min(capacity, bucket.level + elapsed * Double(rule.rate))
        bucket.filledAt = max(bucket.filledAt, now)
        return bucket
    }

    private func capacity(_ rule: RateLimit, _ servers: Int) -> Double { max(1, Double(rule.burst) / Double(servers)) }

    private func state(of bucket: Bucket, _ rule: RateLimit, _ subject: String) -> RateLimitState {
        let missing = 1 - bucket.level
        return RateLimitState(
            limit: rule, subject: subject, remaining: max(0, Int(bucket.level)),
            wait: missing > 0 ? Int((missing / Double(rule.rate)).rounded(.up)) : 0)
    }

    /// Makes room for many: full buckets first, and if that is not enough the half that was used longest ago.
    private func shed(_ shared: inout Shared, _ now: Instant) {
        let servers = shared.servers
        shared.buckets = shared.buckets.filter { key, bucket in
            filled(bucket, rules[key.rule], servers, now).level < capacity(rules[key.rule], servers)
        }
        guard shared.buckets.count > Self.capacity / 2 else { return }
        let middle = shared.buckets.values.map(\.filledAt).sorted()[shared.buckets.count / 2]
        shared.buckets = shared.buckets.filter { $0.value.filledAt > middle }
    }
}

/// What servers tell one another about rate limits.
public protocol LimitStore: Sendable {
    /// Writes down what was let through here, and answers what was let through elsewhere since the last exchange. Where
    /// there is no other server nothing is written.
    func exchange(_ spent: [LimitUse]) async throws(OAuthError) -> LimitExchange
}

/// Requests that one server let through.
public struct LimitUse: Sendable, Equatable {
    /// The rule, by its policy's name.
    public var policy: String
    /// Whose.
    public var subject: String
    /// How many.
    public var count: Int

    /// Requests of one subject.
    public init(policy: String, subject: String, count: Int) {
        self.policy = policy
        self.subject = subject
        self.count = count
    }
}

/// What the other servers say.
public struct LimitExchange: Sendable, Equatable {
    /// How many servers there are, this one included.
    public var servers: Int
    /// What they let through.
    public var uses: [LimitUse]

    /// An answer of the store.
    public init(servers: Int, uses: [LimitUse]) {
        self.servers = servers
        self.uses = uses
    }
}

extension OAuthError {
    fileprivate static func limited(_ state: RateLimitState) -> OAuthError {
        var error = OAuthError(
            .tooManyRequests, "Too many requests of this \(state.limit.subject.rawValue).",
            retryAfter: max(1, state.wait))
        error.rateLimit = state
        return error
    }
}
