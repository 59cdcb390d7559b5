import Crypto
import Postgres
import Provider
import Testing

@Suite("TokenStore: refreshing (RFC 6749 §6, RFC 9700 §4.14.2)")
struct RefreshRotationTests {
    @Test("the first use gives the caller's own successor, which is alive")
    func first() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            let tokens = try await world.minted(issue)
            let rotation = world.rotation(of: tokens.token, tokens.grant)
            let outcome = try await world.stores.tokens.rotate(rotation)
            #expect(
                outcome == .refreshed(seed: rotation.seed, tokens.refresh, tokens.grant, issue.login.user))
            let next = world.successor(of: tokens.token, seed: rotation.seed)
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
                let seeds = try await atOnce(32) { _ in
                    standingSeed(
                        try await world.stores.tokens.rotate(world.rotation(of: tokens.token, tokens.grant)))
                }
                let standing = try #require(seeds.first ?? nil)
                #expect(seeds.allSatisfy { $0 == standing })
                let rows = try await world.database.read(
                    "SELECT hash FROM refresh_tokens WHERE bucket = \(tokens.token.bucket.value) AND predecessor_hash = \(tokens.token.hash)"
                )
                #expect(
                    try rows.map { try $0.value(0, as: [UInt8].self) } == [
                        world.successor(of: tokens.token, seed: standing).hash
                    ])
            }
        }
    }

    @Test("the seed is stored, but neither token can be computed from the rows alone")
    func nothingUsableStored() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let rotation = world.rotation(of: tokens.token, tokens.grant)
            _ = try await world.stores.tokens.rotate(rotation)
            let text = try await world.database.read(
                "SELECT string_agg(t::text, ' ') FROM refresh_tokens t WHERE grant_id = \(tokens.grant.id.text)"
            ).exactlyOne().value(0, as: String.self)
            #expect(!text.contains(tokens.token.text))
            #expect(!text.contains(world.successor(of: tokens.token, seed: rotation.seed).text))
        }
    }

    @Test("a repeat inside the window gives the same successor; the window begins with the first use and never moves")
    func repeatInside() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let first = world.rotation(of: tokens.token, tokens.grant)
            _ = try await world.stores.tokens.rotate(first)
            let late = world.rotation(of: tokens.token, tokens.grant, at: world.now + 9)
            #expect(standingSeed(try await world.stores.tokens.rotate(late)) == first.seed)
            let state = try await world.stores.tokens.refreshToken(tokens.token, at: world.now + 9)
            #expect(state?.isActive == true)
            // 9 s + 10 s would be inside the late one's window.
            let after = world.rotation(of: tokens.token, tokens.grant, at: world.now + 11)
            let reused = RefreshOutcome.reused(tokens.grant.id, tokens.grant.userID)
            #expect(try await world.stores.tokens.rotate(after) == reused)
        }
    }

    @Test("the same call sent twice, its first answer lost, is one rotation")
    func idempotence() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let rotation = world.rotation(of: tokens.token, tokens.grant)
            for _ in 0..<2 {
                #expect(standingSeed(try await world.stores.tokens.rotate(rotation)) == rotation.seed)
            }
        }
    }

    @Test("a repeat inside the window after the successor's use is refused, and the family lives")
    func successorUsed() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let first = world.rotation(of: tokens.token, tokens.grant)
            _ = try await world.stores.tokens.rotate(first)
            let second = world.successor(of: tokens.token, seed: first.seed)
            let use = world.rotation(of: second, tokens.grant, at: world.now + 1)
            #expect(standingSeed(try await world.stores.tokens.rotate(use)) == use.seed)
            let back = world.rotation(of: tokens.token, tokens.grant, at: world.now + 2)
            #expect(try await world.stores.tokens.rotate(back) == .successorUsed)
            #expect(try await world.stores.tokens.refreshToken(tokens.token, at: world.now + 2)?.isActive == false)
            let third = world.successor(of: second, seed: use.seed)
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
                let next = world.rotation(of: token, tokens.grant, at: world.now + step, grace: 100)
                #expect(standingSeed(try await world.stores.tokens.rotate(next)) == next.seed)
                token = world.successor(of: token, seed: next.seed)
            }
            let old = world.rotation(of: tokens.token, tokens.grant, at: world.now + 4, grace: 100)
            #expect(try await world.stores.tokens.rotate(old) == .successorUsed)
        }
    }

    @Test("a repeat after the window names the family that must die")
    func reused() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            _ = try await world.stores.tokens.rotate(world.rotation(of: tokens.token, tokens.grant))
            let late = world.rotation(of: tokens.token, tokens.grant, at: world.now + 10)
            let reused = RefreshOutcome.reused(tokens.grant.id, tokens.grant.userID)
            #expect(try await world.stores.tokens.rotate(late) == reused)
            #expect(try await world.stores.tokens.refreshToken(tokens.token, at: late.now)?.isActive == false)
        }
    }

    @Test("without a window one of 32 refreshes wins, and the others are told of the reuse")
    func noWindow() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let outcomes = try await atOnce(32) { _ in
                try await world.stores.tokens.rotate(
                    world.rotation(of: tokens.token, tokens.grant, grace: 0))
            }
            #expect(outcomes.filter { standingSeed($0) != nil }.count == 1)
            let reused = RefreshOutcome.reused(tokens.grant.id, tokens.grant.userID)
            #expect(outcomes.filter { $0 == reused }.count == 31)
        }
    }

    @Test("however repeats and the successor's use meet, everyone hears the one seed or that the successor was used")
    func repeatAgainstUse() async throws {
        try await withStores { world in
            for _ in 0..<6 {
                let tokens = try await world.minted()
                let first = world.rotation(of: tokens.token, tokens.grant)
                _ = try await world.stores.tokens.rotate(first)
                let next = world.successor(of: tokens.token, seed: first.seed)
                let outcomes = try await atOnce(16) { number in
                    let presented = number.isMultiple(of: 2) ? tokens.token : next
                    let outcome = try await world.stores.tokens.rotate(
                        world.rotation(of: presented, tokens.grant, at: world.now + 1))
                    return (presented, outcome)
                }
                let repeats = outcomes.filter { $0.0 == tokens.token }.map(\.1)
                #expect(repeats.allSatisfy { standingSeed($0) == first.seed || $0 == .successorUsed })
                let uses = outcomes.filter { $0.0 == next }.map { standingSeed($0.1) }
                #expect(uses.allSatisfy { $0 != nil && $0 == uses[0] })
                // Whoever comes now comes after the use.
                let later = world.rotation(of: tokens.token, tokens.grant, at: world.now + 2)
                #expect(try await world.stores.tokens.rotate(later) == .successorUsed)
            }
        }
    }

    @Test("a repeat and the successor's first use that travel together: the use counts, and no seed is left behind")
    func repeatWithUse() async throws {
        try await withStores { world in
            let store = world.stores.tokens
            for _ in 0..<8 {
                let tokens = try await world.minted()
                let (first, grant) = (tokens.token, tokens.grant)
                let rotation = world.rotation(of: first, grant)
                _ = try await store.rotate(rotation)
                let second = world.successor(of: first, seed: rotation.seed)
                let use = world.rotation(of: second, grant, at: world.now + 1)
                let outcomes = try await atOnce(2) { number in
                    number == 0
                        ? (0, try await store.rotate(world.rotation(of: first, grant, at: world.now + 1)))
                        : (1, try await store.rotate(use))
                }
                for (number, outcome) in outcomes {
                    #expect(number == 0 ? outcome == .successorUsed : standingSeed(outcome) == use.seed)
                }
                let seeds = try await world.database.read(
                    "SELECT FROM refresh_tokens WHERE grant_id = \(grant.id.text) AND seed IS NOT NULL AND hash <> \(second.hash)"
                )
                #expect(seeds.isEmpty)
                let third = world.successor(of: second, seed: use.seed)
                let rows = try await world.database.read(
                    """
                    SELECT hash, predecessor_hash, rotated_at IS NOT NULL, xmin::text FROM refresh_tokens
                    WHERE grant_id = \(grant.id.text) ORDER BY issued_at, predecessor_hash IS NOT NULL
                    """
                ).map { try $0.values([UInt8].self, [UInt8]?.self, Bool.self, String.self) }
                #expect(rows.map(\.0) == [first.hash, second.hash, third.hash])
                #expect(rows.map(\.1) == [nil, first.hash, second.hash])
                #expect(rows.map(\.2) == [true, true, false])
                // They did travel together: the use erased the seed of the repeat's row in the statement that wrote its own.
                #expect(Set(rows.map(\.3)).count == 1)
                // Whatever became of its seed, the first one is over, for every act.
                let later = world.now + 2
                #expect(try await store.rotate(world.rotation(of: first, grant, at: later)) == .successorUsed)
                let touched = try await store.touch(
                    first, client: grant.clientID, idleExpiresAt: later + 60, at: later)
                #expect(touched == .successorUsed)
                #expect(try await store.refreshToken(first, at: later)?.isActive == false)
                #expect(try await store.refreshToken(third, at: later)?.isActive == true)
                let next = world.rotation(of: third, grant, at: later)
                #expect(standingSeed(try await store.rotate(next)) == next.seed)
                #expect(try await store.refreshToken(second, at: later)?.isActive == false)
            }
        }
    }

    @Test("of 32 refreshes at once on two servers all hear one seed, and one successor lives")
    func raceOfServers() async throws {
        try await withTwoNodes { a, b in
            for _ in 0..<4 {
                let tokens = try await a.minted()
                let seeds = try await atOnce(32) { number in
                    let node = number % 2 == 0 ? a : b
                    return standingSeed(
                        try await node.stores.tokens.rotate(node.rotation(of: tokens.token, tokens.grant)))
                }
                let standing = try #require(seeds.first ?? nil)
                #expect(seeds.allSatisfy { $0 == standing })
                let rows = try await a.database.read(
                    "SELECT hash FROM refresh_tokens WHERE predecessor_hash = \(tokens.token.hash)")
                let successors = try rows.map { try $0.value(0, as: [UInt8].self) }
                #expect(successors == [a.successor(of: tokens.token, seed: standing).hash])
            }
        }
    }
}
