import HTTP
import JOSE
import Testing

@testable import ResourceServer

@Suite("Bearer tokens of requests and the answers to them (RFC 6750)")
struct BearerTests {
    private func refusal(_ fields: [String], query: String? = nil) -> AccessRefusal? {
        do {
            _ = try BearerToken(authorization: fields, query: query)
            return nil
        } catch {
            return error
        }
    }

    @Test("§2.1: the token is what follows the scheme, in any letter case")
    func token() throws {
        for scheme in ["Bearer", "bearer", "BEARER"] {
            #expect(try BearerToken(authorization: ["\(scheme) abc.DEF-_~+/09=="]).text == "abc.DEF-_~+/09==")
        }
        #expect(try BearerToken(authorization: ["Bearer   abc"]).text == "abc")
        let request = Request(
            method: .get, path: "/resource", query: "page=1&q=%zz", headers: ["authorization": "Bearer abc"])
        #expect(try BearerToken(request).text == "abc")
    }

    @Test(
        "§3.1: no credentials, or others, are no token", arguments: ["", "Basic YTpi", "DPoP abc", "Bearertoken abc"])
    func noToken(field: String) {
        #expect(refusal([field]) == .noToken)
        #expect(refusal([]) == .noToken)
    }

    @Test(
        "§2.1: what is no token is invalid",
        arguments: [
            "Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer =", "Bearer a=b", "Bearer \"a\"", "Bearer a\u{E9}",
            "Bearer a, Bearer b", "Bearer token=abc",
        ])
    func malformed(field: String) {
        #expect(refusal([field]) == .invalidToken(.malformed))
    }

    @Test("§2: more than one way at once is refused, and so is the query (RFC 9700 §4.3.2)")
    func severalWays() {
        #expect(refusal(["Bearer a", "Bearer b"]) == .invalidRequest(.repeatedAuthorization))
        #expect(refusal(["Bearer a", "Basic YTpi"]) == .invalidRequest(.repeatedAuthorization))
        for query in ["access_token=a", "x=1&access_token=a", "access%5Ftoken=a", "access_token"] {
            #expect(refusal([], query: query) == .invalidRequest(.tokenInQuery))
            #expect(refusal(["Bearer a"], query: query) == .invalidRequest(.tokenInQuery))
        }
    }

    @Test("§3, §3.1: status, challenge and content of every refusal")
    func answers() throws {
        let realm = #"Bearer realm="https://api.example""#
        let cases: [(AccessRefusal, Int, String?, String?)] = [
            (.noToken, 401, realm, nil),
            (
                .invalidRequest(.repeatedAuthorization), 400,
                realm
                    + #", error="invalid_request", error_description="the Authorization header appears more than once""#,
                "invalid_request"
            ),
            (
                .invalidToken(.claims(.expired)), 401,
                realm + #", error="invalid_token", error_description="the token has expired""#, "invalid_token"
            ),
            (
                .insufficientScope(required: ["contracts:read", "contracts:write"]), 403,
                realm
                    + #", error="insufficient_scope", error_description="the token lacks a scope that is required here""#
                    + #", scope="contracts:read contracts:write""#, "insufficient_scope"
            ),
            (.unavailable(.unreachable(.keys, reason: "secret reason")), 503, nil, "temporarily_unavailable"),
        ]
        for (refusal, status, challenge, error) in cases {
            let response = refusal.response(realm: "https://api.example")
            #expect(response.status.code == status)
            #expect(response.headers[first: "WWW-Authenticate"] == challenge)
            #expect(response.headers[first: "Cache-Control"] == "no-store")
            #expect(response.headers[first: "Retry-After"] == (status == 503 ? "2" : nil))
            guard let error else {
                #expect(response.body.isEmpty)
                continue
            }
            let body = try JSON.parse(response.body)
            #expect(body["error"]?.string == error)
            #expect(body["error_description"]?.string == refusal.description)
            #expect(!String(decoding: response.body, as: UTF8.self).contains("secret reason"))
        }
    }

    @Test("RFC 9110 §5.6.4: whatever a program calls its realm and scopes, the field stays one field")
    func quoting() {
        let refusal = AccessRefusal.insufficientScope(required: [#"a"b\c"#, "x\r\nSet-Cookie: y"])
        let challenge = refusal.challenge(realm: "Zoë\"\n")
        #expect(challenge?.contains(#"realm="Zo?\"?""#) == true)
        #expect(challenge?.hasSuffix(#"scope="a\"b\\c x??Set-Cookie: y""#) == true)
        #expect(refusal.response(realm: "Zoë\"\n").headers[first: "WWW-Authenticate"] == challenge)
    }
}
