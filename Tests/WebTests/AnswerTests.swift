import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("What stands in every answer")
struct AnswerTests {
    private static let targets = [
        "/", "/login", "/consent", "/account", "/signup", "/reset-password", "/verify-email",
        "/api/v1/users/signup", "/api/v1/users/profile", "/api/v1/users/reset-password", "/api/v1/users/verify-email",
        "/errors/invalid_request", "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server", "/.well-known/jwks.json", "/api/v1/oauth2/authorize",
        "/api/v1/oauth2/token", "/api/v1/oauth2/revoke", "/api/v1/oauth2/introspect", "/api/v1/oauth2/userinfo",
        "/api/v1/oauth2/clients", "/api/v1/oauth2/clients/x", "/api/v1/oauth2/clients/x/rotate-secret",
        "/api/v1/oauth2/clients/x/secrets", "/api/v1/oauth2/clients/x/secrets/y", "/api/v1/users", "/api/v1/users/x",
        "/api/v1/oauth2/events", "/api/v1/oauth2/events/webhooks", "/api/v1/oauth2/events/webhooks/x",
        "/api/v1/oauth2/events/webhooks/x/deliveries", "/api/v1/oauth2/events/webhooks/x/replay", "/health/live",
        "/health/ready", "/metrics", "/nothing", "/api/v1/nothing", "/login/", "*",
    ]

    @Test("Security headers, request id and a cache rule, whatever path and method", arguments: targets)
    func headers(target: String) async throws {
        try await TestServer.withoutDatabase { server in
            for method in Method.allCases {
                var request = request(method, target, ["Accept": "text/html"])
                request.id = "the-id"
                let response = await server.routes.respond(to: request)
                let headers = response.headers
                #expect(headers.all("x-request-id") == ["the-id"])
                #expect(headers.all("x-content-type-options") == ["nosniff"])
                let isHTML = headers[first: "content-type"]?.hasPrefix("text/html") == true
                #expect(headers.all("referrer-policy") == [isHTML ? "same-origin" : "no-referrer"])
                #expect(headers.all("strict-transport-security") == ["max-age=31536000"])
                #expect(headers.all("cache-control").count == 1)
                // It would cut a login in a popup off from the window that waits for it.
                #expect(!headers.contains("cross-origin-opener-policy"))
                let policy = try #require(headers.all("content-security-policy").first)
                #expect(policy.contains("default-src 'none'"))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe") && !policy.contains("'sha256-"))
                #expect(response.status.code < 500 || response.status == .serviceUnavailable)
                #expect(!response.text.contains("/tmp/"), "the inside never shows")
                if response.status == .methodNotAllowed { #expect(headers[first: "allow"] != nil) }
                if isHTML, target != "/" { #expect(headers[first: "cache-control"] == "no-store") }
                if target.hasPrefix("/api/"), !isHTML, method != .options {
                    #expect(headers[first: "cache-control"] == "no-store")
                }
            }
        }
    }

    @Test("No HSTS and no __Host- where the issuer is http on loopback")
    func loopback() async throws {
        try await TestServer.run(issuer: "http://127.0.0.1:8080") { server in
            let user = try await server.user()
            let browser = TestBrowser(server)
            let page = await browser.get("/login")
            #expect(page.headers[first: "strict-transport-security"] == nil)
            #expect(page.headers.all("set-cookie").allSatisfy { $0.hasSuffix("; Path=/; HttpOnly; SameSite=Lax") })
            let end = await browser.logIn(page, user)
            let session = try #require(end.headers.all("set-cookie").first { $0.hasPrefix("martlet_session=mlt_ss_") })
            #expect(session.hasSuffix("; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax"))
        }
    }

    @Test("Under https cookies are __Host-, Secure, HttpOnly, SameSite=Lax (GHSA-mq4x-r2w3-j7mr)")
    func cookies() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let user = try await server.user()
            let browser = TestBrowser(server)
            let start = await browser.get(Walk(server: server, client: client, secret: secret).authorize())
            let page = await browser.follow(start)
            let end = await browser.logIn(page, user)
            let cookies = [start, page, end].flatMap { $0.headers.all("set-cookie") }
            #expect(cookies.count >= 3)
            for cookie in cookies {
                #expect(cookie.hasPrefix("__Host-martlet_"))
                #expect(cookie.hasSuffix("; HttpOnly; Secure; SameSite=Lax"))
                #expect(cookie.contains("; Path=/;"))
                #expect(!cookie.lowercased().contains("domain"))
            }
            browser.cookies = ["martlet_session": browser.cookies["__Host-martlet_session"] ?? ""]
            #expect(await browser.get("/account").location == "/login", "the name without prefix is not believed")
        }
    }

    @Test("Every error code has a page of real text, and no other code has one", arguments: OAuthError.Code.allCases)
    func errorPages(code: OAuthError.Code) async throws {
        try await TestServer.withoutDatabase { server in
            let page = await server.routes.respond(to: request(.get, "/errors/\(code.rawValue)"))
            #expect(page.status == .ok)
            #expect(page.text.contains("<h1><code>\(code.rawValue)</code></h1>"))
            let guide = ErrorGuide.of(code)
            #expect(guide.meaning.text.count > 30)
            #expect(!guide.causes.isEmpty && !guide.remedies.isEmpty)
            #expect(await server.routes.respond(to: request(.get, "/errors/\(code.rawValue)x")).status == .notFound)
        }
    }

    @Test("No two codes share a guide")
    func distinctGuides() {
        #expect(
            Set(OAuthError.Code.allCases.map { ErrorGuide.of($0).meaning.text }).count == OAuthError.Code.allCases.count
        )
    }

    @Test("Without its database the public documents and pages of text go on; all else answers 503 with Retry-After")
    func databaseAway() async throws {
        try await TestServer.withoutDatabase { server in
            for path in ["/.well-known/openid-configuration", "/.well-known/jwks.json", "/", "/health/live"] {
                #expect(await server.routes.respond(to: request(.get, path)).status == .ok)
            }
            let form: Headers = ["Content-Type": "application/x-www-form-urlencoded"]
            for (path, body) in [
                ("/api/v1/oauth2/token", "grant_type=client_credentials&client_id=a&client_secret=b"),
                ("/api/v1/oauth2/revoke", "token=x&client_id=a&client_secret=b"),
                ("/api/v1/oauth2/introspect", "token=x&client_id=a&client_secret=b"),
            ] {
                let answer = await server.routes.respond(to: request(.post, path, form, body))
                #expect(answer.status == .serviceUnavailable)
                #expect(answer.headers[first: "retry-after"] != nil)
                let json = try answer.json()
                #expect(json["error"] == "temporarily_unavailable")
            }
            let page = await server.routes.respond(to: request(.get, "/api/v1/oauth2/authorize?client_id=a"))
            #expect(page.status == .serviceUnavailable)
            #expect(page.headers[first: "retry-after"] != nil)
            #expect(server.log.observations.contains { $0.error?.detail?.contains("/tmp/martlet-test-") == true })
        }
    }

    @Test(
        "Refusals of the reader have the standard shape",
        arguments: [400, 408, 413, 414, 415, 417, 431, 500, 501, 503, 505])
    func refusals(code: Int) async throws {
        try await TestServer.withoutDatabase { server in
            let status = try #require(Status(code: code))
            let answer = server.routes.refusal(status, reason: "too much of it", requestID: "r1")
            #expect(answer.status == status)
            #expect(answer.headers[first: "x-request-id"] == "r1")
            #expect(answer.headers[first: "cache-control"] == "no-store")
            let json = try answer.json()
            let error = try #require(json["error"]?.string)
            #expect(json["error_uri"]?.string == "https://id.example/errors/\(error)")
            #expect(json["error_description"] == "too much of it")
        }
    }

    @Test("Management may send a mebibyte, everybody else 64 KiB; more is 413")
    func bodyLimits() async throws {
        try await TestServer.withoutDatabase { server in
            #expect(server.routes.bodyLimit(.post, "/api/v1/oauth2/clients") == 1_048_576)
            #expect(server.routes.bodyLimit(.patch, "/api/v1/oauth2/clients/x") == 1_048_576)
            #expect(server.routes.bodyLimit(.post, "/api/v1/oauth2/token") == 65_536)
            #expect(server.routes.bodyLimit(.post, "/nothing") == 65_536)
            let large = String(repeating: "a", count: 65_537)
            let answer = await server.routes.respond(
                to: request(.post, "/api/v1/oauth2/token", ["Content-Type": "application/x-www-form-urlencoded"], large)
            )
            #expect(answer.status == .contentTooLarge)
        }
    }
}
