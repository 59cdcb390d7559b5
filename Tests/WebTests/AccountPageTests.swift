import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Accounts on pages, without scripts")
struct AccountPageTests {
    private let good = "korrektes Pferd"

    private func signUp(
        _ browser: TestBrowser, _ username: String, email: String = "", password: String? = nil,
        from page: Response? = nil
    ) async -> Response {
        let form = if let page { page } else { await browser.get("/signup") }
        return await browser.submit(
            form, "/signup", [("username", username), ("email", email), ("password", password ?? good)])
    }

    private func loggedIn(_ user: User, _ server: TestServer) async -> TestBrowser {
        let browser = TestBrowser(server)
        _ = await browser.logIn(await browser.get("/login"), user)
        return browser
    }

    private func submit(
        _ browser: TestBrowser, _ action: String, _ fields: [(String, String)]
    ) async -> Response {
        await browser.submit(await browser.get("/account"), "/account", fields + [("action", action)])
    }

    @Test("from a client's request over sign-up and back: the waiting request is not lost")
    func signUpAmidRequest() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            let login = await browser.follow(await browser.get(walk.authorize()))
            let handle = try #require(login.text.firstMatch(of: /href="\/signup\?request=([^"]+)"/)).1
            let page = await browser.get("/signup?request=\(handle)")
            #expect(page.status == .ok && page.text.contains("autocomplete=\"new-password\""))
            let username = name("anna")
            let done = await browser.follow(await signUp(browser, username, email: "a@example.org", from: page))
            #expect(done.status == .ok && done.text.contains("/login?request=\(handle)"))
            let again = await browser.get("/login?request=\(handle)")
            let user = User(
                id: UserID("x"), username: username, nameKeys: .init(folded: "", skeleton: ""),
                createdAt: server.clock.now)
            let end = await browser.logIn(again, user, password: good)
            #expect(end.location?.hasPrefix("https://rp.example/cb?x=1&code=") == true)
        }
    }

    @Test(
        "what is wrong is said beside the form, in both languages, and the fields keep what they had but the password")
    func signUpProblems() async throws {
        try await TestServer.run { server in
            let taken = try await server.user()
            for (language, words) in [
                (
                    "en",
                    [
                        "taken", "too short", "guessed first", "not an e-mail", "cannot be a user name",
                        "must not contain",
                    ]
                ),
                (
                    "de",
                    ["vergeben", "zu kurz", "als eines der ersten", "keine E-Mail", "kein Benutzername", "enthalten"]
                ),
            ] {
                let browser = TestBrowser(server)
                browser.acceptLanguage = language
                let username = name("anna")
                for (row, status, word) in [
                    ((taken.username, "", good), 409, words[0]), ((username, "", "x1y2z3"), 400, words[1]),
                    ((username, "", "password1234"), 400, words[2]), ((username, "a b@", good), 400, words[3]),
                    (("a b", "", good), 400, words[4]), (("", "", good), 400, words[4]),
                    ((username, "", "xx \(username) xx"), 400, words[5]),
                    (("a@example.org", "b@example.org", good), 400, language == "en" ? "already" : "schon"),
                ] {
                    let page = await signUp(browser, row.0, email: row.1, password: row.2)
                    #expect(page.status.code == status, "\(row)")
                    #expect(page.text.contains(word), "\(row)")
                    #expect(page.text.contains("role=\"alert\"") && page.text.contains("aria-invalid=\"true\""))
                    #expect(page.text.contains("value=\"\(row.0)\"") && !page.text.contains(row.2))
                    #expect(page.headers[first: "content-language"] == language)
                }
            }
        }
    }

    @Test("a name that is an address leads to the same page, whether it is taken or not (CVE-2026-4633)")
    func signUpByAddress() async throws {
        try await TestServer.run { server in
            let browser = TestBrowser(server)
            let address = name("anna") + "@example.org"
            let first = await signUp(browser, address)
            let second = await signUp(browser, address)
            #expect(first.status == .seeOther && first.location == second.location)
            #expect(first.location == "/signup?done=mail")
            #expect(await signUp(browser, name("bert")).location == "/signup?done=ready")
        }
    }

    @Test(
        "a form that was not made for this browser does nothing (CVE-2026-123545)",
        arguments: ["/signup", "/reset-password", "/verify-email"])
    func foreignForms(path: String) async throws {
        try await TestServer.run { server in
            let browser = TestBrowser(server)
            let page = await browser.get(path)
            let username = name("anna")
            let fields = [("username", username), ("email", "x@example.org"), ("password", good)]
            for (hidden, headers) in [
                ([], [:]), ([("csrf", "x")], [:]), (page.hiddenFields, ["Sec-Fetch-Site": "cross-site"] as Headers),
                (page.hiddenFields, ["Origin": "https://evil.example"] as Headers),
            ] as [([(String, String)], Headers)] {
                var headers = headers
                headers.add("Content-Type", "application/x-www-form-urlencoded")
                let body = FormEncoder.encode((hidden + fields).map { FormParameter(name: $0.0, value: $0.1) })
                #expect(await browser.send(.post, path, headers, body).status == .forbidden)
            }
            let other = TestBrowser(server)
            #expect(await other.submit(page, path, fields).status == .forbidden)
            let user = try await server.provider.stores.users.user(named: username)
            #expect(user == nil)
            #expect(await browser.submit(page, path, fields).status == .seeOther)
        }
    }

    @Test("the forgotten password: the page says the same of everybody, and the link's page sets a new one")
    func forgotten() async throws {
        try await TestServer.run { server in
            let user = try await server.user([("email", "a@example.org")])
            let browser = TestBrowser(server)
            for who in [user.username, "nobody", "a@example.org", "no such name!"] {
                let answer = await browser.submit(
                    await browser.get("/reset-password"), "/reset-password", [("username", who)])
                #expect(answer.location == "/reset-password?sent=1", "\(who)")
            }
            let empty = await browser.submit(
                await browser.get("/reset-password"), "/reset-password", [("username", " ")])
            #expect(empty.status == .badRequest)
            #expect(await browser.get("/reset-password?sent=1").status == .ok)

            let secret = try await server.secret(.resetPassword, of: user)
            let page = await browser.get("/reset-password?token=\(secret)")
            let weak = await browser.submit(page, "/reset-password", [("password", "password1234")])
            #expect(weak.status == .badRequest && weak.text.contains("guessed first"))
            #expect(weak.text.contains(secret), "the form is still good")
            let done = await browser.submit(weak, "/reset-password", [("password", good)])
            #expect(done.location == "/reset-password?done=1")
            let cookies = done.headers.all("set-cookie")
            #expect(cookies.allSatisfy { $0.contains("martlet_device_") }, "nobody is logged in by a link")
            #expect(await browser.get("/reset-password?done=1").status == .ok)
            #expect(await browser.submit(page, "/reset-password", [("password", good)]).status == .gone)
        }
    }

    @Test("a new password on the account page: this browser stays, under another cookie, and every other one is out")
    func changePassword() async throws {
        try await TestServer.run { server in
            let user = try await server.user()
            let token = try await server.token("openid profile", of: user)
            let (here, there) = (await loggedIn(user, server), await loggedIn(user, server))
            let cookie = here.cookies["__Host-martlet_session"]
            let fields = [("current_password", TestServer.password), ("new_password", good)]
            let done = await submit(here, "change-password", fields)
            #expect(done.location == "/account?done=password")
            #expect(here.cookies["__Host-martlet_session"] != cookie)
            #expect(await here.follow(done).text.contains("role=\"status\""))
            #expect(await there.get("/account").location == "/login")
            let thief = TestBrowser(server)
            thief.cookies["__Host-martlet_session"] = cookie
            #expect(await thief.get("/account").location == "/login", "a copy of the former cookie is worth nothing")
            let info = await server.routes.respond(
                to: request(.get, "/api/v1/oauth2/userinfo", ["Authorization": "Bearer \(token)"]))
            #expect(info.status == .unauthorized)
        }
    }

    @Test("it takes the current password, which cannot be guessed here either")
    func guessing() async throws {
        try await TestServer.run { server in
            let user = try await server.user()
            let browser = await loggedIn(user, server)
            let weak = await submit(
                browser, "change-password",
                [("current_password", TestServer.password), ("new_password", "password1234")])
            #expect(weak.status == .badRequest && weak.text.contains("guessed first"))
            var statuses: [Int] = []
            for _ in 0..<7 {
                let page = await submit(
                    browser, "change-password", [("current_password", "wrong"), ("new_password", good)])
                statuses.append(page.status.code)
                if page.status == .tooManyRequests { #expect(page.headers[first: "retry-after"] != nil) }
            }
            #expect(statuses == [403, 403, 403, 403, 403, 429, 429])
            let throttled = await submit(
                browser, "change-password", [("current_password", TestServer.password), ("new_password", good)])
            #expect(throttled.status == .tooManyRequests)
        }
    }

    @Test("the profile's form changes what was changed; a wrong field is named; another address takes the password")
    func profile() async throws {
        try await TestServer.run { server in
            let user = try await server.user([
                ("email", "a@example.org"), ("emailVerified", true), ("phoneNumber", "call me"), ("name", "Anna"),
            ])
            let browser = await loggedIn(user, server)
            let unchanged = [("name", "Anna"), ("phone_number", "call me"), ("email", "a@example.org")]
            // A number that an administrator wrote stays as long as nobody touches it.
            #expect(await submit(browser, "save-profile", unchanged).location == "/account?done=profile")
            #expect(try await server.current(user).updatedAt == user.updatedAt)
            let saved = await submit(
                browser, "save-profile",
                [("name", " Anna B. "), ("phone_number", "call me"), ("email", "a@example.org")])
            #expect(saved.location == "/account?done=profile")
            #expect(try await server.current(user).claims["name"] == "Anna B.")
            let wrong = await submit(browser, "save-profile", [("birthdate", "yesterday"), ("name", "Zoë <b>")])
            #expect(wrong.status == .badRequest && wrong.text.contains("value=\"yesterday\""))
            #expect(wrong.text.contains("value=\"Zoë &lt;b&gt;\""), "what was written is not lost")
            let address = [("email", "b@example.org")]
            for password in ["", "wrong"] {
                let page = await submit(browser, "save-profile", address + [("profile_password", password)])
                #expect(page.status == .forbidden && page.text.contains("value=\"b@example.org\""))
            }
            let moved = await submit(browser, "save-profile", address + [("profile_password", TestServer.password)])
            #expect(moved.location == "/account?done=profile")
            let now = try await server.current(user)
            #expect(now.email == "b@example.org" && !now.emailVerified)
            let page = await browser.get("/account")
            #expect(page.text.contains("send-confirmation"))
            #expect(await submit(browser, "send-confirmation", []).location == "/account?done=mail")
        }
    }

    @Test("who is not logged in changes nothing, and is shown the way to the login")
    func loggedOut() async throws {
        try await TestServer.run { server in
            let user = try await server.user()
            let browser = await loggedIn(user, server)
            let page = await browser.get("/account")
            browser.cookies["__Host-martlet_session"] = nil
            for action in ["save-profile", "change-password", "send-confirmation", "nonsense"] {
                let answer = await browser.submit(page, "/account", [("action", action), ("name", "x")])
                #expect(answer.location == "/login", "\(action)")
            }
        }
    }
}
