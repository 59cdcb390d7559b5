internal import Postgres
internal import Provider

/// The statements behind lists of tokens. They ask by the name that an index is for, and say so by its predicate
/// (sql/0035). Each gives at most ``limit`` rows in the order of their places, those of dead
/// tokens among them; and of a client or grant without tokens one row that has its place alone.
struct TokenListing {
    let filter: TokenFilter
    let limit: Int
    let now: Instant

    /// What makes a page from this place on, to be asked one after the other.
    func statements(from place: TokenPlace?, _ order: TokenPlace.Order) -> [SQL] {
        if order == .byGrant { return [byGrant(from: place)] }
        guard let place else {
            return [byClient(filter.clientID.map { "id = \($0)" } ?? "true", [accessTokens(), refreshTokens()])]
        }
        // Where the page before ended; then what else that client has; then other clients.
        let same: SQL = "id = \(place.group)::text"
        var statements: [SQL] = []
        switch place.token?.id {
        case .access: statements += [byClient(same, [accessTokens(after: place)]), byClient(same, [refreshTokens()])]
        case .refresh: statements.append(byClient(same, [refreshTokens(after: place)]))
        case nil: break
        }
        if filter.clientID == nil {
            statements.append(byClient("id > \(place.group)::text", [accessTokens(), refreshTokens()]))
        }
        return statements
    }

    /// What ``ExaminedToken`` reads behind the two columns that differ.
    private static let columns: SQL = """
        t.kind, t.expires_at, t.issued_at, t.jti, t.hash, t.bucket, t.client_id, t.user_id, t.grant_id, t.scopes
        """

    /// What a list shows, whatever its order.
    private var wanted: SQL {
        var conditions: [SQL] = ["true"]
        if !filter.scopes.isEmpty { conditions.append("t.scopes @> \(filter.scopes)") }
        if let from = filter.issuedFrom { conditions.append("t.issued_at >= \(from)") }
        if let before = filter.issuedBefore { conditions.append("t.issued_at < \(before)") }
        return conditions.joined(by: " AND ")
    }
}

// MARK: By client

extension TokenListing {
    private func byClient(_ clients: SQL, _ sources: [SQL]) -> SQL {
        """
        SELECT coalesce(
                   CASE WHEN t.grant_id IS NULL THEN t.registered_at <= t.written_at
                        ELSE (SELECT g.alive AND g.expires_at > \(now) AND (g.issued_from <= t.issued_at) IS NOT FALSE
                                  AND (t.kind = 0 OR g.refresh_ends_at > \(now))
                              FROM grant_state(t.grant_bucket, t.grant_id) g) END, false),
               t.client_id, \(Self.columns)
        FROM (
            SELECT c.id AS client_id, c.registered_at, t.*
            FROM (SELECT * FROM clients WHERE \(clients) ORDER BY id LIMIT \(limit)) c
            LEFT JOIN LATERAL (\(sources.joined(by: " UNION ALL "))) t ON true
            ORDER BY c.id, t.kind, t.expires_at, t.issued_at, t.jti, t.hash LIMIT \(limit)
        ) t
        ORDER BY t.client_id, t.kind, t.expires_at, t.issued_at, t.jti, t.hash
        """
    }

    private func accessTokens(after place: TokenPlace? = nil) -> SQL {
        var after: SQL = "true"
        if let last = place?.token, case .access(let id) = last.id {
            after = "(t.expires_at, t.issued_at, t.jti) > (\(last.expiresAt), \(last.issuedAt), \(id)::text)"
        }
        return """
            (SELECT 0 AS kind, t.expires_at, t.issued_at, t.jti, NULL::bytea AS hash, NULL::integer AS bucket, t.user_id,
                    t.grant_id, t.scopes, t.grant_bucket, t.written_at
             FROM access_tokens t
             WHERE t.client_id = c.id AND t.client_id <> '' AND t.revoked_at IS NULL AND t.expires_at > \(now)
               AND (c.issued_from <= t.issued_at) IS NOT FALSE AND \(wanted) AND \(after)
             ORDER BY t.expires_at, t.issued_at, t.jti LIMIT \(limit))
            """
    }

    private func refreshTokens(after place: TokenPlace? = nil) -> SQL {
        var after: SQL = "true"
        if let last = place?.token, case .refresh(let id) = last.id {
            after = "(t.idle_expires_at, t.issued_at, t.hash) > (\(last.expiresAt), \(last.issuedAt), \(id.hash))"
        }
        return """
            (SELECT 1 AS kind, t.idle_expires_at AS expires_at, t.issued_at, NULL::text AS jti, t.hash, t.bucket, t.user_id,
                    t.grant_id, t.scopes, t.bucket AS grant_bucket, NULL::timestamptz AS written_at
             FROM refresh_tokens t
             WHERE t.client_id = c.id AND t.client_id <> '' AND t.rotated_at IS NULL AND t.idle_expires_at > \(now)
               AND (c.issued_from <= t.issued_at) IS NOT FALSE AND \(wanted) AND \(after)
             ORDER BY t.idle_expires_at, t.issued_at, t.hash LIMIT \(limit))
            """
    }
}

// MARK: By grant

extension TokenListing {
    private func byGrant(from place: TokenPlace?) -> SQL {
        var conditions: [SQL] = ["bucket >= \(Bucket.day(of: now))"]
        if let user = filter.userID { conditions.append("user_id = \(user)") }
        if let client = filter.clientID { conditions.append("client_id = \(client)") }
        if let grant = filter.grantID { conditions.append("bucket = \(grant.bucket.asDay(at: now)) AND id = \(grant)") }
        if let place { conditions.append("id >= \(place.group)::text") }
        return """
            SELECT t.kind IS NOT NULL, g.id, \(Self.columns)
            FROM (
                -- The user's grants first, by the index that finds them.
                SELECT * FROM (
                    SELECT * FROM grant_states WHERE \(conditions.joined(by: " AND ")) OFFSET 0
                ) g
                WHERE g.alive AND g.expires_at > \(now)
                ORDER BY g.id LIMIT \(limit)
            ) g
            LEFT JOIN LATERAL (
                SELECT 0 AS kind, t.expires_at, t.issued_at, t.jti, NULL::bytea AS hash, NULL::integer AS bucket,
                       t.client_id, t.user_id, t.grant_id, t.scopes
                FROM access_tokens t
                WHERE t.bucket BETWEEN \(Bucket.day(of: now)) AND \(Bucket.lastDayOfAccessTokens(at: now))
                  AND t.grant_id = g.id AND t.grant_id <> '' AND t.revoked_at IS NULL AND t.expires_at > \(now)
                  AND \(AccessToken.isNotRevoked) AND \(wanted)
                UNION ALL
                SELECT 1, t.idle_expires_at, t.issued_at, NULL, t.hash, t.bucket, t.client_id, t.user_id, t.grant_id,
                       t.scopes
                FROM refresh_tokens t
                WHERE t.bucket = g.bucket AND t.grant_id = g.id AND t.grant_id <> '' AND t.rotated_at IS NULL
                  AND t.idle_expires_at > \(now) AND g.refresh_ends_at > \(now)
                  AND \(RefreshToken.isNotRevoked) AND \(wanted)
            ) t ON \(condition(after: place))
            ORDER BY g.id, t.kind, t.jti, t.hash LIMIT \(limit)
            """
    }

    private func condition(after place: TokenPlace?) -> SQL {
        guard let place else { return "true" }
        let later: SQL = "g.id > \(place.group)::text"
        return switch place.token?.id {
        case .access(let id): "(\(later) OR t.kind = 1 OR t.jti > \(id)::text)"
        case .refresh(let id): "(\(later) OR t.kind = 1 AND t.hash > \(id.hash))"
        case nil: later
        }
    }
}

/// A row that was looked at for a page.
struct ExaminedToken {
    let place: TokenPlace
    /// Nil for a dead token, and where a client or grant has none.
    let token: IssuedToken?

    init(_ row: Row) throws(DatabaseError) {
        var columns = ColumnReader(row)
        let isLive: Bool = try columns.next()
        let group: String = try columns.next()
        guard let kind: Int32 = try columns.next() else {
            place = TokenPlace(group: group, token: nil)
            token = nil
            return
        }
        let expiresAt: PostgresTimestamp = try columns.next()
        let issuedAt: PostgresTimestamp = try columns.next()
        let id: IssuedToken.ID
        if kind == 0 {
            id = .access(try columns.next())
            columns.skip(2)
        } else {
            columns.skip(1)
            let hash: [UInt8] = try columns.next()
            id = .refresh(RefreshTokenID(bucket: Bucket(try columns.next()), hash: hash))
        }
        place = TokenPlace(group: group, token: TokenPlace.Token(id: id, expiresAt: expiresAt, issuedAt: issuedAt))
        let issued = IssuedToken(
            id: id, clientID: try columns.next(), userID: try columns.next(), grantID: try columns.next(),
            scopes: try columns.next(), issuedAt: Instant(milliseconds: issuedAt.microseconds / 1000),
            expiresAt: Instant(milliseconds: expiresAt.microseconds / 1000))
        token = isLive ? issued : nil
    }
}
