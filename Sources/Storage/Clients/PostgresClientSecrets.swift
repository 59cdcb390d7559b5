internal import Postgres
internal import Provider

/// Secrets of clients.
extension PostgresClients {
    func rotateSecret(
        _ secret: ClientSecret, previousExpiresAt: Instant, _ record: Record
    ) async throws(OAuthError) -> SecretRotation? {
        // Two statements: a second rotation has to see the first one's secret, which it does only in a snapshot taken
        // after it got the client's lock.
        try await database.transact { transaction throws(DatabaseError) in
            let client = try await transaction.query(
                "SELECT id FROM clients WHERE id = \(secret.clientID) FOR NO KEY UPDATE")
            guard !client.isEmpty else { return nil }
            let rows = try await transaction.query(
                """
                WITH ended AS (
                    UPDATE client_secrets SET expires_at = \(previousExpiresAt)
                    WHERE client_id = \(secret.clientID) AND expires_at IS NULL
                    RETURNING id
                ), added AS (
                    INSERT INTO client_secrets (id, client_id, hash, created_at, expires_at)
                    SELECT \(secret.id)::text, \(secret.clientID)::text, \(secret.hash), \(secret.createdAt),
                           \(secret.expiresAt)
                    -- Counting waits for the others' end: only one may be without.
                    FROM (SELECT count(*) FROM ended) AS first
                    RETURNING id
                )\(record.written(if: "added"))
                SELECT coalesce(expires_at, \(previousExpiresAt)) FROM client_secrets
                WHERE client_id = \(secret.clientID) AND (expires_at IS NULL OR expires_at > \(secret.createdAt))
                ORDER BY created_at DESC, id DESC LIMIT 1
                """)
            return SecretRotation(previousExpiresAt: try rows.first?.value(0))
        }
    }

    func secrets(of id: ClientID, at now: Instant) async throws(OAuthError) -> [ClientSecret] {
        try await database.ask(
            """
            SELECT \(ClientSecret.columns) FROM client_secrets s
            WHERE s.client_id = \(id) AND (s.expires_at IS NULL OR s.expires_at > \(now))
            ORDER BY s.created_at, s.id
            """
        ) { rows throws(DatabaseError) in
            var secrets: [ClientSecret] = []
            for row in rows {
                var columns = ColumnReader(row)
                secrets.append(try ClientSecret(columns: &columns))
            }
            return secrets
        }
    }

    func removeSecret(
        _ id: SecretID, of client: ClientID, _ record: Record
    ) async throws(OAuthError) -> Bool {
        try await database.act(
            """
            WITH removed AS (
                DELETE FROM client_secrets
                WHERE id = \(id) AND client_id = \(client) AND (expires_at IS NULL OR expires_at > \(record.trail.now))
                RETURNING id
            )\(record.written(if: "removed"))
            SELECT FROM removed
            """
        ) { rows in !rows.isEmpty }
    }

    func noteUses(_ uses: [SecretUse]) async throws(OAuthError) {
        guard !uses.isEmpty else { return }
        try await database.act(
            """
            WITH used AS (
                SELECT id, sum(count)::bigint AS count, max(last_used_at) AS last_used_at
                FROM unnest(\(uses.map(\.secretID)), \(uses.map(\.count)), \(uses.map(\.lastUsedAt)))
                    AS note (id, count, last_used_at)
                GROUP BY id
            ), locked AS (
                SELECT secret.id FROM client_secrets secret
                WHERE secret.id IN (SELECT used.id FROM used)
                ORDER BY secret.id FOR NO KEY UPDATE
            )
            UPDATE client_secrets secret
            SET use_count = secret.use_count + used.count,
                last_used_at = greatest(secret.last_used_at, used.last_used_at)
            FROM used JOIN locked USING (id)
            WHERE secret.id = used.id
            """)
    }
}
