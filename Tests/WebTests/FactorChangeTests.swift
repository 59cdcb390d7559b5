import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Who may change how a user logs in")
struct FactorChangeTests {
    @Test("A login by the password alone changes nothing of a user's who has a second step, however recent (CWE-308)")
    func weakLogin() async throws {
        try await TestServer.run { server in
            let (user, own) = (try await server.user(), TestBrowser(server))
            _ = await own.logIn(await own.get("/login"), user)
            let paper = try await own.turnOnTwoSteps(of: user).recoveryCodes
            // Its forms are from before there was a second step: they show that it is each act that is refused.
            let weak = try await server.weaklyLoggedIn(as: user)
            _ = await weak.get("/login")
            let binding = try #require(weak.cookies["__Host-martlet_browser"])
            let csrf = PageForm.csrf(server.provider, binding: binding, subject: user.id)
            #expect(await weak.get("/account").status == .ok)
            #expect(await weak.get("/account?section=factors").location == "/login?next=factors")
            for action in [
                "renew_recovery_codes", "remove_authenticator", "propose_authenticator", "confirm_authenticator",
                "add_passkey", "remove_passkey",
            ] {
                let answer = await weak.post("/account", [("csrf", csrf), ("section", "factors"), ("action", action)])
                #expect(answer.location == "/login?next=factors", "\(action)")
            }
            #expect(try await server.current(user).factors.hasAuthenticator)
            // The login asks for the second step and leads back.
            let login = await weak.get("/login?next=factors")
            #expect(!login.text.contains("value=\"continue\""))
            let step = await weak.logIn(login, user)
            #expect(step.text.contains("autocomplete=\"one-time-code\""))
            let page = await weak.follow(
                await weak.submit(step, "/login", [("action", "second_step"), ("code", paper[0])]))
            #expect(page.text.contains("remove_authenticator") && page.text.contains("9 recovery codes"))
        }
    }

    @Test("Turning it on ends the other logins, and leaves this browser a login of two factors")
    func turningOn() async throws {
        try await TestServer.run { server in
            let (user, thief, own) = (try await server.user(), TestBrowser(server), TestBrowser(server))
            for browser in [thief, own] { _ = await browser.logIn(await browser.get("/login"), user) }
            #expect(await thief.get("/account?section=factors").text.contains("propose_authenticator"))
            let stolen = TestBrowser(server)
            stolen.cookies = own.cookies
            let (client, secret) = try await server.client { $0.firstParty = true }
            let walk = Walk(server: server, client: client, secret: secret)
            _ = try await own.turnOnTwoSteps(of: user)
            for browser in [thief, stolen] {
                #expect(await browser.get("/account").location == "/login")
                #expect(await browser.get("/account?section=factors").location == "/login?next=factors")
            }
            #expect(await own.get("/account?section=factors").text.contains("remove_authenticator"))
            let end = await own.get(walk.authorize(["acr_values": "urn:martlet:acr:2fa", "prompt": "none"]))
            let tokens = try await walk.redeem(try end.answer().required("code")).json()
            let claims = try JSON.parse(
                try #require(Base64URL.decode(String(tokens["id_token"]?.string?.split(separator: ".")[1] ?? ""))))
            #expect(claims["amr"] == ["pwd", "otp", "mfa"])
            #expect(claims["acr"] == "urn:martlet:acr:2fa")
        }
    }

    @Test("Who has the password and passkeys, and has lost these, still changes how they log in")
    func lostPasskey() async throws {
        try await TestServer.run { server in
            let (user, browser) = (try await server.user(), TestBrowser(server))
            let passkey = Passkey(
                id: Array("lost by \(user.id.text)".utf8), userID: user.id, publicKey: [], signCount: 0,
                name: "Lost phone",
                transports: [], isBackedUp: false, createdAt: server.clock.now)
            #expect(
                try await server.provider.stores.passkeys.add(
                    passkey, whileHash: user.passwordHash, Record(server.trail)))
            _ = await browser.logIn(await browser.get("/login"), user)
            let page = await browser.get("/account?section=factors")
            #expect(page.text.contains("Lost phone"))
            _ = await browser.submit(
                page, "/account", [("action", "remove_passkey"), ("passkey", Base64URL.encode(passkey.id))])
            #expect(try await server.current(user).factors.passkeyCount == 0)
        }
    }
}
