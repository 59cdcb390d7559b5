internal import Postgres
internal import Provider

/// What a row of an access token says for good, with its grant and user: a check that has them asks only for what may
/// have changed.
struct AccessTokenFacts: Sendable {
    let token: AccessToken
    var grant: Grant?
    var user: User?
    /// Another after every change of the user's row.
    var userVersion: UserVersion?

    /// Whether thousands of the kind may be kept: what others chose is of no unusual size.
    var isSmall: Bool {
        let texts = [grant?.nonce, grant?.claimsRequest].compactMap { $0?.utf8.count }
        return texts.reduce(0, +) <= 2048 && (user?.claims.count ?? 0) <= 64
    }
}

/// The version of a user's row: its transaction alone could come again after a failover that lost changes.
struct UserVersion: Sendable, Equatable {
    let transaction: String?
    let updatedAt: Instant?

    /// What a statement over `users u` lists for ``init(columns:)``.
    static let columns: SQL = "u.xmin::text, u.updated_at"

    init(columns: inout ColumnReader) throws(DatabaseError) {
        transaction = try columns.next()
        updatedAt = try columns.next()
    }
}

/// A token that was not seen before, as the entry of a batch.
private struct FirstLook: Sendable {
    let token: TokenID
    let day: Int32
    let now: Instant

    static let batch = Batch<FirstLook>(
        """
        WITH asked AS MATERIALIZED (
            SELECT * FROM unnest(\(\.token), \(\.now)) AS asked (jti, now) LIMIT \(.count)
        )
        SELECT \(AccessToken.columns),
               t.revoked_at IS NULL AND t.expires_at > asked.now
                   AND (t.grant_id IS NOT NULL OR \(AccessToken.isOfThisClient))
        FROM asked JOIN access_tokens t ON t.bucket = \(constant: \.day) AND t.jti = asked.jti
        """, key: \.token)
}

/// What may have changed of a client's own token, as the entry of a batch.
private struct OwnTokenCheck: Sendable {
    let token: TokenID
    let day: Int32
    let now: Instant

    static let batch = Batch<OwnTokenCheck>(
        """
        WITH asked AS MATERIALIZED (
            SELECT * FROM unnest(\(\.token), \(\.now)) AS asked (jti, now) LIMIT \(.count)
        )
        SELECT t.jti, t.revoked_at IS NULL AND t.expires_at > asked.now AND \(AccessToken.isOfThisClient)
        FROM asked JOIN access_tokens t ON t.bucket = \(constant: \.day) AND t.jti = asked.jti
        """, key: \.token)

}

extension AccessToken {
    /// What a statement over `access_tokens t` lists for ``init(columns:)``.
    static let columns: SQL = """
        t.jti, t.client_id, t.user_id, t.grant_id, t.scopes, t.audience, t.issued_at, t.expires_at
        """

    init(columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            id: try columns.next(), clientID: try columns.next(), userID: try columns.next(),
            grantID: try columns.next(), scopes: try columns.next(), audience: try columns.next(),
            issuedAt: try columns.next(), expiresAt: try columns.next())
    }

    /// Of the very client that has its id now, and not an earlier one, and not revoked with all that it had: over
    /// `access_tokens t` without a grant.
    static let isOfThisClient: SQL = """
        EXISTS (SELECT FROM clients c WHERE c.id = t.client_id AND c.registered_at <= t.written_at
                    AND (c.issued_from <= t.issued_at) IS NOT FALSE)
        """
    /// Not revoked with others by a mark in its grant or client: over `access_tokens t` and `grant_states g`.
    static let isNotRevoked: SQL = "(g.issued_from <= t.issued_at) IS NOT FALSE"
}

/// What may have changed of a token with a grant, as the entry of a batch.
private struct AccessTokenCheck: Sendable {
    let token: TokenID
    let day: Int32
    let grant: GrantID
    let user: UserID?
    let now: Instant

    var grantDay: Int32 { grant.bucket.value }

    static let batch = Batch<AccessTokenCheck>(
        """
        WITH asked AS MATERIALIZED (
            SELECT * FROM unnest(\(\.token), \(\.grant), \(\.user), \(\.now)) AS asked (jti, grant_id, user_id, now)
            LIMIT \(.count)
        )
        SELECT t.jti,
               t.revoked_at IS NULL AND t.expires_at > asked.now
                   AND coalesce(g.alive AND g.expires_at > asked.now AND u.id IS NOT NULL
                                    AND \(AccessToken.isNotRevoked), false),
               \(UserVersion.columns)
        FROM asked
        JOIN access_tokens t ON t.bucket = \(constant: \.day) AND t.jti = asked.jti
        LEFT JOIN grant_states g ON g.bucket = \(constant: \.grantDay) AND g.id = asked.grant_id
        LEFT JOIN users u ON u.id = asked.user_id
        """, key: \.token)
}

/// Checks of access tokens. Whether one is alive is asked of the database every time, in one statement; a token that was
/// seen before costs no more than that.
extension PostgresTokens {
    func accessToken(_ id: TokenID, bucket: Bucket, at now: Instant) async throws(OAuthError) -> AccessTokenState? {
        if let known = facts.value(of: id), known.token.bucket == bucket {
            if let state = try await state(of: known, now) { return state }
        }
        guard let (token, isActive) = try await row(id, bucket, now) else { return nil }
        guard let grant = token.grantID else {
            facts.keep(AccessTokenFacts(token: token), of: id)
            return AccessTokenState(token: token, isActive: isActive, grant: nil, user: nil)
        }
        let (isAlive, read) = try await family(of: token, grant, now)
        // Without its grant or user a token is dead for good, and nothing of it is worth keeping.
        if read.grant != nil, read.user != nil, read.isSmall { facts.keep(read, of: id) }
        return AccessTokenState(token: token, isActive: isActive && isAlive, grant: read.grant, user: read.user)
    }

    /// The state of a token that was read before; nil when it has to be read again: its row is gone or its user changed.
    private func state(
        of known: AccessTokenFacts, _ now: Instant
    ) async throws(OAuthError) -> AccessTokenState? {
        let token = known.token
        guard let grant = token.grantID else {
            let check = OwnTokenCheck(token: token.id, day: token.bucket.value, now: now)
            let isActive = try await database.ask(OwnTokenCheck.batch, check) { row throws(DatabaseError) in
                try row.value(1, as: Bool.self)
            }
            return isActive.map { AccessTokenState(token: token, isActive: $0, grant: nil, user: nil) }
        }
        let check = AccessTokenCheck(
            token: token.id, day: token.bucket.value, grant: grant, user: token.userID, now: now)
        let state = try await database.ask(AccessTokenCheck.batch, check) { row throws(DatabaseError) in
            var columns = ColumnReader(row)
            columns.skip(1)
            return (isActive: try columns.next(Bool.self), userVersion: try UserVersion(columns: &columns))
        }
        guard let state, state.userVersion == known.userVersion else { return nil }
        return AccessTokenState(token: token, isActive: state.isActive, grant: known.grant, user: known.user)
    }

    /// The row of a token, and whether it is alive as far as the row itself decides.
    private func row(
        _ id: TokenID, _ bucket: Bucket, _ now: Instant
    ) async throws(OAuthError) -> (token: AccessToken, isActive: Bool)? {
        // Whoever names another day shall not have a statement prepared for it.
        guard bucket.mayHaveAccessTokens(at: now) else { return nil }
        let look = FirstLook(token: id, day: bucket.value, now: now)
        return try await database.ask(FirstLook.batch, look) { row throws(DatabaseError) in
            var columns = ColumnReader(row)
            let token = try AccessToken(columns: &columns)
            return (token, try columns.next())
        }
    }

    /// A token's grant and user, and whether they let it live.
    private func family(
        of token: AccessToken, _ id: GrantID, _ now: Instant
    ) async throws(OAuthError) -> (isAlive: Bool, AccessTokenFacts) {
        try await database.ask(
            """
            SELECT coalesce(g.alive AND g.expires_at > \(now) AND u.id IS NOT NULL
                                AND (g.issued_from <= \(token.issuedAt)) IS NOT FALSE, false),
                   \(UserVersion.columns),
                   \(Grant.columns), \(User.columns)
            FROM (SELECT) AS one
            LEFT JOIN grant_states g ON g.bucket = \(id.bucket.asDay(at: now)) AND g.id = \(id)
            LEFT JOIN users u ON u.id = \(token.userID)
            """
        ) { rows throws(DatabaseError) in
            var columns = ColumnReader(try rows.exactlyOne())
            let isAlive: Bool = try columns.next()
            var facts = AccessTokenFacts(token: token, userVersion: try UserVersion(columns: &columns))
            if try columns.nextIsNull() {
                columns.skip(Grant.columnCount)
            } else {
                facts.grant = try Grant(columns: &columns)
            }
            if try !columns.nextIsNull() { facts.user = try User(columns: &columns) }
            // Whoever checks a token has no use for it, and it should not stay in memory.
            facts.user?.passwordHash = nil
            return (isAlive, facts)
        }
    }
}
