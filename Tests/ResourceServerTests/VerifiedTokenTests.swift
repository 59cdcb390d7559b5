import HTTP
import JOSE
import Testing

@testable import ResourceServer

@Suite("Verified access tokens (RFC 9068 §2.2)")
struct VerifiedTokenTests {
    @Test("the claims come typed, and as they were")
    func claims() async throws {
        let bench = try Bench()
        let token = try await bench.verifier.verify(try bench.token([("x", ["y": [1, 2]])]))
        #expect(token.subject == "user-1")
        #expect(token.clientID == "client-1")
        #expect(token.scopes == ["contracts:read", "profile"])
        #expect(token.has(scope: "profile") && !token.has(scope: "contracts"))
        #expect(token.roles == ["viewer", "editor"])
        #expect(token.tenantID == "tenant-1")
        #expect(token.id == Forge.canary)
        #expect(token.audience == [Forge.audience])
        #expect(token.issuedAt == TestClock.start && token.expiresAt == TestClock.start + 3600)
        #expect(token.claims["x"] == ["y": [1, 2]])
        #expect(!token.isClientItself)
    }

    @Test("§5: a client that acts of its own accord is its own subject")
    func clientItself() async throws {
        let bench = try Bench()
        #expect(try await bench.verifier.verify(try bench.token([("sub", "client-1")])).isClientItself)
    }

    @Test("roles and tenant of another shape give no rights and are still there to be read")
    func otherShapes() async throws {
        let bench = try Bench()
        let token = try await bench.verifier.verify(try bench.token([("roles", "admin"), ("tenant_id", 7)]))
        #expect(token.roles == [] && token.tenantID == nil)
        #expect(token.claims["roles"] == "admin" && token.claims["tenant_id"] == 7)
        #expect(try await bench.verifier.verify(try bench.token([("roles", ["admin", 1])])).roles == [])
    }

    @Test("RFC 6750 §3.1: all scopes are required, and the refusal names all of them")
    func scopes() async throws {
        let bench = try Bench()
        let token = try bench.token()
        #expect(await bench.refusal(of: token, requiring: ["contracts:read"]) == nil)
        #expect(await bench.refusal(of: token, requiring: ["profile", "contracts:read"]) == nil)
        for required in [["contracts:write"], ["contracts:read", "contracts:write"], ["contracts"], [""]] {
            #expect(await bench.refusal(of: token, requiring: required) == .insufficientScope(required: required))
        }
        let bare = try bench.token([("scope", nil)])
        #expect(await bench.refusal(of: bare) == nil)
        #expect(await bench.refusal(of: bare, requiring: ["profile"]) == .insufficientScope(required: ["profile"]))
    }

    @Test("a service may go by several names")
    func severalAudiences() async throws {
        let audience = try ExpectedAudience("https://new.example", or: "https://old.example")
        let issuer = TestIssuer([try Forge.shared.get().rsa])
        let clock = TestClock()
        let verifier = AccessTokenVerifier(
            AccessTokenRules(issuer: try TrustedIssuer(Forge.issuer), audience: audience), over: issuer,
            caching: KeyCaching(), introspection: nil, notice: { _ in }, clocks: clock.clocks)
        let forge = try Forge.shared.get()
        for name in audience.names {
            _ = try await verifier.verify(try forge.token(claims: [("aud", .string(name))]))
        }
        await #expect(throws: AccessRefusal.invalidToken(.claims(.wrongAudience))) {
            try await verifier.verify(try forge.token())
        }
        #expect(
            verifier.response(to: .noToken).headers[first: "WWW-Authenticate"] == #"Bearer realm="https://new.example""#
        )
    }
}
