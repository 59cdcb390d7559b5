import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Browsers that know their users (GHSA-cq42-vhv7-xr7p)")
struct KnownDeviceTests {
    @Test("Nobody behind the same address makes a user wait in a browser that knows them")
    func knownDevice() async throws {
        try await TestServer.run { server in
            let (user, address) = (try await server.user(), "203.0.113.77")
            let known = TestBrowser(server, address: address)
            _ = await known.logIn(await known.get("/login"), user)
            let attacker = TestBrowser(server, address: address)
            for _ in 0..<6 { _ = await attacker.logIn(await attacker.get("/login"), user, password: "wrong") }
            let fresh = TestBrowser(server, address: address)
            #expect(await fresh.logIn(await fresh.get("/login"), user).status == .tooManyRequests)
            #expect(await known.logIn(await known.get("/login"), user).status == .seeOther)

            // It opens no door: guesses in it are counted as anywhere, and it is of no use for another user's name.
            let other = try await server.user()
            for attempt in 0..<6 {
                let answer = await known.logIn(await known.get("/login"), user, password: "wrong")
                #expect(answer.status == (attempt < 5 ? .forbidden : .tooManyRequests))
            }
            for _ in 0..<6 { _ = await attacker.logIn(await attacker.get("/login"), other, password: "wrong") }
            let device = known.cookies.filter { $0.key.contains("device_") }
            let thief = TestBrowser(server, address: address)
            let stolen = try #require(device.first)
            let kept = TestBrowser(server)
            _ = await kept.logIn(await kept.get("/login"), other)
            let label = try #require(kept.cookies.first { $0.key.contains("device_") }).key
            thief.cookies[label] = stolen.value
            #expect(await thief.logIn(await thief.get("/login"), other).status == .tooManyRequests)
        }
    }

    @Test("What a browser remembers ends with the password: who knew a former one has no free guesses at the next")
    func knownDeviceOfFormerPassword() async throws {
        try await TestServer.run { server in
            let (user, address) = (try await server.user(), "203.0.113.78")
            let former = TestBrowser(server, address: address)
            _ = await former.logIn(await former.get("/login"), user)
            let changed = await server.send(
                .patch, "/\(user.id.text)", #"{"password": "another long one"}"#, isAdministrator: true)
            #expect(changed.status == .ok)
            let stranger = TestBrowser(server, address: address)
            for _ in 0..<5 { _ = await stranger.logIn(await stranger.get("/login"), user, password: "wrong") }
            #expect(
                await former.logIn(await former.get("/login"), user, password: "a guess").status == .tooManyRequests)
        }
    }

    @Test("A browser that many share knows the last of them: its cookies never become more than a server reads")
    func sharedBrowser() async throws {
        try await TestServer.run { server in
            let browser = TestBrowser(server)
            for _ in 0...BrowserSession.mostKnown {
                let user = try await server.user()
                #expect(await browser.logIn(await browser.get("/login"), user).location == "/account")
            }
            #expect(browser.cookies.keys.count { $0.contains("device_") } == BrowserSession.mostKnown)
        }
    }

    @Test("Nor does anybody there keep a user from choosing another password in a browser that knows them")
    func account() async throws {
        try await TestServer.run { server in
            let (user, address) = (try await server.user(), "203.0.113.80")
            let (browser, stranger) = (
                TestBrowser(server, address: address), TestBrowser(server, address: address)
            )
            _ = await browser.logIn(await browser.get("/login"), user)
            for _ in 0..<6 { _ = await stranger.logIn(await stranger.get("/login"), user, password: "wrong") }
            let answer = await browser.submit(
                await browser.get("/account"), "/account",
                [
                    ("action", "change-password"), ("current_password", TestServer.password),
                    ("new_password", "another long one"),
                ])
            #expect(answer.location == "/account?done=password")
        }
    }

    @Test("A browser in which a mailed link set the password knows its user, whoever guesses beside it")
    func knownDeviceAfterReset() async throws {
        try await TestServer.run { server in
            let (user, address) = (try await server.user([("email", "anna@example.org")]), "203.0.113.79")
            let (browser, stranger) = (
                TestBrowser(server, address: address), TestBrowser(server, address: address)
            )
            let secret = try await server.secret(.resetPassword, of: user)
            let page = await browser.get("/reset-password?token=\(secret)")
            let done = await browser.submit(page, "/reset-password", [("password", "another long one")])
            #expect(done.location == "/reset-password?done=1")
            for _ in 0..<6 { _ = await stranger.logIn(await stranger.get("/login"), user, password: "wrong") }
            let end = await browser.logIn(await browser.get("/login"), user, password: "another long one")
            #expect(end.location == "/account")
        }
    }
}
