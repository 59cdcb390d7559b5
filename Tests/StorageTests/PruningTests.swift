import Postgres
import Provider
import Storage
import TestDatabases
import Testing

@Suite("Hot statements")
struct PruningTests {
    /// How often each partition has been read, by the server's own count.
    private func reads(_ owner: Database) async throws -> [String: (table: String, count: Int)] {
        // A session's counts are handed in when it ends at the latest.
        while try await owner.read(
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename = 'martlet'"
        ).isEmpty == false {}
        let rows = try await owner.read(
            """
            SELECT part.partition_name, part.table_name, coalesce(stat.idx_scan, 0) + coalesce(stat.seq_scan, 0)
            FROM partitions part JOIN pg_stat_user_tables stat ON stat.relname = part.partition_name
            """)
        var reads: [String: (table: String, count: Int)] = [:]
        for row in rows {
            let (partition, table, count) = try row.values(String.self, String.self, Int.self)
            reads[partition] = (table, count)
        }
        return reads
    }

    @Test("each statement on the way of a token touches one partition of a table")
    func onePartition() async throws {
        let place = try await TestDatabase.fresh()
        // Issuing and minting only insert; what reads follows in a count of its own.
        let issue = try await ThrowAwayDatabase.on(place.connection) { database in
            let world = World(database: database, stores: Stores(on: database))
            return try await world.issued()
        }
        // ATTACH has looked at each partition, to see that it is empty.
        let before = try await ThrowAwayDatabase.on(place.ownerConnection) { try await reads($0).mapValues(\.count) }
        try await ThrowAwayDatabase.on(place.connection) { database in
            let world = World(database: database, stores: Stores(on: database))
            let store = world.stores
            for _ in 0..<3 {
                guard case .redeemed = try await world.redeem(issue) else { continue }
                let tokens = try await world.minted(issue)
                #expect(try await world.state(tokens.access)?.isActive == true)
                #expect(try await store.tokens.refreshToken(tokens.token, at: world.now)?.isActive == true)
                let rotation = RefreshRotation(
                    presented: tokens.token, client: tokens.grant.clientID, seed: world.bytes(),
                    successorHash: world.bytes(), idleExpiresAt: world.now + 60, graceEndsAt: world.now + 10,
                    now: world.now)
                for _ in 0..<3 { _ = try await store.tokens.rotate(rotation) }
                _ = try await store.tokens.revoke(tokens.access.id, bucket: tokens.access.bucket, world.record())
            }
            let login = issue.login
            _ = try await store.sessions.login(login.cookie, at: world.now)
            _ = try await store.sessions.visit(login.cookie, to: login.client.id, at: world.now)
            #expect(try await store.tokens.revoke(issue.grant.id, world.record()))
        }
        let after = try await ThrowAwayDatabase.on(place.ownerConnection) { try await reads($0) }
        var read: [String: [String]] = [:]
        for (partition, now) in after where now.count > before[partition] ?? 0 {
            read[now.table, default: []].append(partition)
        }
        for table in ["authorization_codes", "grants", "sessions", "access_tokens", "refresh_tokens"] {
            #expect(read[table]?.count == 1, "\(table): \(read[table] ?? [])")
        }
        #expect(read["outbox"] == nil)
    }
}
