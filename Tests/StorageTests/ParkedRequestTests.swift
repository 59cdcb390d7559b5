import Provider
import Testing

@Suite("ParkedRequestStore")
struct ParkedRequestTests {
    private func request(_ world: World, browser: [UInt8]? = nil) -> (ParkedRequest, OpaqueToken) {
        let request = ParkedRequest(
            parameters: ["scope": "openid", "state": "\"ä\\\u{1}"], clientID: ClientID("c"), createdAt: world.now,
            expiresAt: world.now + 600, browserHash: browser)
        let handle = OpaqueToken(.parkedRequest, bucket: .hour(of: request.expiresAt), secret: world.bytes())
        return (request, handle)
    }

    private func claimed(
        _ handle: OpaqueToken, by browser: [UInt8], _ world: World
    ) async throws(OAuthError) -> ParkedRequest? {
        try await world.stores.parked.claim(handle, by: browser, with: nil, at: world.now)?.request
    }

    @Test("a parked request is claimed by the first browser and stays that browser's (hydra #770, CVE-2026-7507)")
    func claim() async throws {
        try await withStores { world in
            var (request, handle) = request(world)
            let store = world.stores.parked
            try await store.park(request, as: handle)
            let (mine, theirs) = (world.bytes(), world.bytes())
            request.browserHash = mine
            #expect(try await claimed(handle, by: mine, world) == request)
            #expect(try await claimed(handle, by: mine, world) == request)
            #expect(try await claimed(handle, by: theirs, world) == nil)
            let unknown = OpaqueToken(.parkedRequest, bucket: handle.bucket, secret: world.bytes())
            #expect(try await claimed(unknown, by: mine, world) == nil)
        }
    }

    @Test("a request that was parked for a browser is no other's")
    func parkedForBrowser() async throws {
        try await withStores { world in
            let mine = world.bytes()
            let (request, handle) = request(world, browser: mine)
            try await world.stores.parked.park(request, as: handle)
            #expect(try await claimed(handle, by: world.bytes(), world) == nil)
            #expect(try await claimed(handle, by: mine, world) == request)
        }
    }

    @Test("of 32 browsers at once one claims the request, and each of its tabs sees it")
    func claimRace() async throws {
        try await withStores { world in
            let (request, handle) = request(world)
            try await world.stores.parked.park(request, as: handle)
            let browsers = (0..<8).map { _ in world.bytes() }
            let claims = try await atOnce(32) { number in
                let browser = browsers[number % 8]
                return try await claimed(handle, by: browser, world) == nil ? nil : browser
            }
            #expect(claims.compactMap { $0 }.count == 4)
            #expect(Set(claims.compactMap { $0 }).count == 1)
        }
    }

    @Test("who comes back to a request is told with it, and what that user allowed its client before")
    func visit() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let mine = world.bytes()
            var (request, handle) = request(world, browser: mine)
            request.clientID = login.client.id
            try await world.stores.parked.park(request, as: handle)
            let (parked, sessions) = (world.stores.parked, world.stores.sessions)
            func visits(with cookie: OpaqueToken, at moment: Instant) async throws -> [Visit?] {
                let claimed = try await parked.claim(handle, by: mine, with: cookie, at: moment)
                #expect(claimed?.request == request)
                return [
                    claimed?.visit, try await sessions.visit(cookie, to: request.clientID, at: moment),
                ]
            }
            for visit in try await visits(with: login.cookie, at: world.now) {
                #expect(visit?.login.session == login.session)
                #expect(visit?.login.user.id == login.user.id)
                #expect(visit?.consented == ScopeList())
            }
            let consent = Consent(
                id: world.name("con_"), userID: login.user.id, clientID: request.clientID,
                scopes: ScopeList(["openid", "email"]), grantedAt: world.now)
            let standing = try await world.stores.consents.grant(consent, in: nil, world.record())
            for visit in try await visits(with: login.cookie, at: world.now) {
                #expect(visit?.consented == consent.scopes)
            }
            #expect(
                try await sessions.visit(login.cookie, to: ClientID(world.name()), at: world.now)?.consented
                    == ScopeList(),
                "another client's consent")
            _ = try await world.stores.consents.revoke(standing, by: .user, world.record())
            for visit in try await visits(with: login.cookie, at: world.now) {
                #expect(visit?.consented == ScopeList())
            }
            #expect(try await visits(with: login.cookie, at: login.session.expiresAt).allSatisfy { $0 == nil })
            let unknown = OpaqueToken(.session, bucket: login.cookie.bucket, secret: world.bytes())
            #expect(try await visits(with: unknown, at: world.now).allSatisfy { $0 == nil })
            _ = try await sessions.end(login.session.id, world.record())
            #expect(try await visits(with: login.cookie, at: world.now).allSatisfy { $0 == nil })
        }
    }
}
