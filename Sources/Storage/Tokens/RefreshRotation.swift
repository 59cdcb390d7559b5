internal import Postgres
internal import Provider

/// A rotation as the entry of a batch.
struct Rotating: Sendable {
    let hash: [UInt8]
    let day: Int32
    let rotation: RefreshRotation

    init(_ rotation: RefreshRotation) {
        hash = rotation.presented.hash
        day = rotation.presented.bucket.value
        self.rotation = rotation
    }

    /// Every caller runs the same UPDATE; the first one's values stand, and whoever comes later, or has waited for the
    /// first one's commit, is given those. Only the call whose values stand writes the successor, and with it forgets
    /// the seed that the presented token itself had come from: now that it has been used, a repeat of the rotation
    /// before it must not find it any more. A repeat that travels with that use would be changed twice by one statement:
    /// it gets nothing here, and hears from the next look that the successor has been used.
    static let batch = Batch<Rotating>(
        """
        WITH asked AS MATERIALIZED (
            SELECT * FROM unnest(
                \(\.hash), \(\.rotation.client), \(\.rotation.now), \(\.rotation.graceEndsAt), \(\.rotation.seed),
                \(\.rotation.successorHash), \(\.rotation.idleExpiresAt))
            AS asked (hash, client_id, now, grace_ends_at, seed, successor_hash, idle_expires_at)
            LIMIT \(.count)
        ), presented AS MATERIALIZED (
            SELECT asked.*, t.grant_id, t.predecessor_hash,
                   t.successor_hash IS NOT NULL
                       AND t.successor_hash IN (SELECT other.hash FROM asked other) AS travels_with_successor
            FROM asked JOIN refresh_tokens t ON t.bucket = \(constant: \.day) AND t.hash = asked.hash
        ), refreshed AS (
            UPDATE refresh_tokens t
            SET rotated_at = coalesce(t.rotated_at, asked.now),
                grace_ends_at = coalesce(t.grace_ends_at, asked.grace_ends_at),
                seed = coalesce(t.seed, asked.seed),
                successor_hash = coalesce(t.successor_hash, asked.successor_hash)
            FROM presented asked
            JOIN grant_states g ON g.bucket = \(constant: \.day) AND g.id = asked.grant_id
            JOIN users u ON u.id = g.user_id
            WHERE t.bucket = \(constant: \.day) AND t.hash = asked.hash AND t.client_id = asked.client_id
              AND CASE WHEN t.rotated_at IS NULL THEN t.idle_expires_at > asked.now
                       ELSE t.seed IS NOT NULL AND t.grace_ends_at > asked.now AND NOT asked.travels_with_successor END
              AND g.alive AND g.refresh_ends_at > asked.now AND \(RefreshToken.isNotRevoked)
            RETURNING t.hash AS key, t.successor_hash = asked.successor_hash AS is_first,
                      asked.successor_hash AS next_hash, asked.now AS moment, asked.predecessor_hash AS former_hash,
                      least(asked.idle_expires_at, g.refresh_ends_at) AS next_idles,
                      \(RefreshedRow.columns)
        ), succeeded AS (
            INSERT INTO refresh_tokens (bucket, hash, grant_id, client_id, user_id, scopes, issued_at, idle_expires_at,
                                        predecessor_hash)
            SELECT \(constant: \.day), next_hash, family, owner, holder, granted, moment, next_idles, key
            FROM refreshed WHERE is_first
            ON CONFLICT DO NOTHING
        ), forgotten AS (
            UPDATE refresh_tokens predecessor SET seed = NULL
            FROM refreshed
            WHERE predecessor.bucket = \(constant: \.day) AND predecessor.hash = refreshed.former_hash
              AND predecessor.seed IS NOT NULL AND refreshed.is_first
        )
        SELECT * FROM refreshed
        """, key: \.hash, locksRows: true)
    /// Columns before those of ``RefreshedRow``.
    static let columnsBefore = 6
}

/// What a refresh gives back: the seed that stands, the token, its grant and its user.
enum RefreshedRow {
    static let columns: SQL = """
        t.seed AS standing_seed, t.grant_id AS family, t.client_id AS owner, t.user_id AS holder, t.scopes AS granted,
        t.issued_at AS token_issued_at, t.idle_expires_at AS token_idles, \(Grant.columns), \(User.columns)
        """

    static func outcome(_ row: Row, after columnsBefore: Int) throws(DatabaseError) -> RefreshOutcome {
        var columns = ColumnReader(row)
        columns.skip(columnsBefore)
        let seed: [UInt8]? = try columns.next()
        return .refreshed(
            seed: seed, try RefreshToken(columns: &columns), try Grant(columns: &columns),
            try User(columns: &columns))
    }
}

/// Refreshing: rotation (RFC 9700 §4.14.2) and the use of a token that is not rotated.
extension PostgresTokens {
    func rotate(_ rotation: RefreshRotation) async throws(OAuthError) -> RefreshOutcome {
        let (token, now) = (rotation.presented, rotation.now)
        guard token.bucket.isInUse(asDayAt: now) else { return .unknown }
        return try await database.settle(
            { () throws(DatabaseError) in try await database.change(Rotating.batch, Rotating(rotation)) },
            { row throws(DatabaseError) in try RefreshedRow.outcome(row, after: Rotating.columnsBefore) },
            whyNot: Self.whyNot(token, rotation.client, now), Self.refusal)
    }

    func touch(
        _ token: OpaqueToken, client: ClientID, idleExpiresAt: Instant, at now: Instant
    ) async throws(OAuthError) -> RefreshOutcome {
        guard token.bucket.isInUse(asDayAt: now) else { return .unknown }
        let day: SQL = "\(constant: token.bucket.value)"
        // A token that was rotated, before its client's registration said otherwise, is answered as a repeat.
        let touch: SQL = """
            UPDATE refresh_tokens t
            SET idle_expires_at = least(greatest(t.idle_expires_at, \(idleExpiresAt)), g.refresh_ends_at)
            FROM grant_states g JOIN users u ON u.id = g.user_id
            WHERE t.bucket = \(day) AND t.hash = \(token.hash) AND t.client_id = \(client)
              AND CASE WHEN t.rotated_at IS NULL THEN t.idle_expires_at > \(now)
                       ELSE t.seed IS NOT NULL AND t.grace_ends_at > \(now) END
              AND g.bucket = \(day) AND g.id = (
                  SELECT grant_id FROM refresh_tokens WHERE bucket = \(day) AND hash = \(token.hash))
              AND g.alive AND g.refresh_ends_at > \(now) AND \(RefreshToken.isNotRevoked)
            RETURNING \(RefreshedRow.columns)
            """
        return try await database.settle(
            { () throws(DatabaseError) in try await database.write(touch).atMostOne() },
            { row throws(DatabaseError) in try RefreshedRow.outcome(row, after: 0) },
            whyNot: Self.whyNot(token, client, now), Self.refusal)
    }

    /// What is wrong with a token that could not be refreshed.
    private static func whyNot(_ token: OpaqueToken, _ client: ClientID, _ now: Instant) -> SQL {
        let day = token.bucket.asDay(at: now)
        return """
            SELECT CASE
                       WHEN t.client_id <> \(client) THEN 'wrong_client'
                       WHEN u.id IS NULL OR NOT g.alive OR g.refresh_ends_at <= \(now) THEN 'dead'
                       WHEN t.rotated_at IS NULL AND t.idle_expires_at <= \(now) THEN 'dead'
                       WHEN t.grace_ends_at <= \(now) THEN 'reused'
                       WHEN t.rotated_at IS NOT NULL AND t.seed IS NULL THEN 'successor_used'
                       WHEN NOT \(RefreshToken.isNotRevoked) THEN 'dead'
                       ELSE 'raced'
                   END,
                   t.grant_id, t.user_id
            FROM refresh_tokens t
            LEFT JOIN grant_states g ON g.bucket = \(day) AND g.id = t.grant_id
            LEFT JOIN users u ON u.id = g.user_id
            WHERE t.bucket = \(day) AND t.hash = \(token.hash)
            """
    }

    private static func refusal(_ row: Row?) throws(DatabaseError) -> Attempt<RefreshOutcome> {
        guard let row else { return .settled(.unknown) }
        let (outcome, grant, user) = try row.values(String.self, GrantID.self, UserID.self)
        switch outcome {
        case "wrong_client": return .settled(.wrongClient)
        case "dead": return .settled(.dead)
        case "reused": return .settled(.reused(grant, user))
        case "successor_used": return .settled(.successorUsed)
        case "raced": return .raced
        default: throw .unexpectedResult(reason: "outcome \(outcome)")
        }
    }
}
