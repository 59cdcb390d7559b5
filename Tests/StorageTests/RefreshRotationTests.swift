import Crypto
import Postgres
import Provider
import Testing

@Suite("TokenStore: refreshing (RFC 6749 §6, RFC 9700 §4.14.2)")
struct RefreshRotationTests {
    /// The successor as the provider computes it; the store only ever sees its hash.
    private func successor(of token: OpaqueToken, seed: [UInt8]) -> OpaqueToken {
        OpaqueToken(.refreshToken, bucket: token.bucket, secret: HMACSHA256.code(for: seed, secret: token.text))
    }

    private func rotation(
        of token: OpaqueToken, _ grant: Grant, _ world: World, at moment: Instant? = nil, grace: Int = 10
    ) -> RefreshRotation {
        let (seed, moment) = (world.bytes(), moment ?? world.now)
        return RefreshRotation(
            presented: token, client: grant.clientID, seed: seed,
            successorHash: successor(of: token, seed: seed).hash, idleExpiresAt: moment + 3600,
            graceEndsAt: moment + grace, now: moment)
    }

    private func seed(_ outcome: RefreshOutcome) -> [UInt8]? {
        if case .refreshed(let seed, _, _, _) = outcome { seed } else { nil }
    }

    @Test("the first use gives the caller's own successor, which is alive")
    func first() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            let tokens = try await world.minted(issue)
            let rotation = rotation(of: tokens.token, tokens.grant, world)
            let record = world.record()
            let outcome = try await world.stores.tokens.rotate(rotation, record)
            #expect(
                outcome == .refreshed(seed: rotation.seed, tokens.refresh, tokens.grant, issue.login.user))
            #expect(try await world.written(record) == [1, 1])
            let next = successor(of: tokens.token, seed: rotation.seed)
            let state = try await world.stores.tokens.refreshToken(next, at: world.now)
            #expect(state?.isActive == true)
            #expect(state?.token.idleExpiresAt == rotation.idleExpiresAt)
            #expect(state?.token.scopes == tokens.refresh.scopes)
        }
    }

    @Test(
        "CVE-2026-1035, CVE-2026-53517, CVE-2026-50631: of 32 refreshes at once all hear one seed; one successor lives")
    func race() async throws {
        try await withStores { world in
            for _ in 0..<4 {
                let tokens = try await world.minted()
                let record = world.record()
                let seeds = try await atOnce(32) { _ in
                    seed(try await world.stores.tokens.rotate(rotation(of: tokens.token, tokens.grant, world), record))
                }
                let standing = try #require(seeds.first ?? nil)
                #expect(seeds.allSatisfy { $0 == standing })
                #expect(try await world.written(record) == [1, 1])
                let rows = try await world.database.read(
                    "SELECT hash FROM refresh_tokens WHERE bucket = \(tokens.token.bucket.value) AND predecessor_hash = \(tokens.token.hash)"
                )
                #expect(
                    try rows.map { try $0.value(0, as: [UInt8].self) } == [
                        successor(of: tokens.token, seed: standing).hash
                    ])
            }
        }
    }

    @Test("the seed is stored, but neither token can be computed from the rows alone")
    func nothingUsableStored() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let rotation = rotation(of: tokens.token, tokens.grant, world)
            _ = try await world.stores.tokens.rotate(rotation, world.record())
            let text = try await world.database.read(
                "SELECT string_agg(t::text, ' ') FROM refresh_tokens t WHERE grant_id = \(tokens.grant.id.text)"
            ).exactlyOne().value(0, as: String.self)
            #expect(!text.contains(tokens.token.text))
            #expect(!text.contains(successor(of: tokens.token, seed: rotation.seed).text))
        }
    }

    @Test("a repeat inside the window gives the same successor; the window begins with the first use and never moves")
    func repeatInside() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let first = rotation(of: tokens.token, tokens.grant, world)
            _ = try await world.stores.tokens.rotate(first, world.record())
            let again = world.record()
            let late = rotation(of: tokens.token, tokens.grant, world, at: world.now + 9)
            #expect(seed(try await world.stores.tokens.rotate(late, again)) == first.seed)
            #expect(try await world.written(again) == [0, 0])
            let state = try await world.stores.tokens.refreshToken(tokens.token, at: world.now + 9)
            #expect(state?.isActive == true)
            // 9 s + 10 s would be inside the late one's window.
            let after = rotation(of: tokens.token, tokens.grant, world, at: world.now + 11)
            let reused = RefreshOutcome.reused(tokens.grant.id, tokens.grant.userID)
            #expect(try await world.stores.tokens.rotate(after, world.record()) == reused)
        }
    }

    @Test("the same call sent twice, its first answer lost, is one rotation")
    func idempotence() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let rotation = rotation(of: tokens.token, tokens.grant, world)
            let record = world.record()
            for _ in 0..<2 {
                #expect(seed(try await world.stores.tokens.rotate(rotation, record)) == rotation.seed)
            }
            #expect(try await world.written(record) == [1, 1])
        }
    }

    @Test("a repeat inside the window after the successor's use is refused, and the family lives")
    func successorUsed() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let first = rotation(of: tokens.token, tokens.grant, world)
            _ = try await world.stores.tokens.rotate(first, world.record())
            let second = successor(of: tokens.token, seed: first.seed)
            let use = rotation(of: second, tokens.grant, world, at: world.now + 1)
            #expect(seed(try await world.stores.tokens.rotate(use, world.record())) == use.seed)
            let back = rotation(of: tokens.token, tokens.grant, world, at: world.now + 2)
            #expect(try await world.stores.tokens.rotate(back, world.record()) == .successorUsed)
            #expect(try await world.stores.tokens.refreshToken(tokens.token, at: world.now + 2)?.isActive == false)
            let third = successor(of: second, seed: use.seed)
            #expect(try await world.stores.tokens.refreshToken(third, at: world.now + 2)?.isActive == true)
            // The seed is forgotten with the use: no one can find the successor from the presented token any more.
            let left = try await world.database.read(
                "SELECT seed IS NULL FROM refresh_tokens WHERE bucket = \(tokens.token.bucket.value) AND hash = \(tokens.token.hash)"
            ).exactlyOne()
            #expect(try left.value(0) == true)
        }
    }

    @Test("django-oauth-toolkit #1617: a token several generations old is never revived by a window")
    func generations() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            var token = tokens.token
            for step in 0..<3 {
                let next = rotation(of: token, tokens.grant, world, at: world.now + step, grace: 100)
                #expect(seed(try await world.stores.tokens.rotate(next, world.record())) == next.seed)
                token = successor(of: token, seed: next.seed)
            }
            let old = rotation(of: tokens.token, tokens.grant, world, at: world.now + 4, grace: 100)
            #expect(try await world.stores.tokens.rotate(old, world.record()) == .successorUsed)
        }
    }

    @Test("a repeat after the window names the family that must die")
    func reused() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            _ = try await world.stores.tokens.rotate(rotation(of: tokens.token, tokens.grant, world), world.record())
            let late = rotation(of: tokens.token, tokens.grant, world, at: world.now + 10)
            let record = world.record()
            let reused = RefreshOutcome.reused(tokens.grant.id, tokens.grant.userID)
            #expect(try await world.stores.tokens.rotate(late, record) == reused)
            #expect(try await world.written(record) == [0, 0])
            #expect(try await world.stores.tokens.refreshToken(tokens.token, at: late.now)?.isActive == false)
        }
    }

    @Test("without a window one of 32 refreshes wins, and the others are told of the reuse")
    func noWindow() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let outcomes = try await atOnce(32) { _ in
                try await world.stores.tokens.rotate(
                    rotation(of: tokens.token, tokens.grant, world, grace: 0), world.record())
            }
            #expect(outcomes.filter { seed($0) != nil }.count == 1)
            let reused = RefreshOutcome.reused(tokens.grant.id, tokens.grant.userID)
            #expect(outcomes.filter { $0 == reused }.count == 31)
        }
    }

    @Test("however repeats and the successor's use meet, everyone hears the one seed or that the successor was used")
    func repeatAgainstUse() async throws {
        try await withStores { world in
            for _ in 0..<6 {
                let tokens = try await world.minted()
                let first = rotation(of: tokens.token, tokens.grant, world)
                _ = try await world.stores.tokens.rotate(first, world.record())
                let next = successor(of: tokens.token, seed: first.seed)
                let outcomes = try await atOnce(16) { number in
                    let presented = number.isMultiple(of: 2) ? tokens.token : next
                    let outcome = try await world.stores.tokens.rotate(
                        rotation(of: presented, tokens.grant, world, at: world.now + 1), world.record())
                    return (presented, outcome)
                }
                let repeats = outcomes.filter { $0.0 == tokens.token }.map(\.1)
                #expect(repeats.allSatisfy { seed($0) == first.seed || $0 == .successorUsed })
                let uses = outcomes.filter { $0.0 == next }.map { seed($0.1) }
                #expect(uses.allSatisfy { $0 != nil && $0 == uses[0] })
            }
        }
    }

    @Test("CVE-2026-53512: another client's attempt is refused and changes nothing")
    func wrongClient() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            var theirs = rotation(of: tokens.token, tokens.grant, world)
            theirs.client = ClientID("another")
            let record = world.record()
            #expect(try await world.stores.tokens.rotate(theirs, record) == .wrongClient)
            #expect(try await world.written(record) == [0, 0])
            let touched = try await world.stores.tokens.touch(
                tokens.token, client: theirs.client, idleExpiresAt: world.now + 9, at: world.now)
            #expect(touched == .wrongClient)
            let own = rotation(of: tokens.token, tokens.grant, world)
            #expect(seed(try await world.stores.tokens.rotate(own, world.record())) == own.seed)
        }
    }

    @Test("what is expired, revoked or unknown is not refreshed")
    func dead() async throws {
        try await withStores { world in
            let store = world.stores.tokens
            let issue = try await world.issued()
            let tokens = try await world.minted(issue)
            let idle = rotation(of: tokens.token, tokens.grant, world, at: tokens.refresh.idleExpiresAt)
            #expect(try await store.rotate(idle, world.record()) == .dead)
            #expect(try await store.refreshToken(tokens.token, at: idle.now)?.isActive == false)
            let forged = OpaqueToken(.refreshToken, bucket: tokens.token.bucket, secret: world.bytes())
            let unknown = rotation(of: forged, tokens.grant, world)
            #expect(try await store.rotate(unknown, world.record()) == .unknown)
            #expect(try await store.refreshToken(forged, at: world.now) == nil)
            _ = try await store.revoke(tokens.grant.id, world.record())
            let revoked = rotation(of: tokens.token, tokens.grant, world)
            #expect(try await store.rotate(revoked, world.record()) == .dead)
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
                let rotation = rotation(of: token, issue.grant, world, at: after)
                let outcome = try await world.stores.tokens.rotate(rotation, world.record())
                #expect(outcome == .dead || offline)
                #expect((seed(outcome) != nil) == offline)
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
            let good = RefreshOutcome.refreshed(seed: nil, tokens.refresh, tokens.grant, issue.login.user)
            let outcomes = try await atOnce(8) { _ in try await touch(until: world.now + 7200, at: world.now) }
            #expect(outcomes.contains(good))
            #expect(outcomes.allSatisfy { if case .refreshed(nil, _, _, _) = $0 { true } else { false } })
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
            let rotation = rotation(of: tokens.token, tokens.grant, world)
            _ = try await world.stores.tokens.rotate(rotation, world.record())
            func touch(at moment: Instant) async throws -> RefreshOutcome {
                try await world.stores.tokens.touch(
                    tokens.token, client: tokens.grant.clientID, idleExpiresAt: moment + 60, at: moment)
            }
            #expect(seed(try await touch(at: world.now + 1)) == rotation.seed)
            #expect(try await touch(at: world.now + 10) == .reused(tokens.grant.id, tokens.grant.userID))
        }
    }
}
