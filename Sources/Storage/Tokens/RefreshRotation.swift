internal import Postgres
internal import Provider

/// Refreshing: rotation (RFC 9700 §4.14.2) and the use of a token that is not rotated.
extension PostgresTokens {
    func rotate(_ rotation: RefreshRotation, _ record: Record) async throws(OAuthError) -> RefreshOutcome {
        let (token, now) = (rotation.presented, rotation.now)
        // Every caller runs the same UPDATE; the first one's values stand, and whoever comes later, or has waited for
        // the first one's commit, is given those. Only the call whose values stand writes the successor, and with it
        // forgets the seed that the presented token itself had come from: now that it has been used, a repeat of the
        // rotation before it must not find it any more.
        return try await database.settle(
            """
            WITH rotated AS (
                UPDATE refresh_tokens t
                SET rotated_at = coalesce(t.rotated_at, \(now)),
                    grace_ends_at = coalesce(t.grace_ends_at, \(rotation.graceEndsAt)),
                    seed = coalesce(t.seed, \(rotation.seed)),
                    successor_hash = coalesce(t.successor_hash, \(rotation.successorHash))
                FROM grant_states g JOIN users u ON u.id = g.user_id
                WHERE t.bucket = \(token.bucket) AND t.hash = \(token.hash) AND t.client_id = \(rotation.client)
                  AND CASE WHEN t.rotated_at IS NULL THEN t.idle_expires_at > \(now)
                           ELSE t.seed IS NOT NULL AND t.grace_ends_at > \(now) END
                  AND g.bucket = \(token.bucket) AND g.id = t.grant_id AND g.alive AND g.refresh_ends_at > \(now)
                RETURNING t.grant_id, t.client_id, t.user_id, t.scopes, t.seed, t.predecessor_hash,
                          t.successor_hash = \(rotation.successorHash) AS is_first, g.refresh_ends_at
            ), succeeded AS (
                INSERT INTO refresh_tokens (bucket, hash, grant_id, client_id, user_id, scopes, issued_at,
                                            idle_expires_at, predecessor_hash)
                SELECT \(token.bucket), \(rotation.successorHash), grant_id, client_id, user_id, scopes, \(now),
                       least(\(rotation.idleExpiresAt), refresh_ends_at), \(token.hash)
                FROM rotated WHERE is_first
                ON CONFLICT DO NOTHING
                RETURNING hash
            ), forgotten AS (
                UPDATE refresh_tokens predecessor SET seed = NULL
                FROM rotated
                WHERE predecessor.bucket = \(token.bucket) AND predecessor.hash = rotated.predecessor_hash
                  AND predecessor.seed IS NOT NULL AND rotated.is_first
            )\(record.written(if: "succeeded"))
            SELECT \(Self.outcome(rotation.client, now)), rotated.seed, \(RefreshToken.columns), \(Grant.columns),
                   \(User.columns)
            \(Self.tokenAndRotated(token))
            """, Self.refresh)
    }

    func touch(
        _ token: OpaqueToken, client: ClientID, idleExpiresAt: Instant, at now: Instant
    ) async throws(OAuthError) -> RefreshOutcome {
        // A token that was rotated, before its client's registration said otherwise, is answered as a repeat.
        try await database.settle(
            """
            WITH rotated AS (
                UPDATE refresh_tokens t
                SET idle_expires_at = least(greatest(t.idle_expires_at, \(idleExpiresAt)), g.refresh_ends_at)
                FROM grant_states g JOIN users u ON u.id = g.user_id
                WHERE t.bucket = \(token.bucket) AND t.hash = \(token.hash) AND t.client_id = \(client)
                  AND CASE WHEN t.rotated_at IS NULL THEN t.idle_expires_at > \(now)
                           ELSE t.seed IS NOT NULL AND t.grace_ends_at > \(now) END
                  AND g.bucket = \(token.bucket) AND g.id = t.grant_id AND g.alive AND g.refresh_ends_at > \(now)
                RETURNING t.grant_id, t.seed
            )
            SELECT \(Self.outcome(client, now)), rotated.seed, \(RefreshToken.columns), \(Grant.columns), \(User.columns)
            \(Self.tokenAndRotated(token))
            """, Self.refresh)
    }

    /// The token's row with its grant and user, as the statement's snapshot has them, beside the CTE `rotated`.
    private static func tokenAndRotated(_ token: OpaqueToken) -> SQL {
        """
        FROM refresh_tokens t
        LEFT JOIN grant_states g ON g.bucket = \(token.bucket) AND g.id = t.grant_id
        LEFT JOIN users u ON u.id = g.user_id
        LEFT JOIN rotated ON true
        WHERE t.bucket = \(token.bucket) AND t.hash = \(token.hash)
        """
    }

    /// What became of it, by the CTE `rotated` or else by the row. A row in which nothing is wrong has changed since.
    private static func outcome(_ client: ClientID, _ now: Instant) -> SQL {
        """
        CASE
            WHEN rotated.grant_id IS NOT NULL THEN 'refreshed'
            WHEN t.client_id <> \(client) THEN 'wrong_client'
            WHEN u.id IS NULL OR NOT g.alive OR g.refresh_ends_at <= \(now) THEN 'dead'
            WHEN t.rotated_at IS NULL AND t.idle_expires_at <= \(now) THEN 'dead'
            WHEN t.grace_ends_at <= \(now) THEN 'reused'
            WHEN t.rotated_at IS NOT NULL AND t.seed IS NULL THEN 'successor_used'
            ELSE 'raced'
        END
        """
    }

    private static func refresh(_ rows: Rows) throws(DatabaseError) -> Attempt<RefreshOutcome> {
        guard let row = try rows.atMostOne() else { return .settled(.unknown) }
        var columns = ColumnReader(row)
        let (outcome, seed): (String, [UInt8]?) = (try columns.next(), try columns.next())
        let token = try RefreshToken(columns: &columns)
        switch outcome {
        case "refreshed":
            let (grant, user) = (try Grant(columns: &columns), try User(columns: &columns))
            return .settled(.refreshed(seed: seed, token, grant, user))
        case "wrong_client": return .settled(.wrongClient)
        case "dead": return .settled(.dead)
        case "reused": return .settled(.reused(token.grantID, token.userID))
        case "successor_used": return .settled(.successorUsed)
        case "raced": return .raced
        default: throw .unexpectedResult(reason: "outcome \(outcome)")
        }
    }
}
