import HTTP
import HTTPClient
import Provider
import Testing

@testable import Delivery

@Suite("Webhooks: what the end of an attempt means")
struct DeliveryRulesTests {
    private let now = Instant(seconds: 1_800_000_000)
    private let rules = DeliveryRules(schedule: RetrySchedule(pauses: [.seconds(5), .seconds(30)], jitter: 0))

    private func outcome(_ result: Result<Response, FetchError>, attempts: Int = 1) -> DeliveryOutcome {
        var random = SystemRandomNumberGenerator()
        return rules.outcome(of: result, attempts: attempts, at: now, using: &random)
    }

    private func answer(_ code: Int, _ headers: Headers = [:]) throws -> Result<Response, FetchError> {
        .success(Response(status: try #require(Status(code: code)), headers: headers))
    }

    @Test("any 2xx is success", arguments: [200, 201, 202, 204, 299])
    func success(code: Int) throws {
        #expect(try outcome(answer(code)) == .delivered(status: code))
    }

    @Test("redirects and errors of either side are tried again", arguments: [301, 302, 307, 400, 401, 404, 500, 503])
    func again(code: Int) throws {
        guard case .retry(at: now + 5, status: code, _) = try outcome(answer(code)) else {
            Issue.record("no retry for \(code)")
            return
        }
    }

    @Test("410 Gone is final at once")
    func gone() throws {
        #expect(try outcome(answer(410)) == .dead(status: 410, reason: "the endpoint is gone for good"))
    }

    @Test("Back-Channel Logout §2.8: 400 is final for a logout token, and 410 is not")
    func refusedToken() throws {
        let rules = DeliveryRules(schedule: rules.schedule, final: LogoutSender.final)
        var random = SystemRandomNumberGenerator()
        let outcomes = try [400, 410].map { code in
            rules.outcome(of: try answer(code), attempts: 1, at: now, using: &random)
        }
        #expect(
            outcomes == [
                .dead(status: 400, reason: "the client refused the token"),
                .retry(at: now + 5, status: 410, reason: "status 410"),
            ])
    }

    @Test("a fetch that failed is tried again, with its reason")
    func failure() {
        #expect(outcome(.failure(.timedOut)) == .retry(at: now + 5, status: nil, reason: "the time was over"))
        let refused = FetchError.refused(.plainHTTP)
        #expect(outcome(.failure(refused)) == .retry(at: now + 5, status: nil, reason: "the address must use https"))
    }

    @Test("the pauses grow, and after the last attempt comes a dead letter that says why")
    func exhaustion() throws {
        #expect(try outcome(answer(500), attempts: 2) == .retry(at: now + 30, status: 500, reason: "status 500"))
        #expect(
            try outcome(answer(500), attempts: 3) == .dead(status: 500, reason: "status 500; attempt 3 was the last"))
        #expect(rules.schedule.attempts == 3)
    }

    @Test(
        "RFC 9110 §10.2.3: 429 and 503 may ask for more patience, never for less, and not for ever",
        arguments: [
            (503, "120", 120), (429, "7", 7), (503, "2", 5), (503, "999999999", 86_400),
            (503, "99999999999999999999999999", 86_400), (503, "", 5), (503, "-1", 5),
            (503, "Wed, 21 Oct 2026 07:28:00 GMT", 5), (500, "120", 5),
        ])
    func retryAfter(code: Int, text: String, pause: Int) throws {
        #expect(
            try outcome(answer(code, ["Retry-After": text]))
                == .retry(at: now + pause, status: code, reason: "status \(code)"))
    }

    @Test(
        "the schedules give up after about three days, each pause within its jitter",
        arguments: [RetrySchedule.standard, .logout])
    func schedules(schedule: RetrySchedule) throws {
        var random = SystemRandomNumberGenerator()
        var total = Duration.zero
        for attempt in 1..<schedule.attempts {
            let pause = schedule.pauses[attempt - 1]
            total += pause
            for _ in 0..<50 {
                let actual = try #require(schedule.pause(after: attempt, using: &random))
                #expect(actual >= pause * 0.8 && actual <= pause * 1.2)
            }
        }
        #expect(schedule.pause(after: schedule.attempts, using: &random) == nil)
        #expect(total > .seconds(60 * 3600) && total < .seconds(80 * 3600))
        #expect(schedule.pauses == schedule.pauses.sorted())
    }
}
