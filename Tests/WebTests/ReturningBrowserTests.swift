import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("A browser that comes back for its waiting request")
struct ReturningBrowserTests {
    @Test("select_account, then «Continue as …», then consent: each is asked once (OpenID Connect Core §3.1.2.1)")
    func selectAccountThenConsent() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client()
            let user = try await server.user([("name", "Ada")])
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            _ = await browser.logIn(await browser.get("/login"), user)
            server.clock.advance(seconds: 5)
            let choice = await browser.follow(await browser.get(walk.authorize(["prompt": "select_account"])))
            let chosen = await browser.submit(choice, "/login", [("action", "continue")])
            #expect(chosen.location?.hasPrefix("/consent?") == true)
            let consent = await browser.get(try #require(chosen.location))
            #expect(consent.status == .ok, "the page itself, not another redirect")
            #expect(consent.text.contains(">Allow</button>"))
            let end = await browser.submit(consent, "/consent", [("scope", "profile"), ("decision", "allow")])
            #expect(try end.answer()["code"] != nil)
        }
    }

    @Test("A request parked by POST and answered at once can be loaded again (RFC 6749 §3.1)")
    func reload() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let user = try await server.user()
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            _ = await browser.logIn(await browser.get("/login"), user)
            let query = try #require(walk.authorize().split(separator: "?").last)
            let form: Headers = ["Content-Type": "application/x-www-form-urlencoded"]
            for path in ["/login", "/consent"] {
                let parked = await browser.send(.post, "/api/v1/oauth2/authorize", form, String(query))
                let place = try #require(parked.location).replacing("/login", with: path)
                #expect(try await browser.get(place).answer()["code"] != nil)
                #expect(try await browser.get(place).answer()["code"] != nil, "the browser is known by its cookie")
                let other = TestBrowser(server)
                #expect(await other.get(place).status == .gone, "the request belongs to the first browser")
                #expect(!other.cookies.keys.contains { $0.contains("browser") })
            }
        }
    }

    @Test(
        "Forms from other origins do nothing where Sec-Fetch-Site is not known (CVE-2026-123545, RFC 6454 §7)",
        arguments: [
            ("https://id.example", true), ("null", false), ("https://evil.example", false),
            ("http://id.example", false), ("https://id.example:8443", false), ("", false),
        ])
    func origins(origin: String, isOwn: Bool) async throws {
        try await TestServer.run(issuer: "https://id.example/tenant") { server in
            let user = try await server.user()
            let browser = TestBrowser(server)
            let page = await browser.get("/tenant/login")
            #expect(page.headers[first: "referrer-policy"] == "same-origin", "or browsers would send 'null'")
            let fields = page.hiddenFields + [("username", user.username), ("password", TestServer.password)]
            let body = FormEncoder.encode(fields.map { FormParameter(name: $0.0, value: $0.1) })
            let answer = await browser.send(
                .post, "/tenant/login",
                ["Content-Type": "application/x-www-form-urlencoded", "Origin": origin], body)
            #expect((answer.status == .seeOther) == isOwn)
            #expect(browser.cookies.keys.contains("__Host-martlet_session") == isOwn)
        }
    }

    @Test("The login page asks for the user name, which alone works (Contract, users)", arguments: ["en", "de"])
    func label(language: String) async throws {
        try await TestServer.withoutDatabase { server in
            let browser = TestBrowser(server)
            browser.acceptLanguage = language
            let text = await browser.get("/login").text
            #expect(text.contains(language == "en" ? ">User name<" : ">Benutzername<"))
            #expect(!text.lowercased().contains("mail"))
        }
    }
}
