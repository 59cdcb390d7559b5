import Crypto
import HTTP
import JOSE
import Testing

@testable import ResourceServer

/// A token that must not open anything, and why it does not.
struct HostileToken: Sendable, CustomTestStringConvertible {
    let title: String
    let fault: TokenFault
    let make: @Sendable (Forge) throws -> String

    init(_ title: String, _ fault: TokenFault, _ make: @escaping @Sendable (Forge) throws -> String) {
        self.title = title
        self.fault = fault
        self.make = make
    }

    var testDescription: String { title }
}

@Suite("Hostile access tokens (RFC 9068 §4, RFC 8725)")
struct HostileTokenTests {
    @Test("a hostile token is refused for what is wrong with it", arguments: HostileToken.all)
    func refused(hostile: HostileToken) async throws {
        let bench = try Bench()
        let token = try hostile.make(bench.forge)
        let refusal = await bench.refusal(of: token)
        #expect(refusal == .invalidToken(hostile.fault))
        // RFC 6750 §3: what the client is told is well-formed and repeats nothing of the token.
        let response = bench.verifier.response(to: refusal ?? .noToken)
        #expect(response.status == .unauthorized)
        let challenge = try #require(response.headers[first: "WWW-Authenticate"])
        let words = hostile.fault.description
        #expect(challenge.hasSuffix(#", error="invalid_token", error_description="\#(words)""#))
        #expect(words.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
        #expect(!challenge.contains(Forge.canary))
        // Keys come from where the metadata say and from nowhere else.
        #expect(bench.issuer.asked.allSatisfy { $0 == "/.well-known/openid-configuration" || $0 == "/keys" })
    }

    @Test("every title is there once")
    func titles() {
        #expect(Set(HostileToken.all.map(\.title)).count == HostileToken.all.count)
    }

    @Test("what only looks unusual is accepted")
    func accepted() async throws {
        let bench = try Bench()
        let forge = bench.forge
        let now = Int64(TestClock.start)
        let tokens = try [
            forge.token(),
            forge.token(as: forge.p256),
            forge.token(header: [("typ", "application/at+jwt")]),
            forge.token(header: [("typ", "AT+JWT")]),
            forge.token(claims: [("aud", ["https://other.example", .string(Forge.audience)])]),
            forge.token(claims: [("iat", .integer(now + 30)), ("nbf", .integer(now + 30))]),
            forge.token(claims: [("exp", .double(Double(now) + 0.5)), ("iat", .double(Double(now) - 0.5))]),
            forge.token(claims: [("scope", nil), ("roles", nil), ("tenant_id", nil)]),
            // A key that a token brings along is not looked at, good or bad.
            forge.token(header: [("jwk", JWK(forge.foreign.verificationKey).json), ("x5c", ["MII"])]),
            forge.token(header: [("jku", "https://evil.example/keys"), ("x5u", "file:///etc/passwd")]),
        ]
        for token in tokens { #expect(await bench.refusal(of: token) == nil) }
        #expect(bench.issuer.asked == ["/.well-known/openid-configuration", "/keys"])
    }

    @Test("CVE-2022-21449: a signature of zeros is none", arguments: [64, 0, 256])
    func zeros(count: Int) async throws {
        let bench = try Bench()
        let token = try bench.forge.token(signature: [UInt8](repeating: 0, count: count), as: bench.forge.p256)
        #expect(await bench.refusal(of: token) == .invalidToken(.signature(.invalidSignature)))
    }

    @Test("RFC 8725 §3.1: an algorithm that the service does not allow is refused although the issuer has a key for it")
    func algorithms() async throws {
        let bench = try Bench { $0.algorithms = [.es256] }
        let refusal = await bench.refusal(of: try bench.token())
        #expect(refusal == .invalidToken(.signature(.unsupportedAlgorithm)))
        #expect(await bench.refusal(of: try bench.token(by: bench.forge.p256)) == nil)
    }

    @Test("RFC 9068 §4: a token may be used until its exp and not a moment longer")
    func expiry() async throws {
        let bench = try Bench()
        let token = try bench.token()
        bench.clock.advance(seconds: 3599.9)
        #expect(await bench.refusal(of: token) == nil)
        bench.clock.advance(seconds: 0.1)
        #expect(await bench.refusal(of: token) == .invalidToken(.claims(.expired)))
    }

    @Test("a flipped bit anywhere in a token is noticed")
    func flippedBits() async throws {
        let bench = try Bench()
        let token = Array(try bench.token(by: bench.forge.p256).utf8)
        for position in token.indices {
            var flipped = token
            flipped[position] ^= 1
            let text = String(decoding: flipped, as: UTF8.self)
            guard case .invalidToken = await bench.refusal(of: text) else {
                Issue.record("position \(position)")
                return
            }
        }
    }
}
