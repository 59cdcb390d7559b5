import HTTP
import JOSE
import Testing

@testable import ResourceServer

@Suite("Introspection of tokens that verify (RFC 7662)")
struct IntrospectionTests {
    private static let policy = IntrospectionPolicy(clientID: "api:one", clientSecret: "s3 cret/ü")

    @Test("§2.1: the issuer is asked with the token and the client's credentials, once in five seconds")
    func asked() async throws {
        let bench = try Bench(introspection: Self.policy)
        let token = try bench.token()
        for _ in 0..<10 { #expect(await bench.refusal(of: token) == nil) }
        let request = try #require(bench.issuer.introspections.first)
        #expect(bench.issuer.introspections.count == 1)
        #expect(request.method == .post)
        #expect(
            String(decoding: request.body, as: UTF8.self) == "token=\(token)&token_type_hint=access_token")
        #expect(request.headers[first: "Content-Type"] == "application/x-www-form-urlencoded")
        // RFC 6749 §2.3.1: form-encoded before they are joined; base64 of `api%3Aone:s3%20cret%2F%C3%BC`.
        #expect(request.headers[first: "Authorization"] == "Basic YXBpJTNBb25lOnMzJTIwY3JldCUyRiVDMyVCQw==")
        bench.clock.advance(seconds: 5)
        #expect(await bench.refusal(of: token) == nil)
        #expect(bench.issuer.introspections.count == 2)
    }

    @Test("§2.2: a revoked token is refused, five seconds after its revocation at the latest")
    func revoked() async throws {
        let bench = try Bench(introspection: Self.policy)
        let token = try bench.token()
        #expect(await bench.refusal(of: token) == nil)
        bench.issuer.change { $0.introspection = ["active": false] }
        bench.clock.advance(seconds: 5)
        #expect(await bench.refusal(of: token, requiring: ["none"]) == .invalidToken(.revoked))
        // Another token is another matter.
        bench.issuer.change { $0.introspection = ["active": true] }
        #expect(await bench.refusal(of: token) == .invalidToken(.revoked))
        #expect(await bench.refusal(of: try bench.token([("jti", "another")])) == nil)
    }

    @Test("requests with the same token at once ask once")
    func singleFlight() async throws {
        let bench = try Bench(introspection: Self.policy)
        let token = try bench.token(by: bench.forge.p256)
        bench.issuer.hold()
        await withTaskGroup(of: AccessRefusal?.self) { group in
            for _ in 0..<500 { group.addTask { await bench.refusal(of: token) } }
            bench.issuer.release()
            for await refusal in group { #expect(refusal == nil) }
        }
        #expect(bench.issuer.introspections.count == 1)
    }

    @Test("only what verifies is asked about: forged tokens cost the issuer nothing")
    func forged() async throws {
        let bench = try Bench(introspection: Self.policy)
        for _ in 0..<10 { #expect(await bench.refusal(of: try bench.forge.token(by: bench.forge.foreign)) != nil) }
        #expect(await bench.refusal(of: try bench.token([("aud", "other")])) != nil)
        #expect(bench.issuer.introspections.isEmpty)
    }

    @Test("an issuer that cannot be asked lets nothing in, and is not asked again for a second")
    func outage() async throws {
        let bench = try Bench(introspection: Self.policy)
        let token = try bench.token()
        let other = try bench.token([("jti", "other")])
        #expect(await bench.refusal(of: token) == nil)
        bench.issuer.change { $0.instead["introspect"] = Response(status: .serviceUnavailable) }
        bench.clock.advance(seconds: 5)
        let away = AccessRefusal.unavailable(.status(503, of: .introspection))
        for _ in 0..<10 {
            #expect(await bench.refusal(of: token) == away)
            #expect(await bench.refusal(of: other) == away)
        }
        #expect(bench.issuer.introspections.count == 2)
        bench.clock.advance(seconds: 1)
        bench.issuer.change { $0.instead = [:] }
        #expect(await bench.refusal(of: token) == nil)
    }

    @Test("a service that would rather go on does so while the issuer is away, and only then")
    func acceptsDuringOutage() async throws {
        var policy = Self.policy
        policy.outage = .accept
        let bench = try Bench(introspection: policy)
        let token = try bench.token()
        bench.issuer.change { $0.instead["introspect"] = Response(status: .badGateway) }
        #expect(await bench.refusal(of: token) == nil)
        #expect(await bench.refusal(of: try bench.forge.token(by: bench.forge.foreign)) != nil)
        // Wrong credentials are no outage.
        bench.clock.advance(seconds: 1)
        bench.issuer.change { $0.instead["introspect"] = Response(status: .unauthorized) }
        #expect(await bench.refusal(of: token) == .unavailable(.status(401, of: .introspection)))
        bench.clock.advance(seconds: 1)
        bench.issuer.change {
            $0.instead = [:]
            $0.introspection = ["active": false]
        }
        #expect(await bench.refusal(of: token) == .invalidToken(.revoked))
    }

    @Test(
        "§2.2: an answer without a Boolean 'active' is none",
        arguments: [[:], ["active": "true"], ["active": 1], []] as [JSON])
    func malformed(answer: JSON) async throws {
        let bench = try Bench(introspection: Self.policy)
        bench.issuer.change { $0.introspection = answer }
        guard case .unavailable(.malformed(.introspection, _)) = await bench.refusal(of: try bench.token()) else {
            Issue.record("taken for an answer")
            return
        }
    }

    @Test("an issuer without introspection is a mistake that shows")
    func notOffered() async throws {
        let bench = try Bench(introspection: Self.policy)
        bench.issuer.change { $0.metadata = TestIssuer.metadata(with: [("introspection_endpoint", nil)]) }
        let fault = IssuerFault.noEndpoint(.introspection, reason: "is not in the metadata")
        #expect(await bench.refusal(of: try bench.token()) == .unavailable(fault))
    }

    @Test("what is remembered of tokens is bounded")
    func bounded() {
        var entries = RecentEntries<Int>(capacity: 10)
        for number in 0..<1000 { entries[[UInt8(number % 256), UInt8(number / 256)]] = number }
        let kept = (0..<1000).filter { entries[[UInt8($0 % 256), UInt8($0 / 256)]] == $0 }
        #expect((10...20).contains(kept.count) && kept.last == 999)
        entries[[UInt8(999 % 256), UInt8(999 / 256)]] = nil
        #expect(entries[[UInt8(999 % 256), UInt8(999 / 256)]] == nil)
    }
}
