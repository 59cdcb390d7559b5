import HTTP
import Provider
import Testing

@testable import Web

@Suite("Bodies and queries")
struct RequestBodyTests {
    private func request(_ body: String, _ type: String?) -> Request {
        var request = Request(method: .post, path: "/x", body: Array(body.utf8))
        if let type { request.headers.set("Content-Type", type) }
        return request
    }

    @Test(
        "Media types: a form with UTF-8 or no charset, JSON where it is served, nothing else",
        arguments: [
            ("application/x-www-form-urlencoded", true), ("application/x-www-form-urlencoded; charset=UTF-8", true),
            ("APPLICATION/X-WWW-FORM-URLENCODED;charset=\"utf-8\"", true), ("application/json", true),
            ("application/json; charset=utf-8", true), ("application/x-www-form-urlencoded; charset=iso-8859-1", false),
            ("application/json; charset=utf-16", false), ("text/plain", false),
            ("multipart/form-data; boundary=x", false),
            ("application/jwt", false), ("application", false), ("", false),
            ("application/json, application/x-www-form-urlencoded", false),
        ])
    func mediaTypes(type: String, accepted: Bool) {
        #expect((RequestBody.mediaTypeProblem(request("a=b", type), .formOrJSON) == nil) == accepted)
    }

    @Test("Without content no type is asked for; with content one is; two are refused")
    func presence() {
        #expect(RequestBody.mediaTypeProblem(request("", nil), .form) == nil)
        #expect(RequestBody.mediaTypeProblem(request("a=b", nil), .form)?.parameter == "Content-Type")
        var twice = request("a=b", "application/x-www-form-urlencoded")
        twice.headers.add("Content-Type", "application/json")
        #expect(RequestBody.mediaTypeProblem(twice, .formOrJSON) != nil)
    }

    @Test("A JSON object gives the same parameters as a form; resource may be an array (RFC 8707 §2)")
    func json() throws {
        let body = #"{"grant_type":"x","code":"","resource":["https://a","https://b"]}"#
        let parameters = try RequestBody.parameters(request(body, "application/json"))
        #expect(parameters["grant_type"] == "x")
        #expect(parameters["code"] == nil)
        #expect(parameters.resources == ["https://a", "https://b"])
    }

    @Test(
        "Members of a JSON body that are no strings are refused by name",
        arguments: [
            (#"{"grant_type":1}"#, "grant_type"), (#"{"scope":["a"]}"#, "scope"), (#"{"code":true}"#, "code"),
            (#"{"code":null}"#, "code"), (#"{"code":{"a":"b"}}"#, "code"), (#"{"resource":["a",1]}"#, "resource"),
            (#"{"code":"a","code":"b"}"#, "code"),
        ])
    func members(body: String, name: String) {
        let error = #expect(throws: OAuthError.self) {
            try RequestBody.parameters(request(body, "application/json"))
        }
        #expect(error?.code == .invalidRequest)
        #expect(error?.description.contains("'\(name)'") == true)
    }

    @Test(
        "What is no JSON object is invalid_request, however deep",
        arguments: [
            "[]", "\"a\"", "{", "{\"a\":\"b\"}x", "nul", "\u{FEFF}{}", "{\"a\":\"\\ud800\"}",
            String(repeating: "{\"a\":", count: 10_000),
        ])
    func noObject(body: String) {
        let error = #expect(throws: OAuthError.self) {
            try RequestBody.parameters(request(body, "application/json"))
        }
        #expect(error?.code == .invalidRequest)
    }

    @Test(
        "Malformed forms name the parameter",
        arguments: [("a=%zz", "'a'"), ("a=%", "'a'"), ("a=%ff", "'a'"), ("a=%00", "'a'"), ("%zz=1", "form")])
    func forms(body: String, named: String) {
        let error = #expect(throws: OAuthError.self) {
            try RequestBody.fields(of: request(body, "application/x-www-form-urlencoded"))
        }
        #expect(error?.code == .invalidRequest)
        #expect(error?.description.contains(named) == true)
    }
}
