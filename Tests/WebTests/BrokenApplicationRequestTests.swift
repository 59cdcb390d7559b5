import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Broken calls about applications: the standard error that names the member, never a 500")
struct BrokenApplicationRequestTests {
    /// A member of an application that is refused, and the code it is refused with.
    private static let members: [(String, JSON, named: String, code: String)] = [
        ("name", .null, "name", "invalid_request"), ("name", 7, "name", "invalid_request"),
        ("name", " ", "name", "invalid_request"), ("name", "a\u{200B}b", "name", "invalid_request"),
        ("name", "a\nb", "name", "invalid_request"), ("description", 7, "description", "invalid_request"),
        ("description", ["x"], "description", "invalid_request"),
        ("description", "a\u{0}b", "description", "invalid_request"),
        ("description", .string(String(repeating: "a", count: 4001)), "description", "invalid_request"),
        ("type", "SECRET", "type", "invalid_request"), ("type", true, "type", "invalid_request"),
        ("grantTypes", "authorization_code", "grantTypes", "invalid_request"),
        ("grantTypes", ["x"], "grantTypes", "invalid_client_metadata"),
        ("grantTypes", ["password"], "grantTypes", "invalid_client_metadata"),
        ("grantTypes", [1], "grantTypes", "invalid_request"),
        ("redirectUris", [], "redirectUris", "invalid_redirect_uri"),
        ("redirectUris", "https://x.example/", "redirectUris", "invalid_request"),
        ("redirectUris", ["http://x.example/"], "redirectUris", "invalid_redirect_uri"),
        ("redirectUris", ["https://x.example/#a"], "redirectUris", "invalid_redirect_uri"),
        ("redirectUris", ["javascript:alert(1)"], "redirectUris", "invalid_redirect_uri"),
        ("redirectUris", ["https://*.example/"], "redirectUris", "invalid_redirect_uri"),
        ("scopes", ["no-such-scope"], "scopes", "invalid_client_metadata"),
        ("scopes", ["admin"], "scopes", "invalid_client_metadata"),
        ("scopes", ["openid", "account"], "scopes", "invalid_client_metadata"),
        ("scopes", "openid", "scopes", "invalid_request"),
        ("scopes", ["openid", "openid"], "scopes", "invalid_request"),
        ("resources", ["api"], "resources", "invalid_client_metadata"),
        ("resources", ["https://x.example/#a"], "resources", "invalid_client_metadata"),
        ("resources", [:], "resources", "invalid_request"),
        ("email", .null, "email", "invalid_request"), ("email", "", "email", "invalid_request"),
        ("email", "x", "email", "invalid_request"), ("email", "a@b\r\nBcc: c@d", "email", "invalid_request"),
        ("email", ["a@b"], "email", "invalid_request"),
        ("colour", "red", "colour", "invalid_request"), ("firstParty", true, "firstParty", "invalid_request"),
        ("tenantId", "x", "tenantId", "invalid_request"),
        ("allowedScopes", ["admin"], "allowedScopes", "invalid_request"),
        ("grant_types", [], "grantTypes", "invalid_request"), ("status", "approved", "status", "invalid_request"),
        ("clientId", "x", "clientId", "invalid_request"), ("id", "x", "id", "invalid_request"),
    ]

    private func check(_ answer: Response, _ status: Int, named: String?, code: String) throws {
        #expect(answer.status.code == status, "\(named ?? ""): \(answer.text)")
        let json = try answer.json()
        let description = try #require(json["error_description"]?.string)
        #expect(json["error"]?.string == code, "\(description)")
        #expect(description.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
        if let named { #expect(description.contains("'\(named)'"), "\(description)") }
        #expect(!answer.text.contains("alert") && !answer.text.contains("no-such"), "values are never repeated")
        #expect(answer.headers[first: "cache-control"] == "no-store")
    }

    @Test("asking for a client")
    func asking() async throws {
        try await TestServer.run { server in
            for (member, value, named, code) in Self.members {
                let answer = await server.routes.respond(
                    to: request(
                        .post, "/api/v1/applications", ["Content-Type": "application/json"],
                        ApplicationTests.body([(member, value)])))
                try check(answer, 400, named: named, code: code)
            }
            for body in ["", "[]", "{", "\"x\"", "{\"name\":\"a\",\"name\":\"b\"}"] {
                let answer = await server.routes.respond(
                    to: request(.post, "/api/v1/applications", ["Content-Type": "application/json"], body))
                try check(answer, 400, named: nil, code: "invalid_request")
            }
            let form = await server.routes.respond(
                to: request(
                    .post, "/api/v1/applications", ["Content-Type": "application/x-www-form-urlencoded"], "name=x"))
            #expect(form.status == .unsupportedMediaType)
            let large = await server.routes.respond(
                to: request(
                    .post, "/api/v1/applications", ["Content-Type": "application/json"],
                    String(repeating: " ", count: 70_000)))
            #expect(large.status == .contentTooLarge)
        }
    }

    @Test("deciding")
    func deciding() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let id = try #require(try await ApplicationTests.ask(server)["id"]?.string)
            let rows: [(HTTP.Method, String, String, Int, named: String?)] = [
                (.post, "/\(id)/approve", "[]", 400, nil), (.post, "/\(id)/approve", "{", 400, nil),
                (.post, "/\(id)/approve", #"{"reason":"x"}"#, 400, "reason"),
                (.post, "/\(id)/refuse", #"{"reason":7}"#, 400, "reason"),
                (.post, "/\(id)/refuse", #"{"reason":["x"]}"#, 400, "reason"),
                (.post, "/\(id)/refuse", #"{"reason":"a\u0000b"}"#, 400, "reason"),
                (.post, "/\(id)/refuse", #"{"reason":"x","colour":1}"#, 400, "colour"),
                (.post, "/\(id)/refuse", #"{"reason":"\#(String(repeating: "a", count: 2001))"}"#, 400, "reason"),
                (.post, "/\(id)/resend", "[]", 400, nil), (.post, "/\(id)/resend", #"{"email":"a@b"}"#, 400, "email"),
                (.post, "/\(id)x/resend", "{}", 404, nil), (.post, "/nothing/resend", "{}", 404, nil),
                (.get, "/\(id)/resend", "", 405, nil),
                (.post, "/\(id)x/approve", "{}", 404, nil), (.post, "/\(id)x/refuse", "{}", 404, nil),
                (.post, "/nothing/approve", "{}", 404, nil), (.post, "/1-x/refuse", "{}", 404, nil),
                (.post, "/99999999999-x/refuse", "{}", 404, nil), (.get, "/nothing", "", 404, nil),
                (.get, "/20000-x", "", 404, nil), (.get, "?status=open", "", 400, "status"),
                (.get, "?type=x", "", 400, "type"), (.get, "?scope=%20", "", 400, "scope"),
                (.get, "?scope=a%22b", "", 400, "scope"), (.get, "?colour=red", "", 400, "colour"),
                (.get, "?limit=0", "", 400, "limit"), (.get, "?cursor=x", "", 400, "cursor"),
                (.get, "?email=", "", 400, "email"), (.get, "?status=pending&status=pending", "", 400, "status"),
                (.delete, "/\(id)", "", 405, nil), (.put, "", "{}", 405, nil), (.get, "/\(id)/approve", "", 405, nil),
            ]
            for (method, path, body, status, named) in rows {
                let answer = await callers.send(method, "/applications" + path, body, by: callers.administrator)
                try check(
                    answer, status, named: named,
                    code: status == 404 ? "not_found" : path.contains("%22") ? "invalid_scope" : "invalid_request")
            }
            let stands = try await callers.send(.get, "/applications/\(id)", by: callers.administrator).json()
            #expect(stands["status"] == "pending")
        }
    }

    @Test("without a database it is 503, by API and page")
    func outage() async throws {
        try await TestServer.withoutDatabase { server in
            let answer = await server.routes.respond(
                to: request(
                    .post, "/api/v1/applications", ["Content-Type": "application/json"],
                    ApplicationTests.body([("scopes", ["openid"])])))
            #expect(answer.status == .serviceUnavailable && answer.headers[first: "retry-after"] != nil)
            let browser = TestBrowser(server)
            let page = await browser.get("/applications/new")
            #expect(page.status == .ok)
            let sent = await browser.submit(
                page, "/applications/new",
                [
                    ("name", "x"), ("type", "CONFIDENTIAL"), ("grant_type", "client_credentials"),
                    ("email", "a@example.org"),
                ])
            #expect(sent.status == .serviceUnavailable && sent.headers[first: "retry-after"] != nil)
            #expect(sent.text.contains("value=\"a@example.org\""))
        }
    }
}
