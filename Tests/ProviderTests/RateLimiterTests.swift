import Synchronization
import Testing

@testable import Provider

@Suite("Rate limits")
struct RateLimiterTests {
    private let start = Instant(seconds: 1_800_000_000)
    private let rule = RateLimit(.token, .client, rate: 10, burst: 20)

    /// How many of these requests pass.
    private func admitted(_ limiter: RateLimiter, _ count: Int, by subject: String = "a", at now: Instant) -> Int {
        (0..<count).reduce(0) { sum, _ in
            sum + ((try? limiter.spend(.token, .client, subject, at: now)) == nil ? 0 : 1)
        }
    }

    @Test("A burst passes at once, then the rate; subjects do not disturb one another")
    func bucket() throws {
        let limiter = RateLimiter([rule])
        #expect(admitted(limiter, 30, at: start) == 20)
        #expect(admitted(limiter, 5, by: "b", at: start) == 5)
        #expect(admitted(limiter, 30, at: start + 1) == 10)
        #expect(admitted(limiter, 30, at: Instant(milliseconds: (start + 1).milliseconds + 500)) == 5)
        #expect(admitted(limiter, 30, at: start + 100) == 20, "never more than the burst")
    }

    @Test("The refusal says when to come back, and which limit it was (draft-ietf-httpapi-ratelimit-headers)")
    func refusal() throws {
        let limiter = RateLimiter([RateLimit(.device, .address, rate: 1, burst: 2)])
        for _ in 0..<2 { try limiter.spend(.device, .address, "192.0.2.1", at: start) }
        let error = try #require(throws: OAuthError.self) {
            try limiter.spend(.device, .address, "192.0.2.1", at: start)
        }
        #expect(error.code == .tooManyRequests)
        #expect(error.retryAfter == 1)
        let fields = try #require(error.rateLimit?.fields)
        #expect(fields.policy == "\"device-address\";q=2;w=2")
        #expect(fields.state == "\"device-address\";r=0;t=1")
        try limiter.spend(.device, .address, "192.0.2.1", at: start + 1)
    }

    @Test("What no rule counts passes, and a later rule replaces an earlier one of its kind")
    func rules() throws {
        let limiter = RateLimiter([RateLimit(.token, .client, rate: 1, burst: 1), rule])
        #expect(admitted(limiter, 30, at: start) == 20)
        for _ in 0..<1000 { try limiter.spend(.token, .address, "192.0.2.1", at: start) }
        #expect(!RateLimiter().isOn)
    }

    @Test("Buckets that are not full are shown, and no others")
    func states() throws {
        let limiter = RateLimiter([rule])
        _ = admitted(limiter, 15, at: start)
        _ = admitted(limiter, 1, by: "b", at: start)
        #expect(
            Set(limiter.states(at: start).map { "\($0.subject) \($0.remaining) \($0.wait)" }) == ["a 5 0", "b 19 0"])
        #expect(limiter.states(at: start + 1).map(\.subject) == ["a"])
        #expect(limiter.states(at: start + 2).isEmpty)
    }

    @Test("A clock that goes back gives nothing away")
    func clock() {
        let limiter = RateLimiter([rule])
        #expect(admitted(limiter, 30, at: start) == 20)
        #expect(admitted(limiter, 30, at: start + -100) == 0)
        #expect(admitted(limiter, 30, at: start + 1) == 10)
    }

    /// A database that servers exchange by.
    private final class Board: LimitStore {
        let answer: LimitExchange
        init(_ answer: LimitExchange) { self.answer = answer }
        func exchange(_ spent: [LimitUse]) async throws(OAuthError) -> LimitExchange { answer }
    }

    @Test("What others let through is missing here, but not for longer than they can have had it")
    func exchange() async throws {
        let limiter = RateLimiter([rule])
        #expect(admitted(limiter, 5, at: start) == 5)
        let uses = [
            LimitUse(policy: "token-client", subject: "a", count: 3), LimitUse(policy: "x", subject: "a", count: 9),
        ]
        try await limiter.exchange(Board(LimitExchange(servers: 2, uses: uses)), at: start)
        #expect(admitted(limiter, 30, at: start) == 7, "half of the burst is this server's, three are gone")
        let flood = [LimitUse(policy: "token-client", subject: "a", count: 1_000_000)]
        try await limiter.exchange(Board(LimitExchange(servers: 2, uses: flood)), at: start)
        // A burst and a second of both servers are owed, twenty and twice ten.
        #expect(admitted(limiter, 30, at: start + 4) == 0)
        #expect(admitted(limiter, 30, at: start + 5) == 10)
    }

    @Test("What could not be told is told with the next exchange")
    func lostExchange() async throws {
        final class Broken: LimitStore {
            func exchange(_ spent: [LimitUse]) async throws(OAuthError) -> LimitExchange {
                throw OAuthError(.temporarilyUnavailable, "x")
            }
        }
        final class Listening: LimitStore {
            let heard = Mutex<[LimitUse]>([])
            func exchange(_ spent: [LimitUse]) async throws(OAuthError) -> LimitExchange {
                heard.withLock { $0 += spent }
                return LimitExchange(servers: 1, uses: [])
            }
        }
        let limiter = RateLimiter([rule])
        #expect(admitted(limiter, 3, at: start) == 3)
        await #expect(throws: OAuthError.self) { try await limiter.exchange(Broken(), at: start) }
        #expect(admitted(limiter, 2, at: start) == 2)
        let store = Listening()
        for _ in 0..<2 { try await limiter.exchange(store, at: start) }
        #expect(store.heard.withLock { $0 } == [LimitUse(policy: "token-client", subject: "a", count: 5)])
    }

    @Test("A refusal can be asked for without taking anything")
    func refusals() {
        let limiter = RateLimiter([rule])
        #expect(limiter.refusal(.token, .client, "a", at: start) == nil)
        #expect(admitted(limiter, 30, at: start) == 20)
        for _ in 0..<30 { #expect(limiter.refusal(.token, .client, "a", at: start)?.rateLimit?.wait == 1) }
        #expect(limiter.refusal(.token, .client, "b", at: start) == nil)
        #expect(limiter.refusal(.device, .client, "a", at: start) == nil)
        #expect(limiter.refusal(.token, .client, "a", at: start + 1) == nil)
        #expect(admitted(limiter, 30, at: start + 1) == 10)
    }

    @Test(
        "Two servers at full flood together stay within the bound that is stated, however small the burst",
        arguments: [RateLimit(.token, .client, rate: 10, burst: 20), RateLimit(.token, .client, rate: 10, burst: 2)])
    func bound(_ rule: RateLimit) async throws {
        let servers = [RateLimiter([rule]), RateLimiter([rule])]
        var (sum, now) = (0, start)
        for _ in 0..<40 {
            // Half a second of flood at both, then each hears of the other.
            var spent = [0, 0]
            for step in 0..<5 {
                let moment = Instant(milliseconds: now.milliseconds + Int64(step) * 100)
                for (index, server) in servers.enumerated() { spent[index] += admitted(server, 10, at: moment) }
            }
            now = Instant(milliseconds: now.milliseconds + 500)
            sum += spent[0] + spent[1]
            for (index, server) in servers.enumerated() {
                let use = LimitUse(policy: "token-client", subject: "a", count: spent[1 - index])
                try await server.exchange(Board(LimitExchange(servers: 2, uses: [use])), at: now)
            }
        }
        // The first half second, in which neither knew of the other, had a whole burst each.
        #expect(sum <= rule.burst + rule.burst + rule.rate * (20 + 1))
        #expect(sum >= rule.rate * 20 * 9 / 10, "and the limit itself is admitted")
    }
}
