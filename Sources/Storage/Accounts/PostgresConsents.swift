internal import Postgres
internal import Provider

/// What users allowed.
struct PostgresConsents: ConsentStore {
    let database: Database

    func consent(of user: UserID, to client: ClientID) async throws(OAuthError) -> Consent? {
        try await database.ask(
            """
            SELECT id, user_id, client_id, scopes, granted_at, revoked_at FROM user_consents
            WHERE user_id = \(user) AND client_id = \(client) AND revoked_at IS NULL
            """
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            return Consent(
                id: try columns.next(), userID: try columns.next(), clientID: try columns.next(),
                scopes: try columns.next(), grantedAt: try columns.next(), revokedAt: try columns.next())
        }
    }

    func grant(_ consent: Consent, _ record: Record) async throws(OAuthError) {
        try await database.act(
            """
            WITH granted AS (
                INSERT INTO user_consents AS standing (id, user_id, client_id, scopes, granted_at)
                VALUES (\(consent.id), \(consent.userID), \(consent.clientID), \(consent.scopes), \(consent.grantedAt))
                ON CONFLICT (user_id, client_id) WHERE revoked_at IS NULL DO UPDATE
                SET scopes = standing.scopes || ARRAY(
                        SELECT new.scope FROM unnest(excluded.scopes) WITH ORDINALITY AS new (scope, place)
                        WHERE new.scope <> ALL (standing.scopes) ORDER BY new.place),
                    granted_at = greatest(standing.granted_at, excluded.granted_at)
                RETURNING id
            )\(record.written(if: "granted"))
            SELECT FROM granted
            """)
    }
}
