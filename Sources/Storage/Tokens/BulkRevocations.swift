internal import Postgres
internal import Provider

/// Revoking many tokens at once. What is changed is one row of each client, or of each grant of a user; tokens are only
/// counted.
extension PostgresIssuedTokens {
    func count(_ reach: BulkRevocation, at now: Instant) async throws(OAuthError) -> Int {
        let window = TokenWindow(before: reach.end(at: now), now: now)
        guard reach.isByClient else {
            return try await database.transact(timeout: Self.patience) { transaction throws(DatabaseError) in
                try await transaction.query(
                    "WITH reached AS MATERIALIZED (\(reach.grants(at: now))) SELECT \(window.countByGrant)"
                ).exactlyOne().value(0)
            }
        }
        return try await count(
            window,
            of: try await database.ask("SELECT id, issued_from FROM clients old WHERE \(reach.clients)") {
                rows throws(DatabaseError) in try MarkedClients(rows)
            })
    }

    func revoke(_ reach: BulkRevocation, _ record: Record) async throws(OAuthError) -> Int {
        let now = record.trail.now
        let window = TokenWindow(before: reach.end(at: now), now: now)
        guard reach.isByClient else {
            // The count is of the moment before; the marks are there with the answer.
            let mark: SQL =
                reach.issuedBefore.map { "issued_from = greatest(g.issued_from, \($0))" } ?? "revoked_at = \(now)"
            return try await database.transact(timeout: Self.patience) { transaction throws(DatabaseError) in
                try await transaction.query(
                    """
                    WITH reached AS MATERIALIZED (
                        \(reach.grants(at: now))
                    ), marked AS (
                        UPDATE grants g SET \(mark) FROM reached
                        WHERE g.bucket = reached.bucket AND g.id = reached.id AND g.revoked_at IS NULL
                    ), asked AS (
                        SELECT FROM reached LIMIT 1
                    )\(record.written(if: "asked"))
                    SELECT \(window.countByGrant)
                    """
                ).exactlyOne().value(0)
            }
        }
        // The marks first: they count at once, however long counting takes.
        let everything: SQL = reach.issuedBefore == nil ? ", registered_at = now()" : ""
        let clients = try await database.act(
            """
            WITH marked AS (
                UPDATE clients c SET issued_from = greatest(c.issued_from, \(window.before))\(everything)
                FROM (SELECT id, issued_from FROM clients old WHERE \(reach.clients)
                      ORDER BY id FOR NO KEY UPDATE) old
                WHERE c.id = old.id
                RETURNING c.id, old.issued_from
            ), asked AS (
                SELECT FROM marked LIMIT 1
            )\(record.written(if: "asked"))
            SELECT id, issued_from FROM marked
            """
        ) { rows throws(DatabaseError) in try MarkedClients(rows) }
        return try await count(window, of: clients)
    }

    /// All that are alive by their own rows, less those of grants that are dead for another reason. Each kind has a link of
    /// its own, so that PostgreSQL counts them side by side.
    private func count(_ window: TokenWindow, of clients: MarkedClients) async throws(OAuthError) -> Int {
        guard !clients.ids.isEmpty else { return 0 }
        async let accessTokens = number { transaction throws(DatabaseError) in
            let live = try await transaction.number(window.accessTokens(of: clients))
            guard live > 0, try await !transaction.days(window.daysCutShort(of: clients)).isEmpty else { return live }
            // Each by a statement that is planned for its partition.
            var dead = 0
            for day in try await transaction.days(window.daysOfAccessTokens(of: clients)) {
                dead += try await transaction.number(window.deadAccessTokens(in: day, of: clients))
            }
            return live - dead
        }
        async let refreshTokens = number { transaction throws(DatabaseError) in
            let unused = try await transaction.number(window.unusedRefreshTokens(of: clients))
            let used = try await transaction.number(window.refreshTokensInGrace(of: clients))
            guard unused + used > 0 else { return 0 }
            var dead = 0
            for day in try await transaction.days(window.daysCutShort(of: clients)) {
                dead += try await transaction.number(window.deadRefreshTokens(in: day, of: clients))
            }
            return unused + used - dead
        }
        return try await accessTokens.get() + refreshTokens.get()
    }

    /// What is counted in a transaction of its own: not among the reads, which would wait behind it.
    private func number(
        _ counting: @Sendable (Transaction) async throws(DatabaseError) -> Int
    ) async -> Result<Int, OAuthError> {
        do {
            return .success(
                try await database.transact(timeout: Self.patience) { transaction throws(DatabaseError) in
                    // A million entries of an index are worth a second process, which PostgreSQL thinks dear.
                    _ = try await transaction.query("SELECT set_config('parallel_setup_cost', '0', true)")
                    return try await counting(transaction)
                })
        } catch {
            return .failure(error)
        }
    }

    /// For what an operator waits for.
    private static var patience: Duration { .seconds(60) }
}

extension Transaction {
    fileprivate func number(_ statement: SQL) async throws(DatabaseError) -> Int {
        try await query(statement).exactlyOne().value(0)
    }

    fileprivate func days(_ statement: SQL) async throws(DatabaseError) -> [Bucket] {
        try await query(statement).exactlyOne().value(0, as: [Int32].self).map { Bucket($0) }
    }
}

extension BulkRevocation {
    /// Whether the mark goes into clients, and not into grants.
    fileprivate var isByClient: Bool { userID == nil && grantID == nil }

    /// Tokens of an earlier moment are reached: all that there are were issued in this millisecond at the latest.
    fileprivate func end(at now: Instant) -> Instant {
        issuedBefore ?? Instant(milliseconds: now.milliseconds + 1)
    }

    /// The condition on `clients old`.
    fileprivate var clients: SQL { clientID.map { "old.id = \($0)" } ?? "true" }

    /// The grants that are alive, with what decides about their tokens.
    fileprivate func grants(at now: Instant) -> SQL {
        var conditions: [SQL] = ["bucket >= \(Bucket.day(of: now))"]
        if let userID { conditions.append("user_id = \(userID)") }
        if let clientID { conditions.append("client_id = \(clientID)") }
        if let grantID { conditions.append("bucket = \(grantID.bucket.asDay(at: now)) AND id = \(grantID)") }
        return """
            SELECT g.bucket, g.id, g.issued_from, g.refresh_ends_at
            FROM (SELECT * FROM grant_states WHERE \(conditions.joined(by: " AND ")) OFFSET 0) g
            WHERE g.alive AND g.expires_at > \(now)
            """
    }
}
