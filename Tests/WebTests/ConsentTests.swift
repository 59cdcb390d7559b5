import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Consent and its page")
struct ConsentTests {
    private func consentPage(
        _ server: TestServer, _ browser: TestBrowser, _ walk: Walk, _ user: User, _ changes: [String: String?] = [:]
    ) async -> Response {
        let login = await browser.follow(await browser.get(walk.authorize(changes)))
        return await browser.follow(await browser.logIn(login, user))
    }

    @Test("Scopes are said in words, openid cannot be left out, and only what is ticked is granted")
    func granular() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client()
            let walk = Walk(server: server, client: client, secret: secret)
            let (browser, user) = (TestBrowser(server), try await server.user())
            let page = await consentPage(server, browser, walk, user, ["scope": "openid profile email"])
            #expect(page.text.contains("value=\"openid\" checked disabled"))
            #expect(page.text.contains("value=\"profile\" checked>"))
            #expect(page.text.contains("Zoë &amp; &lt;b&gt;Söhne&lt;/b&gt;"))
            let end = await browser.submit(
                page, "/consent", [("scope", "email"), ("scope", "admin"), ("decision", "allow")])
            let tokens = await walk.redeem(try end.answer().required("code"))
            #expect(try tokens.json()["scope"] == "openid email")
        }
    }

    @Test("Deny tells the client access_denied with state and iss")
    func deny() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client()
            let walk = Walk(server: server, client: client, secret: secret)
            let (browser, user) = (TestBrowser(server), try await server.user())
            let page = await consentPage(server, browser, walk, user)
            let answer = try await browser.submit(page, "/consent", [("decision", "deny")]).answer()
            #expect(answer["error"] == "access_denied")
            #expect(answer["state"] == "st<>&'\"ate")
            #expect(answer["iss"] == TestServer.https)
        }
    }

    @Test("A decision counts only for the user who was asked, in the browser that was asked (CVE-2026-123545)")
    func otherUser() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client()
            let walk = Walk(server: server, client: client, secret: secret)
            let (ada, bob) = (try await server.user(), try await server.user())
            let browser = TestBrowser(server)
            let page = await consentPage(server, browser, walk, ada)
            _ = await browser.logIn(await browser.get("/login"), bob)
            let asked = await browser.submit(page, "/consent", [("scope", "profile"), ("decision", "allow")])
            #expect(asked.status == .ok, "Bob is asked himself")
            #expect(asked.text.contains(bob.username))
            let end = await browser.submit(asked, "/consent", [("scope", "profile"), ("decision", "allow")])
            #expect(try end.answer()["code"] != nil)
            let forged = await browser.post(
                "/consent", page.hiddenFields.filter { $0.0 == "request" } + [("decision", "allow")])
            #expect(forged.location?.hasPrefix("https://rp.example") != true)
        }
    }

    @Test("form-action names the client's redirect, which Chromium holds the redirect after the form to")
    func formAction() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client(.public) {
                $0.redirectURIs = ["http://127.0.0.1/cb", "com.example.app:/cb"]
                $0.allowedOrigins = ["https://app.example"]
            }
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            let changes = ["redirect_uri": "http://127.0.0.1:53682/cb"]
            let login = await browser.follow(await browser.get(walk.authorize(changes)))
            let targets =
                "form-action 'self' http://127.0.0.1:53682 http://127.0.0.1 com.example.app: https://app.example;"
            #expect(login.headers[first: "content-security-policy"]?.contains(targets) == true)
            let wrong = await browser.submit(login, "/login", [("username", "x"), ("password", "y")])
            #expect(wrong.headers[first: "content-security-policy"]?.contains(targets) == true)
            let consent = await browser.follow(await browser.logIn(wrong, try await server.user()))
            #expect(consent.text.contains("action=\"/consent\""))
            #expect(consent.headers[first: "content-security-policy"]?.contains(targets) == true)
        }
    }

    @Test("A client's own addresses are links only if they are http or https (CVE-2026-9086, CVE-2026-67333)")
    func policyLinks() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client {
                $0.presentation["policyUri"] = "JavaScript:alert(1)"
                $0.presentation["tosUri"] = "https://rp.example/tos?\"><script>"
            }
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            let page = await consentPage(server, browser, walk, try await server.user())
            #expect(!page.text.lowercased().contains("javascript"))
            #expect(page.text.contains("href=\"https://rp.example/tos?&quot;&gt;&lt;script&gt;\""))
        }
    }
}
