import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Accounts that a stranger made before their owner came")
struct NewOwnerTests {
    @Test("The owner of the address takes the account over by mail, and the stranger's authenticator does not stand by")
    func takeover() async throws {
        try await TestServer.run { server in
            let address = name("anna") + "@example.org"
            let body = "{\"username\":\"\(address)\",\"password\":\"\(TestServer.password)\"}"
            let made = try await server.send(.post, "/signup", body).json()
            let user = try #require(
                try await server.provider.stores.users.user(UserID(made["id"]?.string ?? "")))
            let stranger = TestBrowser(server)
            _ = await stranger.logIn(await stranger.get("/login"), user)
            _ = try await stranger.turnOnTwoSteps(of: user)
            #expect(await stranger.get("/account").status == .ok)

            let secret = try await server.secret(.resetPassword, of: user)
            let chosen = "vom Inhaber selbst gewählt"
            let reset = "{\"token\":\"\(secret)\",\"newPassword\":\"\(chosen)\"}"
            #expect(await server.send(.post, "/reset-password", reset).status == .noContent)
            let owner = TestBrowser(server)
            #expect(await owner.logIn(await owner.get("/login"), user, password: chosen).location == "/account")
            #expect(await stranger.get("/account").location == "/login")
        }
    }

    @Test(
        "Whoever can change the address for a moment, by a token with scope account, gets neither password nor second factor"
    )
    func changedAddress() async throws {
        try await TestServer.run { server in
            let former = name("anna") + "@example.org"
            let user = try await server.user([("email", .string(former)), ("email_verified", true)])
            let own = TestBrowser(server)
            let token = try await server.token("openid account", of: user, in: own)
            _ = try await own.turnOnTwoSteps(of: user)
            let thief = "eve@example.com"
            #expect(
                await server.send(.put, "/profile", "{\"email\":\"\(thief)\"}", bearer: token).status == .ok)

            // Also once the thief has confirmed the address: no password was shown with it.
            let confirmation = try await server.secret(.verifyEmail, of: try await server.current(user))
            let confirmed = await server.send(.post, "/verify-email", "{\"token\":\"\(confirmation)\"}")
            #expect(confirmed.status == .noContent)

            let order = MailOrder(
                id: name("mail"), kind: .resetPassword, userID: user.id, address: thief, language: "en",
                createdAt: server.clock.now, givesUpAt: server.clock.now + 60)
            guard case .send(let mail) = try await server.provider.compose(order, at: server.clock.now) else {
                return #expect(Bool(false), "the owner gets no mail")
            }
            #expect(mail.recipient.text == former)
            let secret = String(mail.link.split(separator: "token=").last ?? "")
            let reset = "{\"token\":\"\(secret)\",\"newPassword\":\"wieder die Inhaberin\"}"
            #expect(await server.send(.post, "/reset-password", reset).status == .noContent)
            let now = try await server.current(user)
            #expect(now.factors.hasAuthenticator && now.email == thief && now.emailVerified)
            let browser = TestBrowser(server)
            let page = await browser.logIn(await browser.get("/login"), user, password: "wieder die Inhaberin")
            #expect(page.text.contains("name=\"code\""), "the second step is asked for")
        }
    }
}
