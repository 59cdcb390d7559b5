internal import Postgres
internal import Provider

/// Clients with the moment from which on tokens of theirs were alive.
struct MarkedClients {
    private(set) var ids: [String] = []
    private(set) var sinces: [Instant?] = []

    init(_ rows: Rows) throws(DatabaseError) {
        for row in rows {
            let (id, since) = try row.values(String.self, Instant?.self)
            ids.append(id)
            sinces.append(since)
        }
    }

    /// The same as a CTE `asked (id, since)`.
    var asked: SQL {
        "asked AS MATERIALIZED (SELECT * FROM unnest(\(ids), \(sinces)) AS asked (id, since))"
    }
}

/// Statements that count live tokens that were issued before a moment. They ask by the name that an index is for, and say
/// so by its predicate (sql/0035); and grants one by one, since a join of all would read whole partitions.
struct TokenWindow {
    let before: Instant
    let now: Instant

    private var today: Bucket { .day(of: now) }

    private var isLiveAccess: SQL { "t.revoked_at IS NULL AND t.expires_at > \(now) AND t.issued_at < \(before)" }
    private var isUnused: SQL { "t.rotated_at IS NULL AND t.idle_expires_at > \(now) AND t.issued_at < \(before)" }
    /// Used, and good for a repeat.
    private var isInGrace: SQL { "t.seed IS NOT NULL AND t.grace_ends_at > \(now) AND t.issued_at < \(before)" }

    // MARK: Of grants

    /// Over `reached`: live grants.
    var countByGrant: SQL {
        let condition: SQL = "(g.issued_from <= t.issued_at) IS NOT FALSE"
        return """
            (SELECT coalesce(sum(
                 (SELECT count(*) FROM access_tokens t
                  WHERE t.bucket BETWEEN \(today) AND \(Bucket.lastDayOfAccessTokens(at: now)) AND \(isAccess(condition)))
                 + (SELECT count(*) FROM refresh_tokens t WHERE t.bucket = g.bucket AND \(isRefresh(condition)))), 0)::bigint
             FROM reached g)
            """
    }

    /// A live access token of the grant `g` as far as its own row decides.
    private func isAccess(_ condition: SQL) -> SQL {
        "t.grant_id = g.id AND t.grant_id <> '' AND \(isLiveAccess) AND \(condition)"
    }

    /// The same for a refresh token.
    private func isRefresh(_ condition: SQL) -> SQL {
        """
        t.grant_id = g.id AND t.grant_id <> '' AND (t.rotated_at IS NULL OR t.seed IS NOT NULL)
            AND ((\(isUnused)) OR (\(isInGrace))) AND g.refresh_ends_at > \(now) AND \(condition)
        """
    }

    // MARK: Of clients

    /// Access tokens that are alive by their own rows.
    func accessTokens(of clients: MarkedClients) -> SQL {
        sum(of: clients) { client, since in
            """
            SELECT count(*) FROM access_tokens t
            WHERE t.client_id = \(client) AND t.client_id <> '' AND \(isLiveAccess) AND \(since)
            """
        }
    }

    /// Refresh tokens that are alive by their own rows and were not used.
    func unusedRefreshTokens(of clients: MarkedClients) -> SQL {
        sum(of: clients) { client, since in
            """
            SELECT count(*) FROM refresh_tokens t
            WHERE t.client_id = \(client) AND t.client_id <> '' AND \(isUnused) AND \(since)
            """
        }
    }

    /// Refresh tokens that were used and are good for a repeat.
    func refreshTokensInGrace(of clients: MarkedClients) -> SQL {
        """
        WITH \(clients.asked)
        SELECT count(*) FROM refresh_tokens t JOIN asked c ON c.id = t.client_id
        WHERE \(isInGrace) AND (c.since <= t.issued_at) IS NOT FALSE
        """
    }

    /// Of one client PostgreSQL counts with all the processes that it has, and looks at no condition that is not there.
    private func sum(of clients: MarkedClients, _ count: (_ client: SQL, _ since: SQL) -> SQL) -> SQL {
        if let id = clients.ids.first, clients.ids.count == 1 {
            return count("\(id)", clients.sinces[0].map { "t.issued_at >= \($0)" } ?? "true")
        }
        return """
            WITH \(clients.asked)
            SELECT coalesce(sum((\(count("c.id", "(c.since <= t.issued_at) IS NOT FALSE")))), 0)::bigint FROM asked c
            """
    }

    /// In which days these clients have grants that were cut short.
    func daysCutShort(of clients: MarkedClients) -> SQL {
        """
        WITH \(clients.asked)
        SELECT ARRAY(SELECT DISTINCT g.bucket FROM asked c JOIN grants g ON g.client_id = c.id AND \(isCutShort)
                     WHERE g.bucket >= \(today))
        """
    }

    /// In which days they may have access tokens: from today until the last one ends.
    func daysOfAccessTokens(of clients: MarkedClients) -> SQL {
        """
        WITH \(clients.asked)
        SELECT ARRAY(SELECT generate_series(\(today), day_bucket(
            (SELECT max((SELECT max(t.expires_at) FROM access_tokens t
                         WHERE t.client_id = c.id AND t.client_id <> '' AND t.revoked_at IS NULL
                           AND t.expires_at > \(now))) FROM asked c))))
        """
    }

    private var isCutShort: SQL { "g.client_id <> '' AND (g.revoked_at IS NOT NULL OR g.issued_from IS NOT NULL)" }

    /// What was counted, of grants that were cut short.
    private var isDead: SQL {
        """
        (c.since <= t.issued_at) IS NOT FALSE AND (g.revoked_at IS NOT NULL OR t.issued_at < g.issued_from)
        """
    }

    func deadAccessTokens(in day: Bucket, of clients: MarkedClients) -> SQL {
        """
        WITH \(clients.asked)
        SELECT coalesce(sum((SELECT count(*) FROM access_tokens t
                             WHERE t.bucket = \(day.asDay(at: now)) AND \(isAccess(isDead)))), 0)::bigint
        FROM asked c JOIN grants g ON g.client_id = c.id AND \(isCutShort) WHERE g.bucket >= \(today)
        """
    }

    func deadRefreshTokens(in day: Bucket, of clients: MarkedClients) -> SQL {
        """
        WITH \(clients.asked)
        SELECT coalesce(sum((SELECT count(*) FROM refresh_tokens t
                             WHERE t.bucket = \(day.asDay(at: now)) AND \(isRefresh(isDead)))), 0)::bigint
        FROM asked c JOIN grants g ON g.client_id = c.id AND \(isCutShort) WHERE g.bucket = \(day.asDay(at: now))
        """
    }
}
