internal import Postgres
internal import Provider

/// What users have beside their passwords: authenticators and recovery codes.
struct PostgresFactors: FactorStore {
    let database: Database

    func authenticator(of user: UserID) async throws(OAuthError) -> StoredAuthenticator? {
        try await database.ask(
            "SELECT sealed_secret, confirmed_at FROM authenticators WHERE user_id = \(user)"
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            let (sealed, confirmedAt) = try row.values([UInt8].self, Instant?.self)
            return StoredAuthenticator(sealedSecret: sealed, confirmedAt: confirmedAt)
        }
    }

    func propose(sealedSecret: [UInt8], to user: UserID, at now: Instant) async throws(OAuthError) -> Bool {
        try await database.act(
            """
            INSERT INTO authenticators AS standing (user_id, sealed_secret, created_at)
            VALUES (\(user), \(sealedSecret), \(now))
            ON CONFLICT (user_id) DO UPDATE
            SET sealed_secret = excluded.sealed_secret, created_at = excluded.created_at, last_step = NULL
            WHERE standing.confirmed_at IS NULL
            RETURNING user_id
            """
        ) { rows in !rows.isEmpty }
    }

    func confirm(
        sealedSecret: [UInt8], step: TOTP.Step, recoveryHashes: [[UInt8]], in login: KeptLogin, _ record: Record
    ) async throws(OAuthError) -> Bool {
        let (session, user, now) = (login.session, login.session.userID, record.trail.now)
        return try await database.transact { transaction throws(DatabaseError) in
            guard try await transaction.lock(session.id, of: user, at: now) else { return false }
            let confirmed = try await transaction.query(
                """
                WITH confirmed AS (
                    UPDATE authenticators SET confirmed_at = \(now), last_step = \(step.number)
                    WHERE user_id = \(user) AND sealed_secret = \(sealedSecret) AND confirmed_at IS NULL
                    RETURNING user_id
                ), noted AS (
                    UPDATE users SET has_authenticator = true FROM confirmed WHERE users.id = confirmed.user_id
                ), written AS (
                    INSERT INTO recovery_codes (user_id, hash, created_at)
                    SELECT confirmed.user_id, code.hash, \(now)
                    FROM confirmed, unnest(\(recoveryHashes)) AS code (hash)
                )
                SELECT FROM confirmed
                """)
            guard !confirmed.isEmpty else { return false }
            var record = record
            record.events += try await transaction.endLogins(of: user, but: session.id, at: now)
            _ = try await transaction.query(
                """
                WITH kept AS (
                    UPDATE sessions SET cookie_hash = \(login.cookie.hash), amr = \(session.amr), acr = \(session.acr)
                    WHERE bucket = \(session.id.bucket.asDay(at: now)) AND id = \(session.id)
                    RETURNING id
                )\(record.written(if: "kept"))
                SELECT FROM kept
                """)
            return true
        }
    }

    func use(_ step: TOTP.Step, of user: UserID) async throws(OAuthError) -> Bool {
        try await database.act(
            """
            UPDATE authenticators SET last_step = \(step.number)
            WHERE user_id = \(user) AND confirmed_at IS NOT NULL AND last_step < \(step.number)
            RETURNING user_id
            """
        ) { rows in !rows.isEmpty }
    }

    func removeAuthenticator(of user: UserID, _ record: Record) async throws(OAuthError) -> Bool {
        try await database.act(
            """
            WITH removed AS (
                DELETE FROM authenticators WHERE user_id = \(user) AND confirmed_at IS NOT NULL RETURNING user_id
            ), noted AS (
                UPDATE users SET has_authenticator = false FROM removed WHERE users.id = removed.user_id
            ), forgotten AS (
                DELETE FROM recovery_codes USING removed WHERE recovery_codes.user_id = removed.user_id
            )\(record.written(if: "removed"))
            SELECT FROM removed
            """
        ) { rows in !rows.isEmpty }
    }

    func removeAll(of user: UserID, _ record: Record) async throws(OAuthError) -> Bool {
        try await database.transact { transaction throws(DatabaseError) in
            let standing = try await transaction.query(
                """
                SELECT FROM users WHERE id = \(user) AND (has_authenticator OR passkey_count > 0) FOR NO KEY UPDATE
                """)
            guard !standing.isEmpty else { return false }
            try await transaction.removeFactors(of: user)
            _ = try await transaction.query(
                "WITH removed AS (SELECT)\(record.written(if: "removed")) SELECT FROM removed")
            return true
        }
    }

    func recoveryCodesLeft(of user: UserID) async throws(OAuthError) -> Int {
        try await database.ask(
            "SELECT count(*) FROM recovery_codes WHERE user_id = \(user)"
        ) { rows throws(DatabaseError) in try rows.exactlyOne().value(0) }
    }

    func useRecoveryCode(hash: [UInt8], of user: UserID, _ record: Record) async throws(OAuthError) -> Bool {
        try await database.act(
            """
            WITH used AS (
                DELETE FROM recovery_codes WHERE user_id = \(user) AND hash = \(hash) RETURNING user_id
            )\(record.written(if: "used"))
            SELECT FROM used
            """
        ) { rows in !rows.isEmpty }
    }

    func replaceRecoveryCodes(
        of user: UserID, hashes: [[UInt8]], _ record: Record
    ) async throws(OAuthError) -> Bool {
        // The row of the authenticator is locked, so that of two renewals at once only one's codes are left.
        try await database.transact { transaction throws(DatabaseError) in
            let owner = try await transaction.query(
                """
                SELECT FROM authenticators WHERE user_id = \(user) AND confirmed_at IS NOT NULL FOR UPDATE
                """)
            guard !owner.isEmpty else { return false }
            _ = try await transaction.query("DELETE FROM recovery_codes WHERE user_id = \(user)")
            _ = try await transaction.query(
                """
                WITH written AS (
                    INSERT INTO recovery_codes (user_id, hash, created_at)
                    SELECT \(user), code.hash, \(record.trail.now) FROM unnest(\(hashes)) AS code (hash)
                ), renewed AS (SELECT)\(record.written(if: "renewed"))
                SELECT FROM renewed
                """)
            return true
        }
    }
}

extension Transaction {
    /// Leaves a user nothing but the password: neither authenticator nor recovery codes nor passkeys.
    func removeFactors(of user: UserID) async throws(DatabaseError) {
        _ = try await query("UPDATE users SET has_authenticator = false, passkey_count = 0 WHERE id = \(user)")
        for table in ["authenticators", "recovery_codes", "passkeys"] as [SQL] {
            _ = try await query("DELETE FROM \(table) WHERE user_id = \(user)")
        }
    }
}
