internal import Postgres
internal import Provider

/// What becomes of accounts.
extension PostgresUsers {
    func signUp(_ user: User, _ record: Record, ifTaken inquiry: MailInquiry?) async throws(OAuthError) -> Bool {
        // A lock is written to disk like a row: whoever asks for a name that is taken waits for the disk as well.
        let notice: SQL =
            inquiry.map { inquiry in
                ", asked AS (\(inquiry.insert(for: "(SELECT WHERE NOT EXISTS (SELECT FROM created)) AS refused")))"
            } ?? ""
        return try await database.act(
            """
            WITH created AS (
                \(user.insert)
                ON CONFLICT DO NOTHING
                RETURNING id
            ), taken AS MATERIALIZED (
                SELECT FROM users u
                WHERE u.folded = \(user.nameKeys.folded) OR u.skeleton = \(user.nameKeys.skeleton)
                FOR KEY SHARE
            )\(notice)\(record.written(if: "created"))
            SELECT EXISTS (SELECT FROM created), (SELECT count(*) FROM taken)
            """
        ) { rows throws(DatabaseError) in try rows.exactlyOne().value(0) }
    }

    func change(_ old: User, to new: User, _ record: Record) async throws(OAuthError) -> Bool {
        let endsLogins = old.passwordHash != new.passwordHash
        // A hash that a login has made anew in the meantime stays, unless there is a new password.
        let hash: SQL = endsLogins ? "password_hash = \(new.passwordHash)," : ""
        let change: SQL = """
            UPDATE users
            SET username = \(new.username), folded = \(new.nameKeys.folded), skeleton = \(new.nameKeys.skeleton), \(hash)
                email = \(new.email), email_verified = \(new.emailVerified), tenant_id = \(new.tenantID),
                roles = \(new.roles), claims = \(new.claimsObject), updated_at = \(new.updatedAt)
            WHERE id = \(old.id) AND updated_at = \(old.updatedAt)
            RETURNING id
            """
        guard endsLogins else {
            return try await database.act(
                "WITH changed AS (\(change))\(record.written(if: "changed")) SELECT FROM changed"
            ) { rows in !rows.isEmpty }
        }
        return try await database.transact { transaction throws(DatabaseError) in
            guard try await !transaction.query(change).isEmpty else { return false }
            try await transaction.endLogins(of: old.id, keeping: nil, record)
            return true
        }
    }

    func setPassword(_ new: NewPassword, _ record: Record) async throws(OAuthError) -> Bool {
        let now = record.trail.now
        let set: SQL
        switch new.proof {
        case .formerHash(let hash):
            set = """
                UPDATE users SET password_hash = \(new.hash),
                                 updated_at = greatest(\(now), updated_at + interval '1 millisecond')
                WHERE id = \(new.userID) AND password_hash = \(hash)
                RETURNING id
                """
        case .link(let token):
            set = """
                WITH used AS (
                    UPDATE password_resets l SET used_at = \(now)
                    WHERE l.bucket = \(token.bucket.asHour(at: now)) AND l.hash = \(token.hash) AND l.used_at IS NULL
                      AND l.expires_at > \(now)
                    RETURNING l.user_id, l.email
                )
                UPDATE users u SET password_hash = \(new.hash), email_verified = true,
                                   updated_at = greatest(\(now), updated_at + interval '1 millisecond')
                FROM used WHERE u.id = used.user_id AND u.id = \(new.userID) AND u.email = used.email
                RETURNING u.id
                """
        }
        return try await database.transact { transaction throws(DatabaseError) in
            guard try await !transaction.query(set).isEmpty else { return false }
            try await transaction.endLogins(of: new.userID, keeping: new.keeping, record)
            return true
        }
    }

    func delete(_ id: UserID, _ record: Record) async throws(OAuthError) -> Bool {
        let now = record.trail.now
        return try await database.transact { transaction throws(DatabaseError) in
            // Consents go with the row.
            guard try await !transaction.query("DELETE FROM users WHERE id = \(id) RETURNING id").isEmpty else {
                return false
            }
            try await transaction.endLogins(of: id, keeping: nil, record)
            // What is left of sessions until their partition goes tells of nobody; mail that waits has nobody to go to.
            _ = try await transaction.query(
                "UPDATE sessions SET user_agent = '', address = '' WHERE user_id = \(id) AND (user_agent, address) <> ('', '')"
            )
            _ = try await transaction.query(
                """
                UPDATE mails SET state = 'dropped', address = NULL, leased_until = NULL, settled_at = \(now),
                                 last_error = 'the account is gone'
                WHERE user_id = \(id) AND state = 'pending'
                """)
            return true
        }
    }
}

extension Transaction {
    /// Ends the logins of a user whose row this transaction has changed (`end_logins`), and writes the record with what
    /// is to be told of them behind its own events.
    fileprivate func endLogins(
        of user: UserID, keeping kept: NewPassword.KeptLogin?, _ record: Record
    ) async throws(DatabaseError) {
        let now = record.trail.now
        var record = record
        for row in try await query(
            "SELECT kind, id, client_id, scopes FROM end_logins(\(user), \(kept?.session), \(now)) ORDER BY kind DESC, id"
        ) {
            if try row.value(0, as: String.self) == "session" {
                record.events.append(.sessionEnded(try row.value(1), user))
            } else {
                record.events.append(
                    .tokenRevoked(
                        Event.TokenFacts(
                            kind: .grant, grantID: try row.value(1), clientID: try row.value(2), userID: user,
                            scopes: try row.value(3))))
            }
        }
        if let kept {
            _ = try await query(
                """
                UPDATE sessions SET cookie_hash = \(kept.cookie.hash)
                WHERE bucket = \(kept.session.bucket.asDay(at: now)) AND id = \(kept.session) AND user_id = \(user)
                """)
        }
        _ = try await query("WITH ended AS (SELECT)\(record.written(if: "ended")) SELECT FROM ended")
    }
}
