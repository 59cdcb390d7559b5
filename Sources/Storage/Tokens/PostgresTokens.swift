internal import Postgres
internal import Provider

/// Access and refresh tokens: their minting, their state, their revocation. Rotation has a file of its own.
struct PostgresTokens: TokenStore {
    let database: Database
    /// What of access tokens never changes, or is told to have changed.
    let facts = RecentValues<TokenID, AccessTokenFacts>(capacity: 4096)

    init(database: Database) { self.database = database }

    func record(
        _ access: AccessToken, refresh: (row: RefreshToken, token: OpaqueToken)?, events: [Event], _ trail: Trail
    ) async throws(OAuthError) {
        try await database.add(MintedTokens.insert, MintedTokens(access, refresh: refresh, events: events, trail))
    }

    func grant(_ id: GrantID, at now: Instant) async throws(OAuthError) -> Grant? {
        try await database.ask(
            """
            SELECT \(Grant.columns) FROM grant_states g WHERE g.bucket = \(id.bucket.asDay(at: now)) AND g.id = \(id)
            """
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            return try Grant(columns: &columns)
        }
    }

    func refreshToken(_ token: OpaqueToken, at now: Instant) async throws(OAuthError) -> RefreshTokenState? {
        let day = token.bucket.asDay(at: now)
        return try await database.ask(
            """
            SELECT \(RefreshToken.columns),
                   g.alive AND g.refresh_ends_at > \(now) AND \(RefreshToken.isNotRevoked)
                       AND CASE WHEN t.rotated_at IS NULL THEN t.idle_expires_at > \(now)
                                ELSE t.seed IS NOT NULL AND t.grace_ends_at > \(now) END,
                   \(Grant.columns)
            FROM refresh_tokens t
            -- By a subquery, for the reason that rotation has.
            JOIN grant_states g ON g.bucket = \(day) AND g.id = (
                SELECT grant_id FROM refresh_tokens WHERE bucket = \(day) AND hash = \(token.hash))
            WHERE t.bucket = \(day) AND t.hash = \(token.hash)
            """
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            return RefreshTokenState(
                token: try RefreshToken(columns: &columns), isActive: try columns.next(),
                grant: try Grant(columns: &columns))
        }
    }

    func revoke(_ id: TokenID, bucket: Bucket, _ record: Record) async throws(OAuthError) -> Bool {
        let now = record.trail.now
        return try await database.act(
            """
            WITH revoked AS (
                UPDATE access_tokens t SET revoked_at = \(now)
                WHERE t.bucket = \(bucket.asDay(at: now)) AND t.jti = \(id) AND t.revoked_at IS NULL
                  AND t.expires_at > \(now)
                  AND CASE WHEN t.grant_id IS NULL THEN \(AccessToken.isOfThisClient)
                           ELSE (SELECT g.alive AND g.expires_at > \(now) AND \(AccessToken.isNotRevoked)
                                 FROM grant_state(t.grant_bucket, t.grant_id) g) END
                RETURNING t.jti
            )\(record.written(if: "revoked"))
            SELECT FROM revoked
            """
        ) { rows in !rows.isEmpty }
    }

    func revoke(_ grant: GrantID, _ record: Record) async throws(OAuthError) -> Bool {
        let now = record.trail.now
        // One row: every check of every token of the family reads it.
        return try await database.act(
            """
            WITH revoked AS (
                UPDATE grants SET revoked_at = \(now)
                WHERE bucket = \(grant.bucket.asDay(at: now)) AND id = \(grant) AND revoked_at IS NULL
                RETURNING id
            )\(record.written(if: "revoked"))
            SELECT FROM revoked
            """
        ) { rows in !rows.isEmpty }
    }
}

extension RefreshToken {
    /// What a statement over `refresh_tokens t` lists for ``init(columns:)``.
    static let columns: SQL = "t.grant_id, t.client_id, t.user_id, t.scopes, t.issued_at, t.idle_expires_at"
    /// Not revoked with others by a mark in its grant or client: over `refresh_tokens t` and `grant_states g`.
    static let isNotRevoked: SQL = "(g.issued_from <= t.issued_at) IS NOT FALSE"

    init(columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            grantID: try columns.next(), clientID: try columns.next(), userID: try columns.next(),
            scopes: try columns.next(), issuedAt: try columns.next(), idleExpiresAt: try columns.next())
    }
}
