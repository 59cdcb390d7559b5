import HTTP
import JOSE
import Postgres
import Provider
import Testing

@testable import Web

/// A browser in which a user has logged in for a client, and the ID token that the client got.
struct SignedIn {
    let server: TestServer
    let client: Client
    let user: User
    let browser: TestBrowser
    let idToken: String

    static let logout = "/api/v1/oauth2/logout"
    static let goodbye = "https://rp.example/bye?a=b"

    init(
        _ server: TestServer, _ client: (client: Client, secret: String?)? = nil, as user: User? = nil,
        in browser: TestBrowser? = nil
    ) async throws {
        let (client, secret) = if let client { client } else { try await Self.client(server) }
        let user = if let user { user } else { try await server.user() }
        let browser = browser ?? TestBrowser(server)
        let walk = Walk(server: server, client: client, secret: secret)
        var answer = await browser.follow(await browser.get(walk.authorize()))
        if answer.location == nil { answer = await browser.logIn(answer, user) }
        let tokens = await walk.redeem(try answer.answer().required("code"))
        self.server = server
        self.client = client
        self.user = user
        self.browser = browser
        idToken = try #require(try tokens.json()["id_token"]?.string)
    }

    static func client(
        _ server: TestServer, _ change: (inout Client) -> Void = { _ in }
    ) async throws -> (client: Client, secret: String?) {
        try await server.client {
            $0.firstParty = true
            $0.postLogoutRedirectURIs = [Self.goodbye, "http://127.0.0.1/bye"]
            change(&$0)
        }
    }

    /// The target of a logout request; parameters with nil are left out.
    func target(_ changes: [String: String?] = [:]) -> String {
        var parameters: [String: String?] = [
            "id_token_hint": idToken, "post_logout_redirect_uri": Self.goodbye, "state": "st<>&'\"ate",
        ]
        for (name, value) in changes { parameters[name] = value }
        let pairs = parameters.compactMap { name, value in value.map { FormParameter(name: name, value: $0) } }
        return Self.logout + "?" + FormEncoder.encode(pairs.sorted { $0.name < $1.name })
    }

    /// The same request as a form.
    func post(_ changes: [String: String?] = [:], in browser: TestBrowser? = nil) async -> Response {
        let query = target(changes).split(separator: "?", maxSplits: 1).last ?? ""
        return await (browser ?? self.browser).send(
            .post, Self.logout, ["Content-Type": "application/x-www-form-urlencoded"], String(query))
    }

    /// Whether somebody is signed in in this browser.
    var isSignedIn: Bool {
        get async { await browser.get("/account").status == .ok }
    }

    /// The `sid` of the ID token.
    var session: SessionID {
        get throws {
            let claims = try JWTClaims(parsing: try UnverifiedJWS(parsing: idToken).unverifiedPayload)
            let sid = try #require(claims["sid"]?.string)
            return try #require(SessionID(parsing: sid))
        }
    }

    /// Presses a button of the question.
    func answer(_ page: Response, _ decision: String) async -> Response {
        await browser.submit(page, Self.logout, [("decision", decision)])
    }

    func isQuestion(_ page: Response) -> Bool {
        page.status == .ok && page.text.contains("value=\"logout\"") && page.text.contains("value=\"stay\"")
    }

    /// How many events of this type were written about this user.
    func told(_ type: String) async throws -> Int {
        try await TestDatabase.use { [user] database in
            try await database.read(
                "SELECT count(*) FROM outbox WHERE type = \(type) AND data->>'userId' = \(user.id.text)"
            ).exactlyOne().value(0)
        }
    }
}

@Suite("RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0)")
struct LogoutTests {
    @Test("§2, §3: a valid hint of this browser's session ends it without asking, and state comes back")
    func atOnce() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(server)
            let end = await login.browser.get(login.target())
            #expect(end.status == .seeOther)
            #expect(end.location?.hasPrefix("https://rp.example/bye?a=b&state=") == true)
            #expect(try end.answer()["state"] == "st<>&'\"ate")
            #expect(
                end.headers.all("set-cookie").contains { $0.contains("martlet_session=;") && $0.contains("Max-Age=0") })
            #expect(await !login.isSignedIn)
            #expect(try await login.told("oauth2.session.ended") == 1)
            // As often as the relying party likes.
            let again = await login.browser.get(login.target(["state": nil]))
            #expect(again.status == .seeOther && again.location == SignedIn.goodbye)
            #expect(try await login.told("oauth2.session.ended") == 1)
        }
    }

    @Test("§2: an expired hint is as good; with client_id, on a loopback port, or by POST, which leads to the cookies")
    func variants() async throws {
        try await TestServer.run { server in
            let client = try await SignedIn.client(server) { $0.lifetimes.idToken = 1 }
            for way in 0..<4 {
                let login = try await SignedIn(server, client)
                server.clock.advance(seconds: 2)
                let end: Response
                switch way {
                case 0: end = await login.browser.get(login.target(["client_id": login.client.id.text]))
                case 1:
                    end = await login.browser.get(
                        login.target(["post_logout_redirect_uri": "http://127.0.0.1:5123/bye"]))
                case 2:
                    // From another site: no cookie comes along.
                    let elsewhere = TestBrowser(server)
                    let parked = await login.post(in: elsewhere)
                    #expect(parked.status == .seeOther && !parked.text.contains(login.idToken))
                    let next = try #require(parked.location)
                    #expect(next.hasPrefix("/api/v1/oauth2/logout?") && !next.contains("eyJ"))
                    #expect(await login.isSignedIn)
                    end = await login.browser.get(next)
                default:
                    end = await login.browser.follow(
                        await login.post(["ui_locales": "de", "logout_hint": "x", "x": "y"]))
                }
                #expect(end.status == .seeOther, "\(way)")
                #expect(
                    end.location?.contains("/bye") == true && end.location?.contains("state=st%3C") == true, "\(way)")
                #expect(await !login.isSignedIn, "\(way)")
            }
        }
    }

    @Test("§2: without a redirect URI a page says that the user is signed out")
    func page() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(server)
            let end = await login.browser.get(login.target(["post_logout_redirect_uri": nil]))
            #expect(end.status == .ok && end.text.contains("You are signed out"))
            #expect(!end.text.contains("http-equiv") && !end.text.contains("<iframe") && !end.text.contains("state"))
            #expect(end.headers[first: "content-security-policy"]?.contains("frame-src") == false)
            #expect(await !login.isSignedIn)
            let german = await login.browser.get(
                login.target(["post_logout_redirect_uri": nil, "ui_locales": "fr de"]))
            #expect(german.text.contains("Sie sind abgemeldet"))
        }
    }

    @Test("§2: without a hint the user is asked; after yes a URI registered for the client_id is honoured")
    func question() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(server)
            let request = login.target(["id_token_hint": nil, "client_id": login.client.id.text])
            let page = await login.browser.get(request)
            #expect(login.isQuestion(page))
            #expect(page.text.contains("Zoë &amp; &lt;b&gt;Söhne&lt;/b&gt;") && page.text.contains(login.user.username))
            #expect(
                page.headers[first: "content-security-policy"]?.contains("form-action 'self' https://rp.example;")
                    == true)
            let stay = await login.answer(page, "stay")
            #expect(stay.status == .seeOther && stay.location == "/account")
            #expect(await login.isSignedIn)
            #expect(await login.answer(page, "nonsense").location == "/account")
            let end = await login.answer(page, "logout")
            #expect(end.status == .seeOther && end.location?.hasPrefix("https://rp.example/bye?a=b&state=") == true)
            #expect(await !login.isSignedIn)
        }
    }

    @Test("GHSA-36f2-fcrx-fp4j: a URI that nobody vouches for is never followed, and never shown as a link")
    func nobodysURI() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(server)
            for uri in [SignedIn.goodbye, "https://evil.example/", "javascript:alert(1)", "//evil.example"] {
                let page = await login.browser.get(
                    login.target(["id_token_hint": nil, "post_logout_redirect_uri": uri]))
                #expect(login.isQuestion(page) && !page.text.contains("evil.example") && !page.text.contains("alert("))
                #expect(page.headers[first: "content-security-policy"]?.contains("form-action 'self';") == true)
            }
            let page = await login.browser.get(login.target(["id_token_hint": nil]))
            let end = await login.answer(page, "logout")
            #expect(end.status == .ok && end.location == nil && end.text.contains("You are signed out"))
            #expect(!end.text.contains("rp.example"))
            #expect(await !login.isSignedIn)
        }
    }

    @Test("§2: a hint of another user, of another session or of another browser logs nobody out without asking")
    func foreignHint() async throws {
        try await TestServer.run { server in
            let client = try await SignedIn.client(server)
            let ada = try await SignedIn(server, client)
            let bob = try await SignedIn(server, client)
            let page = await bob.browser.get(ada.target())
            #expect(bob.isQuestion(page) && page.text.contains(bob.user.username))
            #expect(!page.text.contains(ada.user.username))
            #expect(await ada.isSignedIn)
            #expect(await bob.isSignedIn)
            // The same user in another browser.
            let other = try await SignedIn(server, client, as: ada.user)
            #expect(other.isQuestion(await other.browser.get(ada.target())))
            #expect(await ada.isSignedIn)
            #expect(await other.isSignedIn)
            // A browser in which nobody is signed in goes back at once, and leaves the session alone.
            let stranger = TestBrowser(server)
            #expect(await stranger.get(ada.target()).location?.hasPrefix("https://rp.example/bye") == true)
            #expect(await ada.isSignedIn)
            let end = await bob.answer(page, "logout")
            #expect(end.location?.hasPrefix("https://rp.example/bye") == true)
            #expect(await ada.isSignedIn)
            #expect(await !bob.isSignedIn)
        }
    }

    @Test("a valid hint of a session already gone goes back at once, and without a URI says so")
    func goneSession() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(server)
            _ = await login.browser.submit(await login.browser.get("/account"), "/account", [("action", "logout")])
            #expect(await login.browser.get(login.target()).location?.hasPrefix("https://rp.example/bye") == true)
            let page = await login.browser.get(login.target(["post_logout_redirect_uri": nil]))
            #expect(page.status == .ok && page.text.contains("You are signed out"))
            // Ended elsewhere: the cookie is still there, and goes.
            let other = try await SignedIn(server)
            #expect(try await server.provider.stores.sessions.end(try other.session, Record(server.trail)))
            let end = await other.browser.get(other.target())
            #expect(end.status == .seeOther && end.location?.hasPrefix("https://rp.example/bye") == true)
            #expect(other.browser.cookies["__Host-martlet_session"] == nil)
            // Without a proof of who asks, going back is a link.
            let offered = await other.browser.get(
                other.target(["id_token_hint": nil, "client_id": other.client.id.text]))
            #expect(offered.status == .ok && offered.text.contains("You are signed out"))
            #expect(offered.text.contains("<a class=\"button\" href=\"https://rp.example/bye?a=b&amp;state=st"))
            #expect(!offered.text.contains("http-equiv"))
        }
    }

    @Test("the answer to the question counts for the user who was asked, in the browser that was asked")
    func forgedForm() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(server)
            let page = await login.browser.get(login.target(["id_token_hint": nil]))
            let fields = page.hiddenFields + [("decision", "logout")]
            for forged in [
                fields.filter { $0.0 != "csrf" }, fields.map { $0.0 == "csrf" ? ("csrf", "x") : $0 },
            ] {
                let again = await login.browser.post(SignedIn.logout, forged)
                #expect(login.isQuestion(again) && again.text.contains("too old"))
            }
            let cross = await login.browser.send(
                .post, SignedIn.logout,
                ["Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"],
                FormEncoder.encode(fields.map { FormParameter(name: $0.0, value: $0.1) }))
            #expect(login.isQuestion(cross))
            #expect(await login.isSignedIn)
            // Another user has signed in meanwhile, in another tab.
            let bob = try await server.user()
            _ = await login.browser.logIn(await login.browser.get("/login"), bob)
            let asked = await login.answer(page, "logout")
            #expect(login.isQuestion(asked) && asked.text.contains(bob.username))
            #expect(await login.isSignedIn)
            #expect(await login.answer(asked, "logout").text.contains("You are signed out"))
            #expect(await !login.isSignedIn)
            // Pressed twice.
            #expect(await login.answer(asked, "logout").text.contains("You are signed out"))
        }
    }

    @Test("Back-Channel Logout §2.7 by this endpoint: tokens of the session end, offline ones stay")
    func tokens() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await SignedIn.client(server)
            let login = try await SignedIn(server, (client, secret))
            let walk = Walk(server: server, client: client, secret: secret)
            var refresh: [String] = []
            for scope in ["openid", "openid offline_access"] {
                var answer = await login.browser.follow(await login.browser.get(walk.authorize(["scope": scope])))
                if answer.status == .ok {
                    answer = await login.browser.submit(
                        answer, "/consent", [("scope", "offline_access"), ("decision", "allow")])
                }
                let tokens = await walk.redeem(try answer.answer().required("code"))
                refresh.append(try #require(try tokens.json()["refresh_token"]?.string))
            }
            #expect(await login.browser.get(login.target()).status == .seeOther)
            var answers: [Int] = []
            for token in refresh {
                let body = FormEncoder.encode([
                    FormParameter(name: "grant_type", value: "refresh_token"),
                    FormParameter(name: "refresh_token", value: token),
                ])
                let answer = await server.routes.respond(
                    to: request(
                        .post, "/api/v1/oauth2/token",
                        [
                            "Content-Type": "application/x-www-form-urlencoded",
                            "Authorization": basic(client.id.text, secret ?? ""),
                        ], body))
                answers.append(answer.status.code)
            }
            #expect(answers == [400, 200])
        }
    }

    @Test("a login in place of another user's ends that one's session, and tells so")
    func replacedUser() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(server)
            let bob = try await server.user()
            _ = await login.browser.logIn(await login.browser.get("/login"), bob)
            #expect(try await login.told("oauth2.session.ended") == 1)
        }
    }
}
