internal import Postgres
internal import Provider

extension LogoutNotice {
    /// What a statement over `logout_notices n` lists for ``init(columns:)``.
    static let columns: SQL = "n.bucket, n.id, n.client_id, n.user_id, n.session_id, n.ended_at"

    init(columns: inout ColumnReader) throws(DatabaseError) {
        let name = DeliveryName(bucket: try columns.next(), number: try columns.next())
        self.init(
            id: name.text, clientID: try columns.next(), userID: try columns.next(), sessionID: try columns.next(),
            endedAt: try columns.next())
    }
}

/// Who is told that a session has ended. The notices are written by a trigger of `sessions`.
struct PostgresLogouts: LogoutStore {
    let database: Database

    /// So many notices are looked at for those that there is room for.
    private static let window = 200

    func frontChannelClients(of session: SessionID) async throws(OAuthError) -> [Client] {
        try await database.ask(
            """
            SELECT \(Client.columns)
            FROM (SELECT DISTINCT g.client_id FROM grants g WHERE g.session_id = \(session)) AS party
            JOIN clients c ON c.id = party.client_id
            WHERE c.frontchannel_logout_uri IS NOT NULL
            ORDER BY c.created_at, c.id LIMIT 100
            """
        ) { rows throws(DatabaseError) in
            var clients: [Client] = []
            for row in rows {
                var columns = ColumnReader(row)
                clients.append(try Client(columns: &columns))
            }
            return clients
        }
    }

    func take(
        limit: Int, room: [ClientID: Int], usualRoom: Int, leaseEndsAt: Instant, at now: Instant
    ) async throws(OAuthError) -> [DueLogoutNotice] {
        let named = room.sorted { $0.key.text < $1.key.text }
        let (clients, places) = (named.map(\.key.text), named.map { Int32($0.value) })
        // The attempt is counted as it begins, and the notice is due again when its lease is over: a server that died is
        // one attempt. Clients without room do not fill the window.
        return try await database.act(
            """
            WITH room AS MATERIALIZED (
                SELECT * FROM unnest(\(clients), \(places)) AS room (client_id, places)
            ), due AS MATERIALIZED (
                SELECT n.bucket, n.id, n.client_id, n.next_attempt_at FROM logout_notices n
                WHERE n.state = 'pending' AND n.next_attempt_at <= \(now)
                  AND n.client_id NOT IN (SELECT room.client_id FROM room WHERE room.places <= 0)
                ORDER BY n.next_attempt_at, n.id LIMIT \(Self.window)
                FOR NO KEY UPDATE OF n SKIP LOCKED
            ), placed AS (
                SELECT due.bucket, due.id, due.client_id, due.next_attempt_at,
                       row_number() OVER (PARTITION BY due.client_id ORDER BY due.next_attempt_at, due.id) AS place
                FROM due
            ), chosen AS (
                SELECT placed.bucket, placed.id
                FROM placed LEFT JOIN room ON room.client_id = placed.client_id
                WHERE placed.place <= coalesce(room.places, \(usualRoom))
                ORDER BY placed.next_attempt_at, placed.id LIMIT \(limit)
            ), begun AS (
                UPDATE logout_notices n SET attempts = n.attempts + 1, next_attempt_at = \(leaseEndsAt) FROM chosen
                WHERE n.bucket = chosen.bucket AND n.id = chosen.id AND n.state = 'pending'
                RETURNING \(LogoutNotice.columns), n.attempts
            )
            SELECT \(LogoutNotice.columns), n.attempts, \(Client.columns)
            FROM begun n LEFT JOIN clients c ON c.id = n.client_id ORDER BY n.id
            """
        ) { rows throws(DatabaseError) in
            var taken: [DueLogoutNotice] = []
            for row in rows {
                var columns = ColumnReader(row)
                let (notice, attempts) = (try LogoutNotice(columns: &columns), try columns.next(Int.self))
                let client = try columns.nextIsNull() ? nil : try Client(columns: &columns)
                taken.append(DueLogoutNotice(notice: notice, client: client, attempts: attempts))
            }
            return taken
        }
    }

    func settle(
        _ due: DueLogoutNotice, _ outcome: DeliveryOutcome, at now: Instant
    ) async throws(OAuthError) {
        guard let name = DeliveryName(due.notice.id) else { return }
        let end = DeliveryEnd(outcome, at: now)
        try await database.act(
            """
            UPDATE logout_notices
            SET state = \(end.state), next_attempt_at = coalesce(\(end.nextAttemptAt), next_attempt_at),
                delivered_at = \(end.deliveredAt), last_status = \(end.status), last_error = \(end.reason)
            WHERE bucket = \(name.bucket) AND id = \(name.number) AND state = 'pending'
              AND attempts = \(due.attempts)
            """)
    }

    func lag(at now: Instant) async throws(OAuthError) -> (waiting: Int, oldestSeconds: Int) {
        try await database.ask(
            """
            SELECT count(*), coalesce(extract(epoch FROM \(now) - min(n.ended_at)), 0)::bigint
            FROM logout_notices n WHERE n.state = 'pending'
            """
        ) { rows throws(DatabaseError) in
            let (waiting, seconds) = try rows.exactlyOne().values(Int.self, Int.self)
            return (waiting, max(0, seconds))
        }
    }
}
