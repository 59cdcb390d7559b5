import Crypto
import HTTP
import JOSE
import Testing

@testable import ResourceServer

@Suite("The issuer's keys: rotation, floods and outages (OpenID Connect Core §10.1.1)")
struct KeyCacheTests {
    /// Another key of the issuer.
    private static let next = Result { try SigningKey.generate(.p256) }

    @Test("a thousand requests at once read the keys once")
    func singleFlight() async throws {
        let bench = try Bench()
        let token = try bench.token(by: bench.forge.p256)
        bench.issuer.hold()
        await withTaskGroup(of: AccessRefusal?.self) { group in
            for _ in 0..<1000 { group.addTask { await bench.refusal(of: token) } }
            bench.issuer.release()
            for await refusal in group { #expect(refusal == nil) }
        }
        #expect(bench.issuer.asked == ["/.well-known/openid-configuration", "/keys"])
    }

    @Test("a key that was not there before is found at once, and the old one goes on being good while it is published")
    func rotation() async throws {
        let bench = try Bench()
        let next = try Self.next.get()
        #expect(await bench.refusal(of: try bench.token()) == nil)
        bench.clock.advance(seconds: 10)
        bench.issuer.publish([bench.forge.rsa, bench.forge.p256, next])
        #expect(await bench.refusal(of: try bench.token(by: next)) == nil)
        #expect(await bench.refusal(of: try bench.token()) == nil)
        #expect(bench.issuer.readings == 2)
    }

    @Test("a key that has left is not good any more after the next reading")
    func withdrawal() async throws {
        let bench = try Bench()
        let next = try Self.next.get()
        let old = try bench.token()
        #expect(await bench.refusal(of: old) == nil)
        bench.issuer.publish([next])
        bench.clock.advance(seconds: 299)
        #expect(await bench.refusal(of: old) == nil)
        bench.clock.advance(seconds: 1)
        #expect(await bench.refusal(of: old) == .invalidToken(.signature(.unknownKey)))
        #expect(await bench.refusal(of: try bench.token(by: next)) == nil)
    }

    @Test("a flood of forged kids becomes one reading every ten seconds, and hurts nobody else")
    func flood() async throws {
        let bench = try Bench()
        let good = try bench.token(by: bench.forge.p256)
        let forged = try (0..<500).map {
            try bench.forge.token(header: [("kid", .string("forged-\($0)"))], by: bench.forge.p256)
        }
        #expect(await bench.refusal(of: good) == nil)
        for round in 1...3 {
            bench.clock.advance(seconds: 10)
            await withTaskGroup(of: AccessRefusal?.self) { group in
                for token in forged { group.addTask { await bench.refusal(of: token) } }
                for await refusal in group { #expect(refusal == .invalidToken(.signature(.unknownKey))) }
            }
            #expect(await bench.refusal(of: good) == nil)
            #expect(bench.issuer.readings == 1 + round)
        }
    }

    @Test("within the pause an unknown kid is refused without asking; after it the key is found")
    func pause() async throws {
        let bench = try Bench()
        let next = try Self.next.get()
        let token = try bench.token(by: next)
        #expect(await bench.refusal(of: try bench.token()) == nil)
        bench.issuer.publish([next])
        bench.clock.advance(seconds: 9.9)
        #expect(await bench.refusal(of: token) == .invalidToken(.signature(.unknownKey)))
        #expect(bench.issuer.readings == 1)
        bench.clock.advance(seconds: 0.1)
        #expect(await bench.refusal(of: token) == nil)
        #expect(bench.issuer.readings == 2)
    }

    @Test("nobody waits for keys that are about to grow old: they are read meanwhile")
    func refreshInAdvance() async throws {
        let bench = try Bench()
        var notices = bench.notices.makeAsyncIterator()
        let token = try bench.token()
        #expect(await bench.refusal(of: token) == nil)
        #expect(await notices.next() == .keysRead(count: 2))
        bench.clock.advance(seconds: 240)
        bench.issuer.hold()
        #expect(await bench.refusal(of: token) == nil)
        #expect(await bench.refusal(of: token) == nil)
        bench.issuer.release()
        #expect(await notices.next() == .keysRead(count: 2))
        #expect(bench.issuer.readings == 2)
        bench.clock.advance(seconds: 239)
        #expect(await bench.refusal(of: token) == nil)
        #expect(bench.issuer.readings == 2)
    }

    @Test("while the issuer is away its last keys are used, for four hours and no longer, and nobody waits for it")
    func outage() async throws {
        let bench = try Bench()
        var notices = bench.notices.makeAsyncIterator()
        let token = try bench.token([("exp", .integer(Int64(TestClock.start) + 86_400))])
        #expect(await bench.refusal(of: token) == nil)
        #expect(await notices.next() == .keysRead(count: 2))
        bench.issuer.change { $0.isAway = true }
        let away = IssuerFault.unreachable(.metadata, reason: "Away()")
        bench.clock.advance(seconds: 300)
        #expect(await bench.refusal(of: token) == nil)
        #expect(await notices.next() == .keysNotRead(away))
        // Known to be away: the next attempt goes on behind the requests' backs.
        bench.clock.advance(seconds: 2)
        bench.issuer.hold()
        #expect(await bench.refusal(of: token) == nil)
        bench.issuer.release()
        #expect(await notices.next() == .keysNotRead(away))
        bench.clock.advance(seconds: 14_397)
        #expect(await bench.refusal(of: token) == nil)
        #expect(await notices.next() == .keysNotRead(away))
        bench.clock.advance(seconds: 1)
        #expect(await bench.refusal(of: token) == .unavailable(away))
        bench.issuer.change { $0.isAway = false }
        bench.clock.advance(seconds: 2)
        #expect(await bench.refusal(of: token) == nil)
    }

    @Test("an unknown key during an outage is nobody's fault: 503, and the known ones are not disturbed")
    func unknownKeyDuringOutage() async throws {
        let bench = try Bench()
        let stranger = try bench.token(by: try Self.next.get())
        #expect(await bench.refusal(of: try bench.token()) == nil)
        bench.issuer.change { $0.isAway = true }
        bench.clock.advance(seconds: 10)
        let away = AccessRefusal.unavailable(.unreachable(.metadata, reason: "Away()"))
        #expect(await bench.refusal(of: stranger) == away)
        let asked = bench.issuer.asked.count
        for _ in 0..<50 { #expect(await bench.refusal(of: stranger) == away) }
        #expect(bench.issuer.asked.count == asked)
        #expect(await bench.refusal(of: try bench.token()) == nil)
    }

    @Test("an issuer that was never reached is asked again every two seconds, not at every request")
    func neverReached() async throws {
        let bench = try Bench()
        bench.issuer.change { $0.isAway = true }
        let token = try bench.token()
        let away = AccessRefusal.unavailable(.unreachable(.metadata, reason: "Away()"))
        for _ in 0..<50 { #expect(await bench.refusal(of: token) == away) }
        #expect(bench.issuer.asked.count == 1)
        bench.issuer.change { $0.isAway = false }
        bench.clock.advance(seconds: 2)
        #expect(await bench.refusal(of: token) == nil)
    }

    @Test("a reading belongs to nobody: the one who began it may leave")
    func cancellation() async throws {
        let bench = try Bench()
        let token = try bench.token()
        bench.issuer.hold()
        let first = Task { await bench.refusal(of: token) }
        first.cancel()
        let second = Task { await bench.refusal(of: token) }
        bench.issuer.release()
        #expect(await first.value == nil)
        #expect(await second.value == nil)
        #expect(bench.issuer.readings == 1)
    }

    @Test("a document without a kid in the token will do as long as one key can have signed it")
    func withoutKid() async throws {
        let bench = try Bench()
        let token = try bench.forge.token(header: [("kid", nil)])
        #expect(await bench.refusal(of: token) == nil)
        let other = try SigningKey.generate(.rsa2048)
        bench.issuer.publish([bench.forge.rsa, other])
        bench.clock.advance(seconds: 300)
        #expect(await bench.refusal(of: token) == .invalidToken(.unnamedKey))
    }

    @Test(
        "RFC 9111 §5.2: max-age counts, within bounds",
        arguments: [
            (["Cache-Control": "max-age=120"], 120), (["Cache-Control": "public, max-age=600"], 600),
            (["Cache-Control": "MAX-AGE=600"], 600), (["Cache-Control": "max-age=1"], 60),
            (["Cache-Control": "max-age=0"], 60), (["Cache-Control": "no-store"], 60),
            (["Cache-Control": "no-cache, max-age=600"], 60), (["Cache-Control": "max-age=31536000"], 3600),
            (["Cache-Control": "max-age=99999999999999999999"], 3600), (["Cache-Control": "max-age=-5"], 60),
            (["Cache-Control": "max-age=abc"], 60), (["Cache-Control": "max-age="], 60),
            (["Cache-Control": "s-maxage=900"], 300), (["Cache-Control": "public"], 300), ([:], 300),
            (["Cache-Control": "max-age=600, max-age=300"], 300),
            (["Cache-Control": "max-age=600", "Age": "100"], 500),
            (["Cache-Control": "max-age=600", "Age": "700"], 60), (["Cache-Control": "max-age=600", "Age": "x"], 600),
        ] as [(Headers, Int)])
    func lifetimes(headers: Headers, seconds: Int) {
        #expect(KeyCaching().lifetime(of: headers) == .seconds(seconds))
    }
}
