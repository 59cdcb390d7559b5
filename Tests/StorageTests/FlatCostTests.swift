import Postgres
import Provider
import Storage
import TestDatabases
import Testing

/// Plans are kept (`force_generic_plan`). One that was made while a partition was empty, and that finds rows by half a
/// key, reads the whole partition once it is full (sql/0020).
@Suite("Hot statements cost the same on a full partition, although they were planned on an empty one")
struct FlatCostTests {
    enum Act: CaseIterable {
        case rotate, touch, refreshState, redeem, firstCheck, nextCheck, revokeToken, revokeGrant, login, mint
        case listOfClient, listOfUser, countOfUser, revokeUser, listSessions
    }

    private static let tables = ["refresh_tokens", "access_tokens", "authorization_codes", "grants", "sessions"]
    private static let rows = 20_000

    /// What acts need, made by other statements than those that are looked at.
    private struct Family: Sendable {
        let unredeemed: World.Issue
        let tokens: World.Tokens
    }

    private func family(_ world: World) async throws -> Family {
        let issue = try await world.issued()
        return Family(unredeemed: issue, tokens: try await world.minted(issue))
    }

    private func perform(_ act: Act, _ world: World, _ family: Family) async throws {
        let (store, tokens) = (world.stores.tokens, family.tokens)
        switch act {
        case .rotate:
            // The first use, a repeat, and a refusal.
            let rotation = world.rotation(of: tokens.token, tokens.grant)
            for _ in 0..<2 { #expect(standingSeed(try await store.rotate(rotation)) == rotation.seed) }
            let late = world.rotation(of: tokens.token, tokens.grant, at: world.now + 60)
            #expect(try await store.rotate(late) == .reused(tokens.grant.id, tokens.grant.userID))
        case .touch:
            let outcome = try await store.touch(
                tokens.token, client: tokens.grant.clientID, idleExpiresAt: world.now + 60, at: world.now)
            guard case .refreshed = outcome else { return #expect(Bool(false), "\(outcome)") }
        case .refreshState:
            #expect(try await store.refreshToken(tokens.token, at: world.now)?.isActive == true)
        case .redeem:
            guard case .redeemed = try await world.redeem(family.unredeemed) else {
                return #expect(Bool(false), "not redeemed")
            }
            guard case .alreadyRedeemed = try await world.redeem(family.unredeemed) else {
                return #expect(Bool(false), "redeemed twice")
            }
        case .firstCheck, .nextCheck:
            // Remembered by the first.
            for _ in 0..<(act == .firstCheck ? 1 : 3) {
                #expect(try await world.state(tokens.access)?.isActive == true)
            }
        case .revokeToken:
            #expect(try await store.revoke(tokens.access.id, bucket: tokens.access.bucket, world.record()))
        case .revokeGrant:
            #expect(try await store.revoke(tokens.grant.id, world.record()))
        case .login:
            let login = family.unredeemed.login
            #expect(try await world.stores.sessions.login(login.cookie, at: world.now) != nil)
            #expect(try await world.stores.sessions.visit(login.cookie, to: login.client.id, at: world.now) != nil)
        case .mint:
            _ = try await self.family(world)
        case .listOfClient, .listOfUser:
            var filter = TokenFilter()
            if act == .listOfUser {
                filter.userID = tokens.grant.userID
            } else {
                filter.clientID = tokens.grant.clientID
            }
            var page = PageRequest(limit: 2)
            let found = try await world.stores.issued.tokens(filter, page, at: world.now)
            #expect(found.items.count == 2)
            page.cursor = found.nextCursor
            _ = try await world.stores.issued.tokens(filter, page, at: world.now)
        case .countOfUser:
            let reach = BulkRevocation(userID: tokens.grant.userID)
            #expect(try await world.stores.issued.count(reach, at: world.now) == 2)
        case .revokeUser:
            let reach = BulkRevocation(userID: tokens.grant.userID, issuedBefore: world.now + 1)
            #expect(try await world.stores.issued.revoke(reach, world.record()) == 2)
        case .listSessions:
            let user = family.unredeemed.login.user.id
            #expect(try await world.stores.sessions.sessions(of: user, PageRequest(), at: world.now).items.count == 1)
        }
    }

    /// Rows beside those of the family, of the same client.
    private func fill(_ owner: Database, beside family: Family) async throws {
        let (grant, code) = (family.tokens.grant, family.unredeemed.token)
        let (day, client) = (grant.id.bucket.value, grant.clientID.text)
        let session = family.unredeemed.login.session.id
        _ = try await owner.write(
            """
            INSERT INTO refresh_tokens (bucket, hash, grant_id, client_id, user_id, scopes, issued_at, idle_expires_at)
            SELECT \(day), sha256(n::text::bytea), 'g' || n, \(client)::text, 'u' || n, '{}', now(),
                   now() + interval '1 hour' + n * interval '1 ms'
            FROM generate_series(1, \(Self.rows)) n
            """)
        _ = try await owner.write(
            """
            INSERT INTO access_tokens (bucket, jti, client_id, user_id, grant_bucket, grant_id, scopes, audience,
                                       issued_at, expires_at)
            SELECT \(family.tokens.access.bucket.value), 'j' || n, \(client)::text, 'u' || n, \(day), 'g' || n, '{}',
                   '{}', now() + n * interval '1 ms', now() + interval '1 hour'
            FROM generate_series(1, \(Self.rows)) n
            """)
        _ = try await owner.write(
            """
            INSERT INTO authorization_codes (bucket, hash, grant_bucket, grant_id, client_id, redirect_uri, expires_at)
            SELECT \(code.bucket.value), sha256(n::text::bytea), \(day), 'g' || n, \(client)::text, 'x', now()
            FROM generate_series(1, \(Self.rows)) n
            """)
        _ = try await owner.write(
            """
            INSERT INTO grants (bucket, id, client_id, user_id, session_bucket, session_id, scopes, resources, offline,
                                auth_time, amr, acr, created_at, expires_at, refresh_ends_at)
            SELECT \(day), 'g' || n, \(client)::text, 'u' || n, \(session.bucket.value), 's' || n, '{}', '{}', false,
                   now(), '{}', 'x', now(), now() + interval '1 hour', now() + interval '1 hour'
            FROM generate_series(1, \(Self.rows)) n
            """)
        _ = try await owner.write(
            """
            INSERT INTO sessions (bucket, id, cookie_hash, user_id, auth_time, amr, acr, user_agent, address,
                                  created_at, expires_at)
            SELECT \(session.bucket.value), 's' || n, sha256(n::text::bytea), 'u' || n, now(), '{}', 'x', '', '',
                   now(), now() + interval '1 hour'
            FROM generate_series(1, \(Self.rows)) n
            """)
    }

    /// How many rows of each table have been read, in any way, by the server's own count.
    private func rowsRead(_ owner: Database) async throws -> [String: Int] {
        // A session's counts are handed in when it ends at the latest.
        while try await owner.read(
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename = 'martlet'"
        ).isEmpty == false {}
        var read: [String: Int] = [:]
        for row in try await owner.read(
            """
            SELECT part.table_name, sum(stat.seq_tup_read + coalesce(stat.idx_tup_fetch, 0))::bigint
            FROM partitions part JOIN pg_stat_user_tables stat ON stat.relname = part.partition_name
            GROUP BY 1
            """)
        {
            let (table, count) = try row.values(String.self, Int.self)
            read[table] = count
        }
        return read
    }

    @Test("at most a few rows are read")
    func flat() async throws {
        let place = try await TestDatabase.fresh()
        try await ThrowAwayDatabase.on(place.ownerConnection) { owner in
            // Nobody shall count the rows and have the statements planned anew.
            for row in try await owner.read("SELECT partition_name FROM partitions") {
                let name = try row.value(0, as: String.self)
                _ = try await owner.write("ALTER TABLE \(identifier: name) SET (autovacuum_enabled = false)")
            }
        }
        // One link of each kind: what is prepared on the empty partitions is executed on the full ones.
        try await ThrowAwayDatabase.on(place.connection, writers: 1) { database in
            let world = World(database: database, stores: Stores(on: database))
            for act in Act.allCases { try await perform(act, world, try await family(world)) }
            let families = try await atOnce(Act.allCases.count) { _ in try await family(world) }
            try await ThrowAwayDatabase.on(place.ownerConnection) { try await fill($0, beside: families[0]) }
            for (act, family) in zip(Act.allCases, families) { try await perform(act, world, family) }
        }
        let read = try await ThrowAwayDatabase.on(place.ownerConnection) { try await rowsRead($0) }
        for table in Self.tables {
            let count = try #require(read[table])
            #expect((1...200).contains(count), "\(count) rows of \(table)")
        }
        try await ThrowAwayDatabase.on(place.ownerConnection) { owner in
            for table in Self.tables {
                let row = try await owner.read("SELECT count(*) FROM \(identifier: table)").exactlyOne()
                #expect(try row.value(0, as: Int.self) > Self.rows)
            }
        }
    }
}
