import HTTP
import JOSE
import Testing

@testable import ResourceServer

@Suite("Issuer, audience and metadata of a verifier")
struct SetupTests {
    @Test(
        "RFC 8414 §2: an issuer is https, or http on this very machine",
        arguments: [
            "https://id.example", "https://id.example:8443/tenant", "http://127.0.0.1:8080", "http://[::1]",
            "http://localhost:1",
        ])
    func issuer(text: String) throws {
        #expect(try TrustedIssuer(text).text == text)
    }

    @Test(
        "anything else is refused when the program starts",
        arguments: [
            "", "id.example", "http://id.example", "http://10.0.0.1", "https://id.example?x=1", "https://id.example#x",
            "https://user@id.example", "ftp://id.example", "https://", "http://localhost.evil.example",
            "https://id .example",
        ])
    func badIssuer(text: String) {
        let fault = #expect(throws: SetupFault.self) { try TrustedIssuer(text) }
        guard case .issuer = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(throws: SetupFault.self) { try AccessTokenVerifier(issuer: text, audience: "https://api.example") }
    }

    @Test("there is no verifier without an audience")
    func audience() {
        #expect(throws: SetupFault.audience) { try ExpectedAudience("") }
        #expect(throws: SetupFault.audience) { try ExpectedAudience("https://api.example", or: "") }
        #expect(throws: SetupFault.audience) {
            try AccessTokenVerifier(issuer: "https://id.example", audience: "")
        }
    }

    @Test("OpenID Connect Discovery §4: the metadata lie below the issuer, its path included")
    func metadataAddress() throws {
        let suffix = "/.well-known/openid-configuration"
        #expect(try TrustedIssuer("https://id.example").metadataURL == "https://id.example" + suffix)
        #expect(try TrustedIssuer("https://id.example/").metadataURL == "https://id.example" + suffix)
        #expect(try TrustedIssuer("https://id.example/a/b").metadataURL == "https://id.example/a/b" + suffix)
    }

    @Test("OpenID Connect Discovery §4.3: metadata that name another issuer are not followed")
    func foreignMetadata() async throws {
        for name in ["https://id.example/", "https://evil.example", "https://ID.example", nil] {
            let bench = try Bench()
            bench.issuer.change { $0.metadata = TestIssuer.metadata(with: [("issuer", name.map(JSON.string))]) }
            #expect(await bench.refusal(of: try bench.token()) == .unavailable(.foreignIssuer))
            #expect(bench.issuer.readings == 0)
        }
    }

    @Test("keys are fetched by https only, as the issuer itself is")
    func insecureEndpoints() async throws {
        let addresses: [(JSON?, String)] = [
            (nil, "is not in the metadata"), ("http://id.example/keys", "is not https"),
            ("http://127.0.0.1/keys", "is not https"), ("file:///etc/passwd", "is not well-formed"),
            ("/keys", "is not well-formed"), ("", "is not well-formed"), (7, "is no text"),
        ]
        for (address, reason) in addresses {
            let bench = try Bench()
            bench.issuer.change { $0.metadata = TestIssuer.metadata(with: [("jwks_uri", address)]) }
            #expect(
                await bench.refusal(of: try bench.token()) == .unavailable(.noEndpoint(.keys, reason: reason)))
            #expect(bench.issuer.asked == ["/.well-known/openid-configuration"])
        }
    }

    @Test("an answer that is not what it should be is the issuer's fault, not the token's")
    func badDocuments() async throws {
        let large = Response(status: .ok, body: [UInt8](repeating: 0x20, count: 262_145))
        let cases: [(String, Response, IssuerFault)] = [
            ("metadata", Response(status: .notFound), .status(404, of: .metadata)),
            (
                "metadata", Response(status: .found, headers: ["Location": "https://evil.example"]),
                .status(302, of: .metadata)
            ),
            ("metadata", large, .malformed(.metadata, reason: "too large")),
            ("keys", Response(status: .internalServerError), .status(500, of: .keys)),
            ("keys", large, .malformed(.keys, reason: "too large")),
            (
                "keys", Response(status: .ok, body: Array("[]".utf8)),
                .malformed(.keys, reason: "a JWK is a JSON object")
            ),
            (
                "keys", Response(status: .ok, body: Array("{}".utf8)),
                .malformed(.keys, reason: "a JWK Set has an array 'keys'")
            ),
            (
                "keys", Response(status: .ok, body: Array("<html>".utf8)),
                .malformed(.keys, reason: jsonError("<html>").description)
            ),
            (
                "keys", Response(status: .ok, body: Array(#"{"keys":[{"kty":"RSA","d":"AQ"}]}"#.utf8)),
                .malformed(.keys, reason: "the member 'd' belongs to a private or symmetric key")
            ),
        ]
        for (document, response, fault) in cases {
            let bench = try Bench()
            bench.issuer.change { $0.instead[document] = response }
            #expect(await bench.refusal(of: try bench.token()) == .unavailable(fault))
        }
    }
}
