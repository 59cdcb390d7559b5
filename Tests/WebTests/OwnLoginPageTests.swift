import HTTP
import Provider
import Testing

@testable import Web

@Suite("The login page of a server that embeds the provider")
struct OwnLoginPageTests {
    @Test("It is shown in place of the provider's, is told everything, and its form is judged as ever")
    func ownPage() async throws {
        let own = OwnPage()
        try await TestServer.run(loginPage: own) { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let user = try await server.user()
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            let page = await browser.follow(await browser.get(walk.authorize(["login_hint": "<anna>"])))
            #expect(page.status == .ok && page.text.hasPrefix("<!doctype html><title>Our own</title>"))
            #expect(page.text.contains("For Zoë &amp; &lt;b&gt;Söhne&lt;/b&gt;"))
            #expect(page.text.contains("value=\"&lt;anna&gt;\"") && page.text.contains("data-passkey=\"get\""))
            let policy = try #require(page.headers[first: "Content-Security-Policy"])
            #expect(policy.contains("script-src 'self'") && policy.contains("form-action 'self' https://rp.example;"))
            #expect(page.headers[first: "Content-Language"] == nil)
            #expect(page.headers[first: "Cache-Control"] == "no-store")

            let again = await browser.logIn(page, user, password: "wrong")
            #expect(again.status == .forbidden && again.text.contains("Our own"))
            #expect(again.text.contains(user.username))
            let forged = await browser.post("/login", [("username", user.username), ("password", "x")])
            #expect(forged.status == .forbidden)
            let code = try await browser.logIn(again, user).answer().required("code")
            #expect(await walk.redeem(code).status == .ok)

            let forms = own.takeForms()
            #expect(forms.map(\.step) == [.password, .password, .password])
            #expect(forms.map(\.problem) == [nil, .wrongPassword, .tooOld])
            #expect(forms.map(\.mayCancel) == [true, true, false])
            #expect(forms.allSatisfy { $0.mayContinueAs == nil && !$0.isStepUp && $0.language == "en" })
            #expect(forms[0].clientName == client.name)
        }
    }

    @Test("Who is logged in may go on, and it is told who that is")
    func goingOn() async throws {
        let own = OwnPage()
        try await TestServer.run(loginPage: own) { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let user = try await server.user()
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            _ = await browser.logIn(await browser.get("/login"), user)
            server.clock.advance(seconds: 5)
            let page = await browser.follow(await browser.get(walk.authorize(["prompt": "select_account"])))
            #expect(own.takeForms().last?.mayContinueAs == user.username)
            let code = try await browser.submit(page, "/login", [("action", "continue")]).answer().required("code")
            #expect(await walk.redeem(code).status == .ok)
        }
    }

    @Test("A document of another template engine is sent as it is")
    func renderedElsewhere() async throws {
        struct Rendered: LoginPageRendering {
            func document(for form: LoginForm) -> LoginDocument {
                LoginDocument(renderedElsewhere: "<p>\(form.target.text)")
            }
        }
        try await TestServer.run(loginPage: Rendered()) { server in
            #expect(await TestBrowser(server).get("/login").text == "<p>/login")
        }
    }
}
