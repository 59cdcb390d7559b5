internal import Postgres
internal import Provider

/// Access and refresh tokens: their minting, their state, their revocation. Rotation has a file of its own.
struct PostgresTokens: TokenStore {
    let database: Database

    func record(
        _ access: AccessToken, refresh: (row: RefreshToken, token: OpaqueToken)?, _ record: Record
    ) async throws(OAuthError) {
        try await database.add(MintedTokens.insert, MintedTokens(access, refresh: refresh, record))
    }

    func accessToken(
        _ id: TokenID, bucket: Bucket, at now: Instant
    ) async throws(OAuthError) -> AccessTokenState? {
        try await database.ask(
            """
            SELECT t.jti, t.client_id, t.user_id, t.grant_id, t.scopes, t.audience, t.issued_at, t.expires_at,
                   t.revoked_at IS NULL AND t.expires_at > \(now)
                       AND CASE WHEN t.grant_id IS NULL THEN c.id IS NOT NULL
                                ELSE coalesce(g.alive AND g.expires_at > \(now) AND u.id IS NOT NULL, false) END,
                   \(Grant.columns), \(User.columns)
            FROM access_tokens t
            LEFT JOIN LATERAL grant_state(t.grant_bucket, t.grant_id) g ON true
            LEFT JOIN users u ON u.id = t.user_id
            -- A token without a grant is its client's own, and of this very client, not an earlier one of its id.
            LEFT JOIN clients c ON c.id = t.client_id AND c.registered_at <= t.written_at AND t.grant_id IS NULL
            WHERE t.bucket = \(bucket) AND t.jti = \(id)
            """
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            let token = AccessToken(
                id: try columns.next(), clientID: try columns.next(), userID: try columns.next(),
                grantID: try columns.next(), scopes: try columns.next(), audience: try columns.next(),
                issuedAt: try columns.next(), expiresAt: try columns.next())
            let isActive: Bool = try columns.next()
            var grant: Grant?
            if try columns.nextIsNull() {
                columns.skip(Grant.columnCount)
            } else {
                grant = try Grant(columns: &columns)
            }
            let user = try columns.nextIsNull() ? nil : try User(columns: &columns)
            return AccessTokenState(token: token, isActive: isActive, grant: grant, user: user)
        }
    }

    func refreshToken(_ token: OpaqueToken, at now: Instant) async throws(OAuthError) -> RefreshTokenState? {
        try await database.ask(
            """
            SELECT \(RefreshToken.columns),
                   g.alive AND g.refresh_ends_at > \(now)
                       AND CASE WHEN t.rotated_at IS NULL THEN t.idle_expires_at > \(now)
                                ELSE t.seed IS NOT NULL AND t.grace_ends_at > \(now) END,
                   \(Grant.columns)
            FROM refresh_tokens t
            JOIN grant_states g ON g.bucket = \(token.bucket) AND g.id = t.grant_id
            WHERE t.bucket = \(token.bucket) AND t.hash = \(token.hash)
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
                WHERE t.bucket = \(bucket) AND t.jti = \(id) AND t.revoked_at IS NULL AND t.expires_at > \(now)
                  AND (t.grant_id IS NULL OR (
                      SELECT g.alive AND g.expires_at > \(now) FROM grant_state(t.grant_bucket, t.grant_id) g))
                RETURNING t.jti
            )\(record.written(if: "revoked"))
            SELECT FROM revoked
            """
        ) { rows in !rows.isEmpty }
    }

    func revoke(_ grant: GrantID, _ record: Record) async throws(OAuthError) -> Bool {
        // One row: every check of every token of the family reads it.
        try await database.act(
            """
            WITH revoked AS (
                UPDATE grants SET revoked_at = \(record.trail.now)
                WHERE bucket = \(grant.bucket) AND id = \(grant) AND revoked_at IS NULL
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

    init(columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            grantID: try columns.next(), clientID: try columns.next(), userID: try columns.next(),
            scopes: try columns.next(), issuedAt: try columns.next(), idleExpiresAt: try columns.next())
    }
}
