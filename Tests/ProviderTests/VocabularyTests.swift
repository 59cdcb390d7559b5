import Crypto
import Testing

@testable import Provider

@Suite("Vocabulary")
struct VocabularyTests {
    @Test(
        "RFC 3339 §5.6: written and read back",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_795_262_400_123, "2026-11-21T12:00:00.123Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func rfc3339(milliseconds: Int64, text: String) {
        #expect(Instant(milliseconds: milliseconds).rfc3339 == text)
        #expect(Instant(rfc3339: text) == Instant(milliseconds: milliseconds))
    }

    @Test(
        "RFC 3339 §5.6: offsets and fractions",
        arguments: [
            ("2026-11-21T13:00:00+01:00", 1_795_262_400_000), ("2026-11-21t12:00:00.5z", 1_795_262_400_500),
            ("2026-11-21T04:30:00.123456-07:30", 1_795_262_400_123),
        ] as [(String, Int64)])
    func rfc3339Forms(text: String, milliseconds: Int64) {
        #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        "RFC 3339 §5.6: refused",
        arguments: [
            "", "2026-11-21", "2026-11-21T12:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-11-21T24:00:00Z", "2026-11-21T12:00:00.Z", "2026-11-21T12:00:00+24:00", "2026-11-21 12:00:00Z",
        ])
    func notRFC3339(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("CVE-2026-4282: a value of one kind is never read as one of another")
    func kinds() {
        let secret = [UInt8](repeating: 7, count: 32)
        for kind in OpaqueToken.Kind.allCases {
            let token = OpaqueToken(kind, bucket: Bucket(495_000), secret: secret)
            for other in OpaqueToken.Kind.allCases {
                #expect((OpaqueToken(other, presented: token.text) != nil) == (kind == other))
            }
        }
    }

    @Test(
        "An opaque token has one spelling",
        arguments: [
            "", "mlt_ac_", "mlt_ac_1", "mlt_ac_01" + String(repeating: "A", count: 43),
            "mlt_ac_+1" + String(repeating: "A", count: 43), "mlt_ac_" + String(repeating: "A", count: 43),
            "mlt_ac_9999999999" + String(repeating: "A", count: 43),
            "mlt_ac_1" + String(repeating: "A", count: 42) + "B",
            "mlt_ac_1" + String(repeating: "A", count: 42) + "=", "MLT_ac_1" + String(repeating: "A", count: 43),
        ])
    func malformedTokens(text: String) {
        #expect(OpaqueToken(.authorizationCode, presented: text) == nil)
    }

    @Test("RFC 6749 §3.3: scope tokens, each once, in order")
    func scopes() throws {
        #expect(try ScopeList(parsing: "b a b").names == ["b", "a"])
        #expect(throws: OAuthError.self) { try ScopeList(parsing: "a\tb") }
    }

    @Test("CVE-2026-4634: a long scope list costs nothing but an error")
    func longScopes() {
        let many = (0...ScopeList.limit).map { "s\($0)" }.joined(separator: " ")
        #expect(throws: OAuthError.self) { try ScopeList(parsing: many) }
    }

    @Test("RFC 6749 §5.2: descriptions keep to the allowed characters")
    func descriptions() {
        let error = OAuthError(.invalidRequest, "a \"b\" \\ \u{E9}\n")
        #expect(error.description == "a 'b' ? ??")
    }

    @Test("RFC 7636 appendix B: the challenge of the example's verifier")
    func pkce() throws {
        let challenge = try PKCE.challenge(ofVerifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test(
        "RFC 7636 §4.1: a verifier of other length or characters cannot fit",
        arguments: [
            "", "short", String(repeating: "a", count: 42), String(repeating: "a", count: 129),
            String(repeating: "a", count: 42) + "+", String(repeating: "a", count: 42) + "\u{E9}",
        ])
    func badVerifier(verifier: String) {
        #expect(throws: OAuthError.self) { try PKCE.challenge(ofVerifier: verifier) }
    }

    @Test("Contract: a refresh successor follows from the presented token and the seed, and only from both")
    func successor() {
        let token = OpaqueToken(.refreshToken, bucket: Bucket(20_000), secret: [UInt8](repeating: 1, count: 32))
        let seed = [UInt8](repeating: 2, count: 32)
        let successor = RefreshSuccessor.token(after: token, seed: seed)
        #expect(successor == RefreshSuccessor.token(after: token, seed: seed))
        #expect(successor.bucket == token.bucket)
        #expect(successor != RefreshSuccessor.token(after: successor, seed: seed))
        #expect(successor != RefreshSuccessor.token(after: token, seed: [UInt8](repeating: 3, count: 32)))
    }
}
