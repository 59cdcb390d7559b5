import HTTP
import JOSE
import Provider
import Testing

@testable import Web

/// One broken call and what it must be answered with.
private struct Row: Sendable, CustomTestStringConvertible {
    var method = HTTP.Method.post
    var path: String
    var body: String
    var status = 400
    /// What the description must name.
    var named: String?

    init(_ path: String, _ body: String, named: String?) {
        self.path = path
        self.body = body
        self.named = named
    }

    init(_ method: HTTP.Method, _ path: String, _ status: Int, named: String? = nil) {
        self.init(method, path, "", status, named: named)
    }

    init(_ method: HTTP.Method, _ path: String, _ body: String, _ status: Int, named: String? = nil) {
        self.method = method
        self.path = path
        self.body = body
        self.status = status
        self.named = named
    }

    var testDescription: String { "\(method.rawValue) \(path) \(body.prefix(60))" }
}

private let good = "\"username\":\"NAME\",\"password\":\"korrektes Pferd\""
private let long = String(repeating: "a", count: 3000)

private let signUps: [Row] = [
    Row("/signup", "", named: "username"), Row("/signup", "{}", named: "username"), Row("/signup", "[]", named: nil),
    Row("/signup", "{", named: nil), Row("/signup", "{\(good),\(good)}", named: "username"),
    Row("/signup", "{\"username\":\"x\"}", named: "password"),
    Row("/signup", "{\"password\":\"korrektes Pferd\"}", named: "username"),
    Row("/signup", "{\"username\":7,\"password\":\"korrektes Pferd\"}", named: "username"),
    Row("/signup", "{\"username\":null,\"password\":\"korrektes Pferd\"}", named: "username"),
    Row("/signup", "{\"username\":\"\",\"password\":\"korrektes Pferd\"}", named: "username"),
    Row("/signup", "{\"username\":\"a b\",\"password\":\"korrektes Pferd\"}", named: "username"),
    Row("/signup", "{\"username\":\"\(long)\",\"password\":\"korrektes Pferd\"}", named: "username"),
    Row("/signup", "{\"username\":\"a\\u0000b\",\"password\":\"korrektes Pferd\"}", named: "username"),
    Row("/signup", "{\"username\":\"pаypal\",\"password\":\"korrektes Pferd\"}", named: "username"),
    Row("/signup", "{\"username\":\"NAME\",\"password\":{}}", named: "password"),
    Row("/signup", "{\"username\":\"NAME\",\"password\":\"kurz\"}", named: "password"),
    Row("/signup", "{\"username\":\"NAME\",\"password\":\"\"}", named: "password"),
    Row("/signup", "{\"username\":\"NAME\",\"password\":\"\(long)\"}", named: "password"),
    Row("/signup", "{\"username\":\"NAME\",\"password\":\"ein Pferd mit \\u0000\"}", named: "password"),
    Row("/signup", "{\"username\":\"NAME\",\"password\":\"password1234\"}", named: "password"),
    Row("/signup", "{\(good),\"email\":\"nonsense\"}", named: "email"),
    Row("/signup", "{\(good),\"email\":1}", named: "email"),
    Row("/signup", "{\(good),\"email\":\"a@b\\r\\nBcc: x@y\"}", named: "email"),
    Row("/signup", "{\(good),\"email\":\"a@b@c\"}", named: "email"),
    Row("/signup", "{\(good),\"email\":\"\"}", named: "email"),
    Row("/signup", "{\(good),\"roles\":[\"admin\"]}", named: "roles"),
    Row("/signup", "{\(good),\"tenantId\":\"x\"}", named: "tenantId"),
    Row("/signup", "{\(good),\"tenant_id\":\"x\"}", named: "tenant_id"),
    Row("/signup", "{\(good),\"emailVerified\":true}", named: "emailVerified"),
    Row("/signup", "{\(good),\"id\":\"x\"}", named: "id"),
    Row("/signup", "{\(good),\"colour\":\"red\"}", named: "colour"),
    Row("/signup", "{\(good),\"givenName\":\"a\",\"given_name\":\"a\"}", named: "givenName"),
    Row("/signup", "{\(good),\"picture\":\"javascript:alert(1)\"}", named: "picture"),
    Row("/signup", "{\(good),\"birthdate\":\"1.1.1990\"}", named: "birthdate"),
    Row("/signup", "{\(good),\"address\":\"Berlin\"}", named: "address"),
    Row("/signup", "{\(good),\"address\":{\"planet\":\"Earth\"}}", named: "planet"),
    Row(.get, "/signup", 405), Row(.put, "/signup", "{}", 405), Row(.delete, "/signup", 405),
    Row(.post, "/signup?password=x", "{}", 400, named: "password"),
]

private let mails: [Row] = [
    Row("/reset-password", "", named: "username"), Row("/reset-password", "{}", named: "username"),
    Row("/reset-password", "[1]", named: nil), Row("/reset-password", "{\"username\":1}", named: "username"),
    Row("/reset-password", "{\"username\":\"\"}", named: "username"),
    Row("/reset-password", "{\"username\":\"\(long)\"}", named: "username"),
    Row("/reset-password", "{\"email\":[\"a@b\"]}", named: "email"),
    Row("/reset-password", "{\"username\":\"a\",\"email\":\"a@b\"}", named: "email"),
    Row("/reset-password", "{\"username\":\"a\",\"x\":1}", named: "x"),
    Row("/reset-password", "{\"token\":\"x\"}", named: "newPassword"),
    Row("/reset-password", "{\"newPassword\":\"korrektes Pferd\"}", named: "token"),
    Row("/reset-password", "{\"new_password\":\"korrektes Pferd\"}", named: "token"),
    Row("/reset-password", "{\"token\":\"x\",\"newPassword\":\"korrektes Pferd\"}", named: "token"),
    Row("/reset-password", "{\"token\":7,\"newPassword\":\"korrektes Pferd\"}", named: "token"),
    Row("/reset-password", "{\"token\":\"x\",\"newPassword\":7}", named: "newPassword"),
    Row("/reset-password", "{\"token\":\"x\",\"newPassword\":\"a\",\"new_password\":\"a\"}", named: "newPassword"),
    Row(
        "/reset-password", "{\"token\":\"x\",\"newPassword\":\"korrektes Pferd\",\"username\":\"a\"}", named: "username"
    ),
    Row(
        "/reset-password",
        "{\"token\":\"mlt_pr_498786\(String(repeating: "A", count: 43))\",\"newPassword\":\"korrektes Pferd\"}",
        named: "token"),
    Row(
        "/reset-password",
        "{\"token\":\"mlt_pr_\(String(repeating: "9", count: 40))\(String(repeating: "A", count: 43))\",\"newPassword\":\"korrektes Pferd\"}",
        named: "token"),
    Row(
        "/reset-password",
        "{\"token\":\"mlt_ss_20783\(String(repeating: "A", count: 43))\",\"newPassword\":\"korrektes Pferd\"}",
        named: "token"),
    Row(
        "/reset-password", "{\"token\":\"'; DROP TABLE users; --\",\"newPassword\":\"korrektes Pferd\"}", named: "token"
    ),
    Row(.post, "/reset-password?token=x", "{}", 400, named: "token"), Row(.get, "/reset-password", 405),
    Row(.post, "/reset-password?newPassword=x", "{}", 400, named: "newPassword"),
    Row("/verify-email", "", named: "token"), Row("/verify-email", "{\"token\":\"\"}", named: "token"),
    Row("/verify-email", "{\"token\":{}}", named: "token"), Row("/verify-email", "{\"token\":\"x\"}", named: "token"),
    Row("/verify-email", "{\"email\":1}", named: "email"), Row("/verify-email", "{\"email\":\"\"}", named: "token"),
    Row("/verify-email", "{\"email\":\"a@b\",\"token\":\"x\"}", named: "email"),
    Row("/verify-email", "{\"email\":\"a@b\",\"colour\":1}", named: "colour"),
    Row("/verify-email", "{\"token\":\"mlt_ev_20783\(String(repeating: "A", count: 43))\"}", named: "token"),
    Row("/verify-email", "{\"token\":\"mlt_ev_1\(String(repeating: "A", count: 43))\"}", named: "token"),
    Row(.post, "/verify-email?token=x", "{}", 400, named: "token"), Row(.get, "/verify-email", 405),
]

/// By a user's token with scope `account`.
private let profiles: [Row] = [
    Row(.put, "/profile", "[]", 400), Row(.put, "/profile", "{", 400),
    Row(.put, "/profile", "{\"name\":7}", 400, named: "name"),
    Row(.put, "/profile", "{\"name\":\"\"}", 400, named: "name"),
    Row(.put, "/profile", "{\"name\":\"a\\nb\"}", 400, named: "name"),
    Row(.put, "/profile", "{\"email\":\"x\"}", 400, named: "email"),
    Row(.put, "/profile", "{\"emailVerified\":true}", 400, named: "emailVerified"),
    Row(.put, "/profile", "{\"phone_number_verified\":true}", 400, named: "phoneNumberVerified"),
    Row(.put, "/profile", "{\"roles\":[\"admin\"]}", 400, named: "roles"),
    Row(.put, "/profile", "{\"tenantId\":\"x\"}", 400, named: "tenantId"),
    Row(.put, "/profile", "{\"username\":\"x\"}", 400, named: "username"),
    Row(.put, "/profile", "{\"sub\":\"x\"}", 400, named: "sub"),
    Row(.put, "/profile", "{\"password\":\"korrektes Pferd\"}", 400, named: "password"),
    Row(.put, "/profile", "{\"website\":\"data:text/html,x\"}", 400, named: "website"),
    Row(.put, "/profile", "{\"phoneNumber\":\"123\"}", 400, named: "phoneNumber"),
    Row(.put, "/profile", "{\"locale\":\"de AT\"}", 400, named: "locale"),
    Row(.put, "/profile", "{\"zoneinfo\":\"../x\"}", 400, named: "zoneinfo"),
    Row(.put, "/profile", "{\"address\":{\"country\":1}}", 400, named: "country"),
    Row(.put, "/profile", "{\"name\":\"\(long)\"}", 400, named: "name"),
    Row(.post, "/profile", "{}", 405), Row(.delete, "/profile", 405), Row(.patch, "/profile", "{}", 405),
]

/// By an administrator; `ID` is a user.
private let managed: [Row] = [
    Row(.patch, "/ID", "[]", 400), Row(.patch, "/ID", "{\"password\":\"kurz\"}", 400, named: "password"),
    Row(.patch, "/ID", "{\"password\":7}", 400, named: "password"),
    Row(.put, "/ID", "{\"password\":\"\"}", 400, named: "password"),
    Row(.put, "/ID", "{\"password\":\"\(long)\"}", 400, named: "password"),
    Row(.patch, "/ID", "{\"username\":\"a b\"}", 400, named: "username"),
    Row(.patch, "/ID", "{\"username\":\"TAKEN\"}", 409),
    Row(.patch, "/ID", "{\"roles\":\"admin\"}", 400, named: "roles"),
    Row(.patch, "/ID", "{\"roles\":[\"a\",\"a\"]}", 400, named: "roles"),
    Row(.patch, "/ID", "{\"colour\":\"red\"}", 400, named: "colour"),
    Row(.patch, "/ID", "{\"id\":\"x\"}", 400, named: "id"),
    Row(.patch, "/ID", "{\"email\":\"x\"}", 400, named: "email"),
    Row(.patch, "/ID", "{\"emailVerified\":\"yes\"}", 400, named: "emailVerified"),
    Row(.patch, "/ID", "{\"givenName\":\"a\",\"given_name\":\"b\"}", 400, named: "givenName"),
    Row(.patch, "/nobody", "{}", 404), Row(.put, "/nobody", "{}", 404), Row(.delete, "/nobody", 404),
    Row(.post, "/ID", "{}", 405),
    Row(.get, "?search=", 400, named: "search"), Row(.get, "?search=a&search=b", 400, named: "search"),
    Row(.get, "?name=a", 400, named: "name"),
]

@Suite("Broken calls about accounts: the standard error that names the member, never a 500")
struct BrokenAccountRequestTests {
    private func check(_ answer: Response, _ row: Row) throws {
        #expect(answer.status.code == row.status, "\(answer.text)")
        let json = try answer.json()
        let description = try #require(json["error_description"]?.string)
        #expect(
            json["error"]?.string
                == (row.status == 404 ? "not_found" : row.status == 409 ? "conflict" : "invalid_request"))
        #expect(description.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
        if let named = row.named { #expect(description.contains("'\(named)'"), "\(description)") }
        #expect(!answer.text.contains("Pferd") && !answer.text.contains("DROP"), "values are never repeated")
        #expect(answer.headers[first: "cache-control"] == "no-store")
    }

    @Test("sign-up and links by mail", arguments: signUps + mails)
    fileprivate func open(_ row: Row) async throws {
        try await TestServer.run { server in
            try check(await server.send(row.method, row.path, row.body.replacing("NAME", with: name("anna"))), row)
        }
    }

    @Test("one's own profile")
    func profile() async throws {
        try await TestServer.run { server in
            let user = try await server.user()
            let token = try await server.token("openid account", of: user)
            for row in profiles { try check(await server.send(row.method, row.path, row.body, bearer: token), row) }
            #expect(try await server.current(user) == user)
        }
    }

    @Test("users as operators change them")
    func management() async throws {
        try await TestServer.run { server in
            let (user, other) = (try await server.user(), try await server.user())
            for row in managed {
                let path = row.path.replacing("ID", with: user.id.text)
                let body = row.body.replacing("TAKEN", with: other.username)
                try check(await server.send(row.method, path, body, isAdministrator: true), row)
            }
            #expect(try await server.current(user) == user)
        }
    }

    @Test("bodies of other types are 415, without a database answers are 503, and pages are pages")
    func elsewhere() async throws {
        try await TestServer.withoutDatabase { server in
            for path in ["/signup", "/reset-password", "/verify-email"] {
                let form = await server.routes.respond(
                    to: request(
                        .post, "/api/v1/users" + path, ["Content-Type": "application/x-www-form-urlencoded"], "a=b"))
                #expect(form.status == .unsupportedMediaType)
                for target in [path + "?token=%zz", path + "?token=%ff"] where path != "/signup" {
                    let page = await server.routes.respond(to: request(.get, target, ["Accept": "text/html"]))
                    #expect(page.status == .badRequest)
                    #expect(page.headers[first: "content-type"]?.hasPrefix("text/html") == true)
                }
                let large = await server.routes.respond(
                    to: request(
                        .post, "/api/v1/users" + path, ["Content-Type": "application/json"],
                        String(repeating: " ", count: 70_000)))
                #expect(large.status == .contentTooLarge)
            }
            for (path, body) in [
                ("/signup", "{\(good.replacing("NAME", with: "anna"))}"),
                ("/reset-password", "{\"username\":\"anna\"}"),
                ("/verify-email", "{\"email\":\"a@b\"}"),
            ] {
                let answer = await server.send(.post, path, body)
                #expect(answer.status == .serviceUnavailable && answer.headers[first: "retry-after"] != nil, "\(path)")
            }
        }
    }
}
