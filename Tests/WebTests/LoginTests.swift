import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Login and its page")
struct LoginTests {
    @Test("Several tabs of one browser log in side by side: each request has a binding of its own")
    func parallelTabs() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let user = try await server.user()
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            var tabs: [(page: Response, state: String)] = []
            for state in ["one", "two", "three"] {
                tabs.append((await browser.follow(await browser.get(walk.authorize(["state": state]))), state))
            }
            for tab in tabs.reversed() {
                let end = await browser.logIn(tab.page, user)
                #expect(try end.answer()["state"] == tab.state)
                let tokens = await walk.redeem(try end.answer().required("code"))
                #expect(tokens.status == .ok)
            }
        }
    }

    @Test("A page sent twice gives a fresh code while session and request live, and then a page that says it is over")
    func doubleSubmission() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client { $0.presentation["clientUri"] = "https://rp.example/start" }
            let user = try await server.user()
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            let login = await browser.follow(await browser.get(walk.authorize()))
            let consent = await browser.follow(await browser.logIn(login, user))
            var codes: Set<String> = []
            for _ in 0..<3 {
                let end = await browser.submit(consent, "/consent", [("scope", "profile"), ("decision", "allow")])
                codes.insert(try end.answer().required("code"))
            }
            codes.insert(try await browser.logIn(login, user).answer().required("code"))
            #expect(codes.count == 4, "never the first one again")
            server.clock.advance(seconds: 601)
            let target = try #require(browser.lastTarget)
            for page in [
                await browser.submit(consent, "/consent", [("decision", "allow")]), await browser.logIn(login, user),
                await browser.get(target),
            ] {
                #expect(page.status == .gone)
                #expect(page.text.contains("href=\"https://rp.example/start\""))
            }
        }
    }

    @Test("A waiting request cannot be finished in another browser (hydra #770, CVE-2026-7507)")
    func otherBrowser() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let user = try await server.user()
            let walk = Walk(server: server, client: client, secret: secret)
            let attacker = TestBrowser(server)
            let start = await attacker.get(walk.authorize())
            let link = try #require(start.location)
            let victim = TestBrowser(server)
            #expect(await victim.get(link).status == .gone)
            let page = await attacker.get(link)
            let sent = await victim.logIn(page, user)
            #expect(sent.status == .gone)
            #expect(victim.cookies["__Host-martlet_session"] == nil)
        }
    }

    @Test("Wrong name and wrong password are told alike (CVE-2026-4633), and the field keeps the name")
    func wrongPassword() async throws {
        try await TestServer.run { server in
            let user = try await server.user()
            let browser = TestBrowser(server)
            let page = await browser.get("/login")
            let wrong = await browser.logIn(page, user, password: "wrong")
            #expect(wrong.status == .forbidden)
            #expect(wrong.text.contains("role=\"alert\""))
            #expect(wrong.text.contains("value=\"\(user.username)\""))
            let unknown = await browser.submit(page, "/login", [("username", "nobody\"><b>"), ("password", "wrong")])
            #expect(unknown.status == .forbidden)
            #expect(unknown.text.contains("value=\"nobody&quot;&gt;&lt;b&gt;\""))
            func words(_ response: Response) -> String? {
                response.text.firstMatch(of: /role="alert">([^<]*)</).map { String($0.1) }
            }
            #expect(words(wrong) == words(unknown))
            let empty = await browser.submit(page, "/login", [("username", user.username), ("password", "")])
            #expect(empty.status == .forbidden)
        }
    }

    @Test("Guessing is slowed down: 429 with a Retry-After of at most 30 seconds, the same for unknown names")
    func throttling() async throws {
        try await TestServer.run { server in
            let user = try await server.user()
            for username in [user.username, name("nobody")] {
                let browser = TestBrowser(server, address: "192.0.2.77")
                let page = await browser.get("/login")
                var refused: Response?
                for _ in 0..<30 {
                    let answer = await browser.submit(page, "/login", [("username", username), ("password", "wrong")])
                    if answer.status == .tooManyRequests { refused = answer }
                }
                let field = try #require(refused?.headers[first: "retry-after"])
                let retryAfter = try #require(Int(field))
                #expect((1...30).contains(retryAfter))
                server.clock.advance(seconds: 1000)
            }
        }
    }

    @Test("RFC 4291 §2.5.1: who changes addresses within a /64 is slowed down like who keeps one; a neighbour is not")
    func throttlingOfNetworks() async throws {
        try await TestServer.run { server in
            let user = try await server.user()
            func guess(from address: String) async -> Response {
                let browser = TestBrowser(server, address: address)
                let page = await browser.get("/login")
                return await browser.submit(page, "/login", [("username", user.username), ("password", "wrong")])
            }
            for number in 1...5 { #expect(await guess(from: "2001:db8::\(number)").status == .forbidden) }
            #expect(await guess(from: "2001:db8::ffff").status == .tooManyRequests)
            #expect(await guess(from: "2001:db8:0:1::1").status == .forbidden)
            for _ in 1...5 { #expect(await guess(from: "192.0.2.1").status == .forbidden) }
            #expect(await guess(from: "::ffff:192.0.2.1").status == .tooManyRequests)
            #expect(await guess(from: "192.0.2.2").status == .forbidden)
        }
    }

    @Test("A form without this browser's token does nothing (CVE-2026-123545)")
    func csrf() async throws {
        try await TestServer.run { server in
            let user = try await server.user()
            let browser = TestBrowser(server)
            let page = await browser.get("/login")
            let fields = [("username", user.username), ("password", TestServer.password)]
            let bare = await browser.post("/login", fields)
            #expect(bare.status == .forbidden)
            let foreign = await TestBrowser(server).get("/login").hiddenFields
            #expect(await browser.post("/login", foreign + fields).status == .forbidden)
            #expect(browser.cookies["__Host-martlet_session"] == nil)
            let crossSite = await browser.send(
                .post, "/login",
                ["Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"],
                FormEncoder.encode((page.hiddenFields + fields).map { FormParameter(name: $0.0, value: $0.1) }))
            #expect(crossSite.status == .forbidden)
            #expect(await browser.logIn(page, user).location == "/account")
        }
    }

    @Test("Login without a waiting request leads to the account page, signing out leads away and ends the session")
    func account() async throws {
        try await TestServer.run { server in
            let user = try await server.user([("name", "<i>Ada</i>"), ("email", "ada@example.com")])
            let browser = TestBrowser(server)
            #expect(await browser.get("/account").location == "/login")
            let account = await browser.follow(await browser.logIn(await browser.get("/login"), user))
            #expect(account.text.contains("Hello, &lt;i&gt;Ada&lt;/i&gt;"))
            #expect(account.text.contains("ada@example.com"))
            #expect(await browser.get("/login").text.contains("Continue as &lt;i&gt;Ada"))
            let cookies = browser.cookies
            let out = await browser.submit(account, "/account", [("action", "logout")])
            #expect(out.location == "/")
            #expect(browser.cookies["__Host-martlet_session"] == nil)
            browser.cookies = cookies
            #expect(await browser.get("/account").location == "/login", "the session is over, not only its cookie")
        }
    }

    @Test("The session's cookie changes with every login (CVE-2026-7507: fixation)")
    func fixation() async throws {
        try await TestServer.run { server in
            let user = try await server.user()
            let browser = TestBrowser(server)
            var seen: Set<String?> = []
            for _ in 0..<3 {
                _ = await browser.logIn(await browser.get("/login"), user)
                seen.insert(browser.cookies["__Host-martlet_session"])
            }
            #expect(seen.count == 3)
            #expect(!seen.contains(nil))
        }
    }

    @Test("select_account offers to go on as the one who is signed in; cancel tells the client access_denied")
    func selectAccount() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let user = try await server.user([("name", "Ada")])
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            _ = await browser.logIn(await browser.get("/login"), user)
            server.clock.advance(seconds: 5)
            let page = await browser.follow(await browser.get(walk.authorize(["prompt": "select_account"])))
            #expect(page.text.contains("Continue as Ada"))
            let end = await browser.submit(page, "/login", [("action", "continue")])
            #expect(try end.answer()["code"] != nil)
            let cancelled = await browser.submit(page, "/login", [("action", "cancel")])
            #expect(try cancelled.answer()["error"] == "access_denied")
            #expect(try cancelled.answer()["error_uri"] == "https://id.example/errors/access_denied")
        }
    }

    @Test("prompt=login asks for the password of whoever is signed in, and nobody may just go on")
    func promptLogin() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let user = try await server.user()
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            _ = await browser.logIn(await browser.get("/login"), user)
            server.clock.advance(seconds: 5)
            let page = await browser.follow(await browser.get(walk.authorize(["prompt": "login"])))
            #expect(!page.text.contains("Continue as"))
            let sneaked = await browser.submit(page, "/login", [("action", "continue")])
            #expect(sneaked.location?.hasPrefix("/login?request=") == true)
            #expect(try await browser.logIn(page, user).answer()["code"] != nil)
        }
    }

    @Test("The page speaks the language that the request asks for (OpenID Connect Core §3.1.2.1, ui_locales)")
    func languages() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client()
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            browser.acceptLanguage = "fr"
            let german = await browser.follow(await browser.get(walk.authorize(["ui_locales": "fr de-CH en"])))
            #expect(german.text.contains("<html lang=\"de\">"))
            #expect(german.text.contains("Anmelden"))
            #expect(german.headers[first: "content-language"] == "de")
            let english = await browser.follow(await browser.get(walk.authorize()))
            #expect(english.text.contains("<html lang=\"en\">"))
        }
    }
}
