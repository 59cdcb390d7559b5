internal import Postgres
internal import Provider

/// Links that were mailed.
struct PostgresAccountLinks: AccountLinkStore {
    let database: Database

    func add(_ link: AccountLink, as token: OpaqueToken) async throws(OAuthError) {
        try await database.act(
            """
            INSERT INTO \(try Self.table(of: token)) (bucket, hash, user_id, email, created_at, expires_at)
            VALUES (\(token.bucket), \(token.hash), \(link.userID), \(link.email), \(link.createdAt), \(link.expiresAt))
            """)
    }

    func userToReset(_ token: OpaqueToken, at now: Instant) async throws(OAuthError) -> User? {
        guard token.kind == .passwordReset else { return nil }
        return try await user(of: token, token.bucket.asHour(at: now), mailedTo: Self.recoveryEmail, now)
    }

    func userToVerify(_ token: OpaqueToken, at now: Instant) async throws(OAuthError) -> User? {
        guard token.kind == .emailVerification else { return nil }
        return try await user(of: token, token.bucket.asDay(at: now), mailedTo: "u.email", now)
    }

    /// Over `users u`: ``User/recoveryEmail``.
    static let recoveryEmail: SQL = "coalesce(u.owner_email, u.email)"

    private func user(
        of token: OpaqueToken, _ bucket: SQL, mailedTo address: SQL, _ now: Instant
    ) async throws(OAuthError) -> User? {
        try await database.ask(
            """
            SELECT \(User.columns) FROM \(try Self.table(of: token)) l JOIN users u ON u.id = l.user_id
            WHERE l.bucket = \(bucket) AND l.hash = \(token.hash) AND l.used_at IS NULL AND l.expires_at > \(now)
              AND l.email = \(address)
            """
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            return try User(columns: &columns)
        }
    }

    func verify(_ token: OpaqueToken, _ record: Record) async throws(OAuthError) -> Bool {
        guard token.kind == .emailVerification else { return false }
        let now = record.trail.now
        return try await database.act(
            """
            WITH used AS (
                UPDATE email_verifications l SET used_at = \(now)
                FROM users u
                WHERE l.bucket = \(token.bucket.asDay(at: now)) AND l.hash = \(token.hash) AND l.used_at IS NULL
                  AND l.expires_at > \(now) AND u.id = l.user_id AND u.email = l.email
                RETURNING l.user_id, l.email
            ), verified AS (
                UPDATE users u SET email_verified = true,
                                   updated_at = greatest(\(now), updated_at + interval '1 millisecond')
                FROM used WHERE u.id = used.user_id AND u.email = used.email
                RETURNING u.id
            )\(record.written(if: "verified"))
            SELECT FROM verified
            """
        ) { rows in !rows.isEmpty }
    }

    private static func table(of token: OpaqueToken) throws(OAuthError) -> SQL {
        switch token.kind {
        case .passwordReset: return "password_resets"
        case .emailVerification: return "email_verifications"
        default:
            throw OAuthError(
                .serverError, "The server could not do what was asked.", detail: "a token of a kind that no link has")
        }
    }
}
