import Synchronization
import Testing

@testable import Provider

@Suite("Wrong passwords are slowed down")
struct GuessThrottleTests {
    private func admit(
        _ throttle: GuessThrottle, _ account: String, _ address: String, at now: Instant = noon
    ) async -> GuessThrottle.Admission? {
        try? await throttle.admit(account: account, address: address, at: { now })
    }

    /// One attempt with a wrong password; whether it was judged.
    private func fail(
        _ throttle: GuessThrottle, _ account: String, _ address: String, at now: Instant = noon
    ) async -> Bool {
        guard await admit(throttle, account, address, at: now) == .admitted else { return false }
        throttle.confirm(account: account, address: address, at: now)
        return true
    }

    @Test("The wait doubles and never passes 30 seconds")
    func growth() async {
        let throttle = GuessThrottle()
        var now = noon
        var waits: [Int] = []
        for _ in 0..<12 {
            while case .wait(let seconds) = await admit(throttle, "anna", "a", at: now) {
                waits.append(seconds)
                now = now + seconds
            }
            throttle.confirm(account: "anna", address: "a", at: now)
        }
        #expect(waits == [1, 2, 4, 8, 16, 30, 30])
    }

    @Test("CVE-2026-16103: of a hundred wrong attempts at once no more are judged than one after the other")
    func parallel() async {
        let throttle = GuessThrottle()
        let judged = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { await fail(throttle, "anna", "a") } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(judged == GuessThrottle.Policy().freePerAccount)
    }

    @Test("Contract: successful logins do not count, however many come at once")
    func right() async {
        let throttle = GuessThrottle()
        let admitted = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let account = index % 2 == 0 ? "anna" : "user\(index)"
                    guard await admit(throttle, account, "a") == .admitted else { return false }
                    await Task.yield()
                    throttle.forgive(account: account, address: "a")
                    return true
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(admitted == 200)
        #expect(throttle.count == 0)
    }

    @Test("Nobody stands in line for longer than ten seconds, nor in a line of any length: 503 and Retry-After")
    func crowd() async {
        var policy = GuessThrottle.Policy()
        policy.longestLine = 3
        let throttle = GuessThrottle(policy)
        for _ in 0..<policy.freePerAccount { #expect(await admit(throttle, "anna", "a") == .admitted) }
        let clock = Clock()
        let outcomes = await withTaskGroup(of: OAuthError?.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    do throws(OAuthError) {
                        _ = try await throttle.admit(account: "anna", address: "a", at: { clock.now })
                        return nil
                    } catch { return error }
                }
            }
            // The first to end is the one that found the line full; only then has everybody else a place in it.
            let first = await group.next()
            clock.now = noon + policy.patience
            throttle.withdraw(account: "anna", address: "a")
            return await group.reduce(into: [first ?? nil]) { $0.append($1) }
        }
        // One place is free by now, for the first of the three that waited.
        let refusals = outcomes.compactMap { $0 }
        #expect(refusals.count == 3)
        #expect(refusals.allSatisfy { $0.code == .temporarilyUnavailable && $0.retryAfter == 2 })
    }

    @Test("A right password does not make anybody else wait longer")
    func rightAtTheLimit() async {
        let throttle = GuessThrottle()
        for index in 0..<GuessThrottle.Policy().freePerAddress {
            _ = await fail(throttle, "victim\(index)", "a")
        }
        #expect(await admit(throttle, "anna", "a", at: noon + 1) == .admitted)
        throttle.forgive(account: "anna", address: "a")
        #expect(await admit(throttle, "berta", "a", at: noon + 1) == .admitted)
        throttle.forgive(account: "berta", address: "a")
    }

    @Test("GHSA-cq42-vhv7-xr7p: nobody locks a person out from another address")
    func elsewhere() async {
        let throttle = GuessThrottle()
        for _ in 0..<50 { _ = await fail(throttle, "anna", "attacker") }
        #expect(await admit(throttle, "anna", "home") == .admitted)
    }

    @Test("One address trying many names is slowed down as well")
    func spraying() async {
        let throttle = GuessThrottle()
        var judged = 0
        for index in 0..<100 where await fail(throttle, "u\(index)", "a") { judged += 1 }
        #expect(judged == GuessThrottle.Policy().freePerAddress)
    }

    @Test("One's own account does not wash an address clean")
    func washing() async {
        let throttle = GuessThrottle()
        var judged = 0
        for index in 0..<100 {
            if await admit(throttle, "own", "a") == .admitted { throttle.forgive(account: "own", address: "a") }
            if await fail(throttle, "victim\(index)", "a") { judged += 1 }
        }
        #expect(judged == GuessThrottle.Policy().freePerAddress)
    }

    @Test("An attempt that nobody could judge does not count")
    func withdrawn() async {
        let throttle = GuessThrottle()
        for _ in 0..<50 {
            #expect(await admit(throttle, "anna", "a") == .admitted)
            throttle.withdraw(account: "anna", address: "a")
        }
        #expect(throttle.count == 0)
    }

    @Test("The memory of the throttle is bounded")
    func bounded() async {
        var policy = GuessThrottle.Policy()
        policy.capacity = 10
        let throttle = GuessThrottle(policy)
        for index in 0..<1000 { _ = await fail(throttle, "u", "a\(index)", at: noon + index) }
        #expect(throttle.count <= policy.capacity + 2)
    }
}

/// A time that a test sets.
private final class Clock: Sendable {
    private let moment = Mutex(noon)
    var now: Instant {
        get { moment.withLock { $0 } }
        set { moment.withLock { $0 = newValue } }
    }
}
