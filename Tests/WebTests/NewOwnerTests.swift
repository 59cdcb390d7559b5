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
            let totp = try #require(try await server.provider.proposeAuthenticator(to: user, trail: server.trail))
            let codes = try await server.provider.confirmAuthenticator(
                of: user, code: totp.code(at: TOTP.Step(at: server.clock.now)), trail: server.trail)
            #expect(codes?.isEmpty == false)

            let secret = try await server.secret(.resetPassword, of: user)
            let chosen = "vom Inhaber selbst gewählt"
            let reset = "{\"token\":\"\(secret)\",\"newPassword\":\"\(chosen)\"}"
            #expect(await server.send(.post, "/reset-password", reset).status == .noContent)
            let owner = TestBrowser(server)
            #expect(await owner.logIn(await owner.get("/login"), user, password: chosen).location == "/account")
            #expect(await stranger.get("/account").location == "/login")
        }
    }
}
