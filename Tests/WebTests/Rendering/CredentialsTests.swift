import HTTP
import Provider
import Testing

@testable import Web

@Suite("The Authorization field")
struct CredentialsTests {
    private func basic(_ value: String) throws(OAuthError) -> (id: String, secret: String)? {
        guard case .basic(let id, let secret) = try Credentials(["Authorization": value]) else { return nil }
        return (id, secret)
    }

    @Test(
        "Basic: id and secret are form-decoded after base64 (RFC 6749 §2.3.1)",
        arguments: [
            ("Basic YTpi", "a", "b"), ("basic YTpi", "a", "b"), ("BASIC  YTpi", "a", "b"),
            ("Basic YSUzQWI6YyUyRmQ=", "a:b", "c/d"), ("Basic YTo=", "a", ""), ("Basic YTpiOmM=", "a", "b:c"),
            ("Basic YStiOmM", "a b", "c"), ("Basic w6Q6w7Y=", "ä", "ö"), ("Basic YTo/Pj8+", "a", "?>?>"),
            ("Basic YTpiPWM=", "a", "b=c"),
        ])
    func wellFormed(field: String, id: String, secret: String) throws {
        let credentials = try #require(try basic(field))
        #expect(credentials.id == id)
        #expect(credentials.secret == secret)
    }

    @Test(
        "Malformed Basic is invalid_client (RFC 6749 §5.2)",
        arguments: [
            "Basic", "Basic ", "Basic !!!!", "Basic YTpi=", "Basic YTpi====", "Basic YWI=", "Basic OmI=",
            "Basic YSU6Yg==",
            "Basic YSUwMDpi", "Basic YSV6ejpi", "Basic /zpi", "Basic YSZiOmM=", "Basic YT_pi", "Basic YTpi YTpi",
            "Basic YTo=YTo=",
        ])
    func malformedBasic(field: String) {
        let error = #expect(throws: OAuthError.self) { try basic(field) }
        #expect(error?.code == .invalidClient)
    }

    @Test("Bearer takes b64token (RFC 6750 §2.1)", arguments: ["a", "a.b-c_d~e+f/g==", "mlt_x"])
    func bearer(token: String) throws {
        guard case .bearer(let read) = try Credentials(["Authorization": "Bearer \(token)"]) else {
            Issue.record("not read as bearer")
            return
        }
        #expect(read == token)
    }

    @Test(
        "Malformed Bearer is invalid_token",
        arguments: ["Bearer", "Bearer ", "Bearer a b", "Bearer =", "Bearer a=b", "Bearer a,b"])
    func malformedBearer(field: String) {
        let error = #expect(throws: OAuthError.self) { try Credentials(["Authorization": field]) }
        #expect(error?.code == .invalidToken)
    }

    @Test("Two Authorization fields are refused")
    func twice() {
        var headers = Headers()
        headers.add("Authorization", "Basic YTpi")
        headers.add("Authorization", "Bearer x")
        let error = #expect(throws: OAuthError.self) { try Credentials(headers) }
        #expect(error?.code == .invalidRequest)
    }

    @Test("Other schemes are told apart from none")
    func other() throws {
        guard case .other = try Credentials(["Authorization": "Digest x"]) else {
            Issue.record("not other")
            return
        }
        guard case .none = try Credentials([:]) else {
            Issue.record("not none")
            return
        }
    }
}
