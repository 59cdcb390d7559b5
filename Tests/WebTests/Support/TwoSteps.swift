import HTTP
import Provider
import Testing

extension TestBrowser {
    /// Turns two-step login on by the pages, where the user has just logged in.
    func turnOnTwoSteps(of user: User) async throws -> (totp: TOTP, recoveryCodes: [String]) {
        let overview = await get("/account?section=factors")
        #expect(overview.text.contains("propose_authenticator"))
        let proposed = await submit(overview, "/account", [("action", "propose_authenticator")])
        #expect(proposed.text.contains("<svg class=\"qr\""))
        let totp = try #require(try await server.provider.proposedAuthenticator(of: user))
        #expect(proposed.text.contains(totp.typedSecret))
        let code = totp.code(at: TOTP.Step(at: server.clock.now))
        let codes = await submit(proposed, "/account", [("action", "confirm_authenticator"), ("code", code)])
        #expect(codes.status == .ok)
        let list = codes.text.matches(of: /<li><code>([0-9A-Z-]+)<\/code>/).map { String($0.1) }
        #expect(list.count == 10)
        return (totp, list)
    }
}

extension TestServer {
    /// A browser with a login by the password alone, as one that was on its way while the authenticator came.
    func weaklyLoggedIn(as user: User) async throws -> TestBrowser {
        let now = clock.now
        let id = SessionID(bucket: .day(of: now + 3600, from: now), random: name("weak"))
        let cookie = OpaqueToken(.session, bucket: id.bucket, secret: (0..<32).map { _ in .random(in: 0...255) })
        let session = Session(
            id: id, userID: user.id, authTime: now, amr: ["pwd"], acr: AuthenticationContext.oneFactor.rawValue,
            createdAt: now, expiresAt: now + 3600, userAgent: "", address: "192.0.2.1")
        #expect(
            try await provider.stores.sessions.start(
                session, cookie: cookie, ending: nil, provenBy: nil, Record(trail)))
        let browser = TestBrowser(self)
        browser.cookies["__Host-martlet_session"] = cookie.text
        return browser
    }
}
