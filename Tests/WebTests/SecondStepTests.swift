import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Two-step login")
struct SecondStepTests {
    /// A user with an authenticator, and what is on the paper.
    private struct Owner {
        let user: User
        let totp: TOTP
        let recoveryCodes: [String]
    }

    private func owner(_ server: TestServer, email: JSON = nil) async throws -> Owner {
        let (user, browser) = (try await server.user([("email", email)]), TestBrowser(server))
        _ = await browser.logIn(await browser.follow(await browser.get("/account?section=factors")), user)
        let (totp, recoveryCodes) = try await browser.turnOnTwoSteps(of: user)
        server.clock.advance(seconds: 30)
        return Owner(user: user, totp: totp, recoveryCodes: recoveryCodes)
    }

    private func code(_ totp: TOTP, _ server: TestServer) -> String {
        totp.code(at: TOTP.Step(at: server.clock.now))
    }

    private func second(_ browser: TestBrowser, _ page: Response, _ code: String) async -> Response {
        await browser.submit(page, "/login", [("action", "second_step"), ("code", code)])
    }

    @Test("RFC 6749 §4.3: the password grant cannot ask for a second step, so it lets nobody in who has one")
    func passwordGrant() async throws {
        try await TestServer.run { server in
            let owner = try await owner(server)
            let (client, secret) = try await server.client {
                $0.profile = .legacy
                $0.grantTypes = [.password, .refreshToken]
            }
            let fields = [
                FormParameter(name: "grant_type", value: "password"),
                FormParameter(name: "username", value: owner.user.username),
                FormParameter(name: "password", value: TestServer.password),
            ]
            let answer = await server.routes.respond(
                to: request(
                    .post, "/api/v1/oauth2/token",
                    [
                        "Content-Type": "application/x-www-form-urlencoded",
                        "Authorization": basic(client.id.text, secret ?? ""),
                    ], FormEncoder.encode(fields)))
            #expect(answer.status == .badRequest)
            #expect(try answer.json()["error"] == "invalid_grant")
        }
    }

    @Test("A browser without a binding cannot go on to the second step, and is not let in by the first")
    func withoutBinding() async throws {
        try await TestServer.run { server in
            let owner = try await owner(server)
            await #expect(throws: LoginRefusal.pendingIsOver) {
                try await server.provider.logIn(
                    username: owner.user.username, password: TestServer.password,
                    browser: Browser(session: nil, binding: nil, userAgent: ""), trail: server.trail)
            }
        }
    }

    @Test("An embedding server's own login page asks for the code, too")
    func ownLoginPage() async throws {
        let own = OwnPage()
        try await TestServer.run(loginPage: own) { server in
            let owner = try await owner(server)
            _ = own.takeForms()
            let browser = TestBrowser(server)
            let page = await browser.logIn(await browser.get("/login"), owner.user)
            #expect(page.text.contains("Our own"))
            let wrong = await second(browser, page, "000000")
            #expect(await second(browser, wrong, code(owner.totp, server)).location == "/account")
            let forms = own.takeForms()
            #expect(forms.map(\.step) == [.password, .secondStep, .secondStep])
            #expect(forms.map(\.problem) == [nil, nil, .wrongCode])
        }
    }

    @Test("The password alone lets nobody in; with the code amr and acr say so (RFC 8176 §2)")
    func twoSteps() async throws {
        try await TestServer.run { server in
            let owner = try await owner(server)
            let (client, secret) = try await server.client { $0.firstParty = true }
            let (walk, browser) = (Walk(server: server, client: client, secret: secret), TestBrowser(server))
            let page = await browser.logIn(await browser.follow(await browser.get(walk.authorize())), owner.user)
            #expect(page.status == .ok)
            #expect(page.text.contains("autocomplete=\"one-time-code\""))
            #expect(page.headers[first: "content-security-policy"]?.contains("https://rp.example") == true)
            #expect(await browser.get("/account").status == .seeOther, "not signed in yet")
            let end = await second(browser, page, code(owner.totp, server))
            let tokens = try await walk.redeem(try end.answer().required("code")).json()
            let claims = try JSON.parse(
                try #require(Base64URL.decode(String(tokens["id_token"]?.string?.split(separator: ".")[1] ?? ""))))
            #expect(claims["amr"] == ["pwd", "otp", "mfa"])
            #expect(claims["acr"] == "urn:martlet:acr:2fa")
        }
    }

    @Test("A code works once, also in two browsers (RFC 6238 §5.2)")
    func once() async throws {
        try await TestServer.run { server in
            let owner = try await owner(server)
            let code = code(owner.totp, server)
            for isFirst in [true, false] {
                let browser = TestBrowser(server)
                let page = await browser.logIn(await browser.get("/login"), owner.user)
                let answer = await second(browser, page, code)
                #expect(answer.status == (isFirst ? .seeOther : .forbidden))
            }
        }
    }

    @Test("Who has lost authenticator and codes gets in by the password after an administrator took them away")
    func reset() async throws {
        try await TestServer.run { server in
            let email = JSON.string(name("owner") + "@example.org")
            let (owner, callers) = (try await owner(server, email: email), try await Callers(server))
            let path = "/users/\(owner.user.id)/factors"
            let own = try await callers.bearer(callers.user, scope: "openid account")
            #expect(await callers.send(.delete, path, by: own).status == .forbidden)
            #expect(await callers.send(.delete, "/users/nobody/factors", by: callers.administrator).status == .notFound)
            for _ in 0..<2 {
                #expect(await callers.send(.delete, path, by: callers.administrator).status == .noContent)
            }
            // Told once: the second time nothing was taken.
            let mails = try await server.provider.stores.mails.take(
                limit: 10_000, leaseEndsAt: server.clock.now, at: server.clock.now)
            let kinds = mails.compactMap { mail -> MailOrder.Kind? in
                guard case .order(let order) = mail.matter, order.userID == owner.user.id else { return nil }
                return order.kind
            }
            #expect(kinds == [.factorsReset])
            let browser = TestBrowser(server)
            let answer = await browser.logIn(await browser.get("/login"), owner.user)
            #expect(answer.location == "/account")
        }
    }

    @Test("A recovery code lets in once")
    func recovery() async throws {
        try await TestServer.run { server in
            let owner = try await owner(server)
            let typed = owner.recoveryCodes[3].lowercased().replacing("-", with: " ")
            for status in [Status.seeOther, .forbidden] {
                let browser = TestBrowser(server)
                let page = await browser.logIn(await browser.get("/login"), owner.user)
                #expect(await second(browser, page, typed).status == status)
            }
        }
    }

    @Test("Wrong codes are throttled by user, wherever they come from (CVE-2025-64102)")
    func throttled() async throws {
        try await TestServer.run { server in
            let owner = try await owner(server)
            for attempt in 0..<6 {
                let browser = TestBrowser(server, address: "203.0.113.\(attempt)")
                let page = await browser.logIn(await browser.get("/login"), owner.user)
                let answer = await second(browser, page, "00000\(attempt)")
                #expect(answer.status == (attempt < 5 ? .forbidden : .tooManyRequests))
                #expect(answer.text.contains("name=\"pending\"") == true)
            }
        }
    }

    @Test("The first step is worth nothing in another browser, later, after the password changed, or altered")
    func pending() async throws {
        try await TestServer.run { server in
            let owner = try await owner(server)
            let browser = TestBrowser(server)
            let page = await browser.logIn(await browser.get("/login"), owner.user)
            let thief = TestBrowser(server)
            let own = await thief.get("/login")
            let stolen = page.hiddenFields.filter { $0.0 == "pending" }
            let attempt = await thief.post(
                "/login",
                own.hiddenFields + stolen + [("action", "second_step"), ("code", code(owner.totp, server))])
            #expect(attempt.status == .forbidden)
            #expect(await thief.get("/account").status == .seeOther)

            for garbage in ["", "x", String(repeating: "A", count: 3000)] {
                let fields = page.hiddenFields.filter { $0.0 != "pending" } + [("pending", garbage)]
                let answer = await browser.post("/login", fields + [("action", "second_step"), ("code", "1")])
                #expect(answer.status == .forbidden)
            }
            server.clock.advance(seconds: 601)
            #expect(await second(browser, page, code(owner.totp, server)).status == .forbidden)
        }
    }

    @Test("acr_values and an essential acr step a login up, if the user can (OpenID Connect Core §5.5.1.1)")
    func stepUp() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let walk = Walk(server: server, client: client, secret: secret)
            let owner = try await owner(server)
            let plain = try await server.user()
            let wish: [String: String?] = ["acr_values": "urn:martlet:acr:2fa unknown"]
            let must: [String: String?] = [
                "claims": #"{"id_token":{"acr":{"essential":true,"values":["urn:martlet:acr:2fa"]}}}"#
            ]
            // Who cannot is served by a wish, and not by an essential claim.
            let weak = TestBrowser(server)
            _ = await weak.logIn(await weak.get("/login"), plain)
            #expect(try await weak.get(walk.authorize(wish)).answer()["code"] != nil)
            let refused = try await weak.get(walk.authorize(must)).answer()
            #expect(refused["error"] == "unmet_authentication_requirements")

            // Who logged in with the password before the authenticator was there is asked once more.
            let strong = TestBrowser(server)
            let page = await strong.logIn(await strong.get("/login"), owner.user)
            _ = await second(strong, page, code(owner.totp, server))
            #expect(try await strong.get(walk.authorize(wish)).answer()["code"] != nil)
            #expect(try await strong.get(walk.authorize(must)).answer()["code"] != nil)
        }
    }

    @Test("A session from before is stepped up by a fresh login; prompt=none hears login_required")
    func olderSession() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let walk = Walk(server: server, client: client, secret: secret)
            let owner = try await owner(server)
            let old = try await server.weaklyLoggedIn(as: owner.user)
            let silent = try await old.get(walk.authorize(["acr_values": "urn:martlet:acr:2fa", "prompt": "none"]))
                .answer()
            #expect(silent["error"] == "login_required")
            let login = await old.follow(await old.get(walk.authorize(["acr_values": "urn:martlet:acr:2fa"])))
            #expect(login.text.contains("two-step"))
            let end = await second(old, await old.logIn(login, owner.user), code(owner.totp, server))
            #expect(try end.answer()["code"] != nil)
        }
    }

    @Test("The page opens to a login of the last minutes only, and its forms only to the user who saw them")
    func recent() async throws {
        try await TestServer.run { server in
            let owner = try await owner(server)
            let browser = TestBrowser(server)
            let login = await browser.follow(await browser.get("/account?section=factors"))
            #expect(login.text.contains("name=\"next\" value=\"factors\""))
            let page = await browser.follow(
                await second(browser, await browser.logIn(login, owner.user), code(owner.totp, server)))
            #expect(page.text.contains("remove_authenticator"))
            server.clock.advance(seconds: 901)
            let late = await browser.submit(page, "/account", [("action", "remove_authenticator")])
            #expect(late.location?.hasPrefix("/login") == true)
            #expect(try await server.provider.stores.users.user(owner.user.id)?.factors.hasAuthenticator == true)
            let again = await browser.follow(late)
            #expect(!again.text.contains("value=\"continue\""))

            let other = try await server.user()
            _ = await browser.logIn(again, other)
            _ = await browser.submit(page, "/account", [("action", "remove_authenticator")])
            #expect(try await server.provider.stores.users.user(owner.user.id)?.factors.hasAuthenticator == true)
        }
    }

    @Test("It is turned off again, and its codes with it")
    func off() async throws {
        try await TestServer.run { server in
            let owner = try await owner(server)
            let browser = TestBrowser(server)
            let first = await browser.logIn(
                await browser.follow(await browser.get("/account?section=factors")), owner.user)
            let page = await browser.follow(await second(browser, first, owner.recoveryCodes[0]))
            #expect(page.text.contains("9 recovery codes"))
            let renewed = await browser.submit(page, "/account", [("action", "renew_recovery_codes")])
            #expect(renewed.text.matches(of: /<li><code>/).count == 10)
            #expect(!renewed.text.contains(owner.recoveryCodes[1]))
            let off = await browser.follow(
                await browser.submit(page, "/account", [("action", "remove_authenticator")]))
            #expect(off.text.contains("propose_authenticator"))
            let fresh = TestBrowser(server)
            #expect(await fresh.logIn(await fresh.get("/login"), owner.user).status == .seeOther)
        }
    }
}
