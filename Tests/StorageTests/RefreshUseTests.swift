import Provider
import Testing

@Suite("TokenStore: who may refresh, and until when")
struct RefreshUseTests {
    @Test("CVE-2026-53512: another client's attempt is refused and changes nothing")
    func wrongClient() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            var theirs = world.rotation(of: tokens.token, tokens.grant)
            theirs.client = ClientID("another")
            #expect(try await world.stores.tokens.rotate(theirs) == .wrongClient)
            let touched = try await world.stores.tokens.touch(
                tokens.token, client: theirs.client, idleExpiresAt: world.now + 9, at: world.now)
            #expect(touched == .wrongClient)
            let own = world.rotation(of: tokens.token, tokens.grant)
            #expect(standingSeed(try await world.stores.tokens.rotate(own)) == own.seed)
        }
    }

    @Test("what is expired, revoked or unknown is not refreshed")
    func dead() async throws {
        try await withStores { world in
            let store = world.stores.tokens
            let issue = try await world.issued()
            let tokens = try await world.minted(issue)
            let idle = world.rotation(of: tokens.token, tokens.grant, at: tokens.refresh.idleExpiresAt)
            #expect(try await store.rotate(idle) == .dead)
            #expect(try await store.refreshToken(tokens.token, at: idle.now)?.isActive == false)
            let forged = OpaqueToken(.refreshToken, bucket: tokens.token.bucket, secret: world.bytes())
            let unknown = world.rotation(of: forged, tokens.grant)
            #expect(try await store.rotate(unknown) == .unknown)
            #expect(try await store.refreshToken(forged, at: world.now) == nil)
            _ = try await store.revoke(tokens.grant.id, world.record())
            let revoked = world.rotation(of: tokens.token, tokens.grant)
            #expect(try await store.rotate(revoked) == .dead)
        }
    }

    @Test("without offline_access a refresh token ends with the login session, with it it goes on")
    func endOfSession() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            for offline in [false, true] {
                let issue = try await world.issued(login, offline: offline)
                var (row, token) = world.refreshToken(issue.grant)
                row.idleExpiresAt = world.now + 30 * 86_400
                try await world.stores.tokens.record(
                    world.accessToken(issue.grant), refresh: (row, token), world.record())
                let after = login.session.expiresAt + 1
                #expect(try await world.stores.tokens.refreshToken(token, at: after)?.isActive == offline)
                let rotation = world.rotation(of: token, issue.grant, at: after)
                let outcome = try await world.stores.tokens.rotate(rotation)
                #expect(outcome == .dead || offline)
                #expect((standingSeed(outcome) != nil) == offline)
            }
        }
    }

    @Test("a token that is not rotated begins its idle time anew, never past the end of its grant")
    func touch() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            let tokens = try await world.minted(issue)
            let store = world.stores.tokens
            @Sendable func touch(until idle: Instant, at moment: Instant) async throws -> RefreshOutcome {
                try await store.touch(tokens.token, client: tokens.grant.clientID, idleExpiresAt: idle, at: moment)
            }
            var touched = tokens.refresh
            touched.idleExpiresAt = world.now + 7200
            let good = RefreshOutcome.refreshed(seed: nil, touched, tokens.grant, issue.login.user)
            let outcomes = try await atOnce(8) { _ in try await touch(until: world.now + 7200, at: world.now) }
            #expect(outcomes.allSatisfy { $0 == good })
            #expect(
                try await store.refreshToken(tokens.token, at: world.now)?.token.idleExpiresAt == world.now + 7200)
            _ = try await touch(until: world.now + 400 * 86_400, at: world.now)
            let end = issue.login.session.expiresAt
            #expect(try await store.refreshToken(tokens.token, at: world.now)?.token.idleExpiresAt == end)
            #expect(try await touch(until: end + 1, at: end) == .dead)
        }
    }

    @Test("a token that was rotated before its client stopped rotating is answered as a repeat")
    func touchAfterRotation() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let rotation = world.rotation(of: tokens.token, tokens.grant)
            _ = try await world.stores.tokens.rotate(rotation)
            func touch(at moment: Instant) async throws -> RefreshOutcome {
                try await world.stores.tokens.touch(
                    tokens.token, client: tokens.grant.clientID, idleExpiresAt: moment + 60, at: moment)
            }
            #expect(standingSeed(try await touch(at: world.now + 1)) == rotation.seed)
            #expect(try await touch(at: world.now + 10) == .reused(tokens.grant.id, tokens.grant.userID))
        }
    }
}
