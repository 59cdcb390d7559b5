import HTTP
import Provider
import Testing

@testable import Web

@Suite("The Authorization field")
struct CredentialsTests {
    private func basic(_ value: String) throws(OAuthError) -> BasicCredentials? {
        let credentials = try Credentials(["Authorization": value], refusal: .invalidClient)
        guard case .basic(let basic) = credentials else { return nil }
        return basic
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
        "Basic: what is no form encoding is read as it is (RFC 7617 §2)",
        arguments: [
            ("Basic YSU6Yg==", "a%"), ("Basic YSUwMDpi", "a%00"), ("Basic YSV6ejpi", "a%zz"), ("Basic YSZiOmM=", "a&b"),
        ])
    func notEncoded(field: String, id: String) throws {
        let credentials = try #require(try basic(field))
        #expect(credentials.id == id)
        #expect(credentials.verbatim?.id == nil)
    }

    @Test("Basic: the other reading is there only where it differs (RFC 6749 §2.3.1, RFC 7617 §2)")
    func verbatim() throws {
        let twofold = try #require(try basic("Basic YStiOmM"))
        #expect(twofold.verbatim?.id == "a+b")
        #expect(twofold.verbatim?.secret == "c")
        #expect(try basic("Basic YTpi")?.verbatim?.id == nil)
    }

    @Test(
        "Malformed Basic is invalid_client (RFC 6749 §5.2)",
        arguments: [
            "Basic", "Basic ", "Basic !!!!", "Basic YTpi=", "Basic YTpi====", "Basic YWI=", "Basic OmI=",
            "Basic /zpi", "Basic YQA6Yg==", "Basic YT_pi", "Basic YTpi YTpi", "Basic YTo=YTo=",
        ])
    func malformedBasic(field: String) {
        let error = #expect(throws: OAuthError.self) { try basic(field) }
        #expect(error?.code == .invalidClient)
    }

    @Test("Bearer takes b64token (RFC 6750 §2.1)", arguments: ["a", "a.b-c_d~e+f/g==", "mlt_x"])
    func bearer(token: String) throws {
        guard case .bearer(let read) = try Credentials(["Authorization": "Bearer \(token)"], refusal: .invalidToken)
        else {
            Issue.record("not read as bearer")
            return
        }
        #expect(read == token)
    }

    @Test(
        "Malformed Bearer is invalid_token",
        arguments: ["Bearer", "Bearer ", "Bearer a b", "Bearer =", "Bearer a=b", "Bearer a,b"])
    func malformedBearer(field: String) {
        let error = #expect(throws: OAuthError.self) {
            try Credentials(["Authorization": field], refusal: .invalidToken)
        }
        #expect(error?.code == .invalidToken)
    }

    @Test("Two Authorization fields are refused")
    func twice() {
        var headers = Headers()
        headers.add("Authorization", "Basic YTpi")
        headers.add("Authorization", "Bearer x")
        let error = #expect(throws: OAuthError.self) { try Credentials(headers, refusal: .invalidToken) }
        #expect(error?.code == .invalidRequest)
    }

    @Test("Other schemes are told apart from none")
    func other() throws {
        guard case .other = try Credentials(["Authorization": "Digest x"], refusal: .invalidToken) else {
            Issue.record("not other")
            return
        }
        guard case .none = try Credentials([:], refusal: .invalidToken) else {
            Issue.record("not none")
            return
        }
    }
}
