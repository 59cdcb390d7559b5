import Testing

@testable import Provider

@Suite("Wrong passwords are slowed down")
struct LoginThrottleTests {
    @Test("The wait doubles and never passes 30 seconds")
    func growth() {
        let throttle = LoginThrottle()
        var now = noon
        var waits: [Int] = []
        for _ in 0..<12 {
            while case .wait(let seconds) = throttle.admit(account: "anna", address: "a", at: now) {
                waits.append(seconds)
                now = now + seconds
            }
        }
        #expect(waits == [1, 2, 4, 8, 16, 30, 30])
    }

    @Test("CVE-2026-16103: a hundred attempts at once are not all the first")
    func parallel() {
        let throttle = LoginThrottle()
        let admitted = (0..<100).filter { _ in throttle.admit(account: "anna", address: "a", at: noon) == .admitted }
        #expect(admitted.count == LoginThrottle.Policy().freePerAccount)
    }

    @Test("GHSA-cq42-vhv7-xr7p: nobody locks a person out from another address")
    func elsewhere() {
        let throttle = LoginThrottle()
        for _ in 0..<50 { _ = throttle.admit(account: "anna", address: "attacker", at: noon) }
        #expect(throttle.admit(account: "anna", address: "home", at: noon) == .admitted)
    }

    @Test("One address trying many names is slowed down as well")
    func spraying() {
        let throttle = LoginThrottle()
        let admitted = (0..<100).filter { throttle.admit(account: "u\($0)", address: "a", at: noon) == .admitted }
        #expect(admitted.count == LoginThrottle.Policy().freePerAddress)
    }

    @Test("A right password does not count, however often")
    func right() {
        let throttle = LoginThrottle()
        for _ in 0..<500 {
            #expect(throttle.admit(account: "anna", address: "a", at: noon) == .admitted)
            throttle.forgive(account: "anna", address: "a")
        }
    }

    @Test("One's own account does not wash an address clean")
    func washing() {
        let throttle = LoginThrottle()
        var admitted = 0
        for index in 0..<100 {
            if throttle.admit(account: "own", address: "a", at: noon) == .admitted {
                throttle.forgive(account: "own", address: "a")
            }
            if throttle.admit(account: "victim\(index)", address: "a", at: noon) == .admitted { admitted += 1 }
        }
        #expect(admitted == LoginThrottle.Policy().freePerAddress)
    }

    @Test("The memory of the throttle is bounded")
    func bounded() {
        var policy = LoginThrottle.Policy()
        policy.capacity = 10
        policy.freePerAddress = 1
        let throttle = LoginThrottle(policy)
        for index in 0..<1000 { _ = throttle.admit(account: "u", address: "a\(index)", at: noon + index) }
        #expect(throttle.count <= policy.capacity + 2)
    }
}
