internal import Postgres
internal import Provider

extension Passkey {
    /// What a statement over `passkeys p` lists for ``init(columns:)``.
    static let columns: SQL = """
        p.credential_id, p.user_id, p.public_key, p.sign_count, p.name, p.transports, p.is_backed_up, p.created_at,
        p.last_used_at
        """

    init(columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            id: try columns.next(), userID: try columns.next(), publicKey: try columns.next(),
            signCount: UInt32(clamping: try columns.next(Int64.self)), name: try columns.next(),
            transports: try columns.next(), isBackedUp: try columns.next(), createdAt: try columns.next(),
            lastUsedAt: try columns.next())
    }
}

/// Users' passkeys.
struct PostgresPasskeys: PasskeyStore {
    let database: Database

    func passkeys(of user: UserID) async throws(OAuthError) -> [Passkey] {
        try await database.ask(
            "SELECT \(Passkey.columns) FROM passkeys p WHERE p.user_id = \(user) ORDER BY p.created_at, p.credential_id"
        ) { rows throws(DatabaseError) in
            var passkeys: [Passkey] = []
            for row in rows {
                var columns = ColumnReader(row)
                passkeys.append(try Passkey(columns: &columns))
            }
            return passkeys
        }
    }

    func add(
        _ passkey: Passkey, whileHash passwordHash: String?, _ record: Record
    ) async throws(OAuthError) -> Bool {
        do {
            // The count is kept by this UPDATE alone, under the lock of the user's row. Where it waits for a new password
            // that is being set, it sees that one.
            return try await database.act(
                """
                WITH owner AS (
                    UPDATE users SET passkey_count = passkey_count + 1
                    WHERE id = \(passkey.userID) AND passkey_count < \(Int32(Passkey.limit))
                      AND password_hash IS NOT DISTINCT FROM \(passwordHash)
                    RETURNING id
                ), added AS (
                    INSERT INTO passkeys (credential_id, user_id, public_key, sign_count, name, transports, is_backed_up,
                                          created_at)
                    SELECT \(passkey.id), owner.id, \(passkey.publicKey), \(Int64(passkey.signCount)),
                           \(passkey.name)::text, \(passkey.transports), \(passkey.isBackedUp), \(passkey.createdAt)
                    FROM owner
                    RETURNING credential_id
                )\(record.written(if: "added"))
                SELECT FROM added
                """
            ) { rows in !rows.isEmpty }
        } catch {
            if error.code == .conflict { return false }
            throw error
        }
    }

    func passkey(_ id: [UInt8]) async throws(OAuthError) -> (passkey: Passkey, user: User)? {
        try await database.ask(
            """
            SELECT \(Passkey.columns), \(User.columns) FROM passkeys p JOIN users u ON u.id = p.user_id
            WHERE p.credential_id = \(id)
            """
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            return (try Passkey(columns: &columns), try User(columns: &columns))
        }
    }

    func use(_ use: PasskeyUse) async throws(OAuthError) -> Bool {
        let count = Int64(use.signCount)
        return try await database.act(
            """
            UPDATE passkeys
            SET sign_count = \(count), is_backed_up = \(use.isBackedUp), challenge_at = \(use.challengeAt),
                last_used_at = \(use.now)
            WHERE credential_id = \(use.id) AND (challenge_at IS NULL OR challenge_at < \(use.challengeAt))
              AND (sign_count < \(count) OR sign_count = 0 AND \(count) = 0)
            RETURNING credential_id
            """
        ) { rows in !rows.isEmpty }
    }

    func remove(_ id: [UInt8], of user: UserID, _ record: Record) async throws(OAuthError) -> Bool {
        try await database.act(
            """
            WITH removed AS (
                DELETE FROM passkeys WHERE credential_id = \(id) AND user_id = \(user) RETURNING user_id
            ), noted AS (
                UPDATE users SET passkey_count = passkey_count - 1 FROM removed WHERE users.id = removed.user_id
            )\(record.written(if: "removed"))
            SELECT FROM removed
            """
        ) { rows in !rows.isEmpty }
    }
}
