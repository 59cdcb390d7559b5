internal import Postgres
internal import Provider

extension Transaction {
    /// Locks a user, then the user's logins in the order of every statement that takes several, and says whether this one
    /// is among those that live.
    func lock(_ login: SessionID, of user: UserID, at now: Instant) async throws(DatabaseError) -> Bool {
        guard try await !query("SELECT FROM users WHERE id = \(user) FOR NO KEY UPDATE").isEmpty else { return false }
        for row in try await query(
            """
            SELECT s.id FROM sessions s WHERE s.user_id = \(user) AND s.ended_at IS NULL AND s.expires_at > \(now)
            ORDER BY s.id FOR NO KEY UPDATE
            """
        ) where try row.value(0, as: SessionID.self) == login { return true }
        return false
    }

    /// Ends the logins of a user but one, and the grants that do not outlive them; answers what is to be told. After
    /// ``lock(_:of:at:)``.
    ///
    /// A grant is written under a lock of its session's row, so sessions come first, as in `end_session`.
    func endLogins(of user: UserID, but kept: SessionID, at now: Instant) async throws(DatabaseError) -> [Event] {
        var told = try await query(
            """
            WITH ended AS (
                UPDATE sessions SET ended_at = \(now)
                WHERE user_id = \(user) AND ended_at IS NULL AND expires_at > \(now) AND id <> \(kept)
                RETURNING id
            )
            SELECT id FROM ended ORDER BY id
            """
        ).map { row throws(DatabaseError) in Event.sessionEnded(try row.value(0), user) }
        told += try await query(
            """
            WITH revoked AS (
                UPDATE grants SET revoked_at = \(now)
                WHERE user_id = \(user) AND NOT offline AND revoked_at IS NULL AND expires_at > \(now)
                  AND session_id <> \(kept)
                RETURNING id, client_id, scopes
            )
            SELECT id, client_id, scopes FROM revoked ORDER BY id
            """
        ).map { row throws(DatabaseError) in
            Event.tokenRevoked(
                Event.TokenFacts(
                    kind: .grant, grantID: try row.value(0), clientID: try row.value(1), userID: user,
                    scopes: try row.value(2)))
        }
        return told
    }
}
