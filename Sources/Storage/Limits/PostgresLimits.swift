public import Postgres
public import Provider
internal import Synchronization

/// What servers tell one another about rate limits. One for a whole server, used by one task at a time.
public final class PostgresLimits: LimitStore {
    private let database: Database
    /// Of this server, among those of the database.
    private let id: String
    /// Counts of other servers as they were last seen.
    private let seen = Mutex<[Row: Int64]>([:])
    private let hasLooked = Atomic(false)

    private struct Row: Hashable {
        let server: String
        let policy: String
        let subject: String
    }

    /// - Parameter id: random, made at the server's start.
    public init(on database: Database, id: String) {
        self.database = database
        self.id = id
    }

    /// Takes the server off the list of those that are there.
    public func leave() async throws(OAuthError) {
        try await database.act("DELETE FROM servers WHERE id = \(id)")
    }

    /// See ``LimitStore``.
    public func exchange(_ spent: [LimitUse]) async throws(OAuthError) -> LimitExchange {
        let others = try await otherServers()
        guard others > 0 else {
            seen.withLock { $0 = [:] }
            return LimitExchange(servers: 1, uses: [])
        }
        if !spent.isEmpty { try await note(spent) }
        return LimitExchange(servers: others + 1, uses: try await news())
    }

    /// Says that this server is there, and how many others are.
    private func otherServers() async throws(OAuthError) -> Int {
        try await database.act(
            """
            WITH here AS (
                INSERT INTO servers AS server (id, seen_at) VALUES (\(id), clock_timestamp())
                ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
            ), gone AS (
                DELETE FROM servers WHERE id <> \(id) AND seen_at < clock_timestamp() - interval '1 minute'
            ), forgotten AS (
                DELETE FROM rate_limit_uses WHERE noted_at < clock_timestamp() - interval '1 minute'
            )
            SELECT count(*) FROM servers
            WHERE id <> \(id) AND seen_at > clock_timestamp() - interval '5 seconds'
            """
        ) { rows throws(DatabaseError) in try rows.exactlyOne().value(0) }
    }

    private func note(_ spent: [LimitUse]) async throws(OAuthError) {
        try await database.act(
            """
            INSERT INTO rate_limit_uses AS standing (server_id, policy, subject, count, noted_at)
            SELECT \(id), use.policy, use.subject, use.count, clock_timestamp()
            FROM unnest(\(spent.map(\.policy)), \(spent.map(\.subject)), \(spent.map { Int64($0.count) }))
                AS use (policy, subject, count)
            ON CONFLICT (server_id, policy, subject) DO UPDATE
            SET count = standing.count + excluded.count, noted_at = excluded.noted_at
            """)
    }

    /// What others have let through since the last look. A row that was there before this server looked for the first
    /// time is remembered and not counted.
    private func news() async throws(OAuthError) -> [LimitUse] {
        let isFirst = !hasLooked.exchange(true, ordering: .relaxed)
        return try await database.ask(
            """
            SELECT server_id, policy, subject, count FROM rate_limit_uses
            WHERE server_id <> \(id) AND noted_at > clock_timestamp() - interval '10 seconds'
            """
        ) { rows throws(DatabaseError) in
            var counts: [Row: Int64] = [:]
            var uses: [LimitUse] = []
            let before = seen.withLock { $0 }
            for row in rows {
                let (server, policy, subject, count) = try row.values(
                    String.self, String.self, String.self, Int64.self)
                let row = Row(server: server, policy: policy, subject: subject)
                counts[row] = count
                let known = before[row] ?? (isFirst ? count : 0)
                // Fewer than before: the row was forgotten in between, and began anew.
                let more = count >= known ? count - known : count
                if more > 0 { uses.append(LimitUse(policy: policy, subject: subject, count: Int(more))) }
            }
            // A row that has not been noted lately keeps its count, for when it goes on.
            seen.withLock { seen in
                seen.merge(counts) { $1 }
                if seen.count > 100_000 { seen = counts }
            }
            return uses
        }
    }
}
