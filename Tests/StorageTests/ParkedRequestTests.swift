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

    @Test("a parked request is claimed by the first browser and stays that browser's (hydra #770, CVE-2026-7507)")
    func claim() async throws {
        try await withStores { world in
            var (request, handle) = request(world)
            let store = world.stores.parked
            try await store.park(request, as: handle)
            let (mine, theirs) = (world.bytes(), world.bytes())
            request.browserHash = mine
            #expect(try await store.claim(handle, by: mine) == request)
            #expect(try await store.claim(handle, by: mine) == request)
            #expect(try await store.claim(handle, by: theirs) == nil)
            let unknown = OpaqueToken(.parkedRequest, bucket: handle.bucket, secret: world.bytes())
            #expect(try await store.claim(unknown, by: mine) == nil)
        }
    }

    @Test("a request that was parked for a browser is no other's")
    func parkedForBrowser() async throws {
        try await withStores { world in
            let mine = world.bytes()
            let (request, handle) = request(world, browser: mine)
            try await world.stores.parked.park(request, as: handle)
            #expect(try await world.stores.parked.claim(handle, by: world.bytes()) == nil)
            #expect(try await world.stores.parked.claim(handle, by: mine) == request)
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
                return try await world.stores.parked.claim(handle, by: browser) == nil ? nil : browser
            }
            #expect(claims.compactMap { $0 }.count == 4)
            #expect(Set(claims.compactMap { $0 }).count == 1)
        }
    }
}
