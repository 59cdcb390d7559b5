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
                email = \(new.email), email_verified = \(new.emailVerified), owner_email = \(new.ownerEmail),
                next_owner_email = \(new.nextOwnerEmail), tenant_id = \(new.tenantID),
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
            try await transaction.write(
                record, try await transaction.endLogins(of: old.id, keeping: nil, at: record.trail.now))
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
                UPDATE users u SET password_hash = \(new.hash), email_verified = u.email_verified OR u.email = used.email,
                                   updated_at = greatest(\(now), updated_at + interval '1 millisecond')
                FROM used
                WHERE u.id = used.user_id AND u.id = \(new.userID) AND used.email = \(PostgresAccountLinks.recoveryEmail)
                RETURNING u.id
                """
        }
        return try await database.transact { transaction throws(DatabaseError) in
            let isNewOwner = try await transaction.makesOwner(new)
            guard try await !transaction.query(set).isEmpty else { return false }
            var told = try await transaction.endLogins(of: new.userID, keeping: new.keeping, at: now)
            if isNewOwner { told += try await transaction.forgetFormerOwner(of: new.userID, at: now) }
            try await transaction.write(record, told)
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
            let told = try await transaction.endLogins(of: id, keeping: nil, at: now)
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
            try await transaction.write(record, told)
            return true
        }
    }
}

extension Transaction {
    /// Ends the logins of a user whose row this transaction has changed (`end_logins`), and answers what is to be told.
    fileprivate func endLogins(
        of user: UserID, keeping kept: NewPassword.KeptLogin?, at now: Instant
    ) async throws(DatabaseError) -> [Event] {
        var told: [Event] = []
        for row in try await query(
            "SELECT kind, id, client_id, scopes FROM end_logins(\(user), \(kept?.session), \(now)) ORDER BY kind DESC, id"
        ) {
            if try row.value(0, as: String.self) == "session" {
                told.append(.sessionEnded(try row.value(1), user))
            } else {
                told.append(
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
        return told
    }

    /// Whether a new password is the first thing that shows who reads mail at the user's address. The row is locked, so
    /// that this stays true.
    fileprivate func makesOwner(_ new: NewPassword) async throws(DatabaseError) -> Bool {
        guard case .link = new.proof else { return false }
        let former = try await query(
            "SELECT owner_email IS NULL FROM users WHERE id = \(new.userID) FOR NO KEY UPDATE")
        return try former.atMostOne()?.value(0) ?? false
    }

    /// Takes away what whoever had the account before its owner came could still come in by, or be given things by:
    /// authenticator, recovery codes, passkeys and consents. Answers what is to be told.
    ///
    /// Consents come behind sessions, as they do where a grant is written.
    fileprivate func forgetFormerOwner(of user: UserID, at now: Instant) async throws(DatabaseError) -> [Event] {
        try await removeFactors(of: user)
        let revocation = Consent.Revocation.user
        return try await query(
            """
            UPDATE user_consents SET revoked_at = \(now), revoked_by = \(revocation)
            WHERE user_id = \(user) AND revoked_at IS NULL
            RETURNING client_id
            """
        ).map { row throws(DatabaseError) in .consentRevoked(user, try row.value(0)) }
    }

    /// Writes a record, with what else came of the act behind its own events.
    fileprivate func write(_ record: Record, _ told: [Event]) async throws(DatabaseError) {
        var record = record
        record.events += told
        _ = try await query("WITH ended AS (SELECT)\(record.written(if: "ended")) SELECT FROM ended")
    }
}
