import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("/oauth2/sessions")
struct SessionManagementTests {
    private static let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    @Test("a session is listed with its device in words, and ended by its user and by an administrator")
    func endOne() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let browser = TestBrowser(server, address: "192.0.2.9")
            browser.userAgent = Self.firefox
            let tokens = try await callers.tokens(of: callers.user, scope: "openid account", in: browser)
            let own = "Bearer " + (tokens["access_token"]?.string ?? "")
            let session = try #require(try await callers.send(.get, "/oauth2/sessions", by: own).items().first)
            #expect(session["device"] == "Firefox on Linux")
            #expect(session["userAgent"]?.string == Self.firefox && session["address"] == "192.0.2.9")
            #expect(session["userId"]?.string == callers.user.id.text)
            let path = "/oauth2/sessions/" + (session["id"]?.string ?? "")
            #expect(try await callers.send(.get, path, by: own).json() == session)
            #expect(try await callers.send(.get, path, by: callers.administrator).json() == session)

            let stranger = try await callers.bearer(callers.other, scope: "openid account")
            #expect(await callers.send(.get, path, by: stranger).status == .notFound)
            #expect(await callers.send(.delete, path, by: stranger).status == .notFound)
            #expect(
                await callers.send(.get, "/oauth2/sessions?userId=\(callers.user.id)", by: stranger).status
                    == .forbidden)

            #expect(await callers.send(.delete, path, by: own).status == .noContent)
            #expect(await callers.send(.delete, path, by: callers.administrator).status == .notFound)
            #expect(try await callers.isActive(tokens["access_token"]?.string ?? "") == false)
            #expect(await browser.get("/account").status == .seeOther)
        }
    }

    @Test("all of a user, all but one; refresh tokens end with them, those with offline_access go on")
    func endAll() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let first = try await callers.tokens(of: callers.user, scope: "openid profile account")
            let second = try await callers.tokens(of: callers.user, scope: "openid profile")
            let offline = try await callers.tokens(of: callers.user, scope: "openid profile offline_access")
            let own = "Bearer " + (first["access_token"]?.string ?? "")
            let query = "/oauth2/sessions?userId=\(callers.user.id)"
            let sessions = try await callers.send(.get, query, by: callers.administrator).items()
            #expect(sessions.count == 3)
            let kept = try #require(sid(of: first["id_token"]?.string ?? ""))
            #expect(sessions.contains { $0["id"]?.string == kept })
            let ended = await callers.send(.delete, "/oauth2/sessions?except=\(kept)", by: own)
            #expect(try ended.json() == ["ended": 2])
            func alive(_ tokens: JSON) async throws -> Bool {
                try await callers.isActive(tokens["refresh_token"]?.string ?? "")
            }
            #expect(try await alive(first))
            #expect(try await alive(second) == false)
            #expect(try await alive(offline))
            #expect(
                try await callers.send(.get, "/oauth2/sessions", by: own).items().map { $0["id"]?.string } == [kept])

            #expect(await callers.send(.delete, "/oauth2/sessions", by: callers.administrator).status == .badRequest)
            #expect(
                await callers.send(.delete, query, by: try await callers.bearer(callers.other, scope: "openid account"))
                    .status == .forbidden)
            #expect(try await callers.send(.delete, query, by: callers.administrator).json() == ["ended": 1])
            #expect(try await alive(first) == false)
            #expect(try await callers.send(.delete, query, by: callers.administrator).json() == ["ended": 0])
        }
    }

    /// The session that an ID token names.
    private func sid(of token: String) -> String? {
        let parts = token.split(separator: ".")
        guard parts.count == 3, let claims = Base64URL.decode(String(parts[1])) else { return nil }
        return (try? JSON.parse(claims))?["sid"]?.string
    }
}
