import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Forms of the account page")
struct AccountFormTests {
    @Test("a form changes the account of who saw it, not of who is signed in by now in another tab")
    func anotherTab() async throws {
        try await TestServer.run { server in
            let (anna, bert) = (try await server.user(), try await server.user())
            let browser = TestBrowser(server)
            _ = await browser.logIn(await browser.get("/login"), anna)
            let page = await browser.get("/account")
            _ = await browser.logIn(await browser.get("/login"), bert)
            for fields in [
                [("action", "save-profile"), ("name", "Anna")], [("action", "logout")],
                [
                    ("action", "change-password"), ("current_password", TestServer.password),
                    ("new_password", "another long one"),
                ],
            ] {
                let answer = await browser.submit(page, "/account", fields)
                #expect(answer.location == "/account")
            }
            #expect(try await server.current(bert) == bert)
            #expect(await browser.get("/account").status == .ok)
        }
    }

    @Test("an address that was on its way when a new password was set does not come after it")
    func overtaken() async throws {
        try await TestServer.run { server in
            let user = try await server.user([("email", "anna@example.org")])
            let body = #"{"password": "another long one"}"#
            #expect(await server.send(.patch, "/\(user.id.text)", body, isAdministrator: true).status == .ok)
            let browser = Browser(session: nil, binding: nil, userAgent: "")
            await #expect {
                try await server.provider.changeProfile(
                    ["email": "stranger@example.org"], of: user, password: TestServer.password, in: browser,
                    language: "en", trail: server.trail)
            } throws: { error in
                if case ProofRefusal.failed(let error)? = error as? ProofRefusal {
                    error.code == .conflict
                } else {
                    false
                }
            }
            #expect(try await server.current(user).email == "anna@example.org")
        }
    }
}
