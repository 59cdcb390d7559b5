internal import Postgres
internal import Provider

extension Session {
    /// What a statement over `sessions s` lists for ``init(columns:)``.
    static let columns: SQL = """
        s.id, s.user_id, s.auth_time, s.amr, s.acr, s.created_at, s.expires_at, s.user_agent, s.address
        """

    init(columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            id: try columns.next(), userID: try columns.next(), authTime: try columns.next(),
            amr: try columns.next(), acr: try columns.next(), createdAt: try columns.next(),
            expiresAt: try columns.next(), userAgent: try columns.next(), address: try columns.next())
    }
}

/// A session's cookie as it came, as the entry of a batch.
private struct PresentedCookie: Sendable {
    let day: Int32
    let hash: [UInt8]
    let now: Instant

    /// The session and its user.
    static let login = Batch<PresentedCookie>(
        """
        WITH asked AS MATERIALIZED (
            SELECT * FROM unnest(\(\.hash), \(\.now)) AS asked (hash, now) LIMIT \(.count)
        )
        SELECT s.cookie_hash, \(Session.columns), \(User.columns)
        FROM asked
        JOIN sessions s ON s.bucket = \(constant: \.day) AND s.cookie_hash = asked.hash
        JOIN users u ON u.id = s.user_id
        WHERE s.ended_at IS NULL AND s.expires_at > asked.now
        """, key: \.hash)
}

/// A session's cookie in a request of a client, as the entry of a batch.
private struct PresentedVisit: Sendable {
    let cookie: PresentedCookie
    let client: ClientID

    var day: Int32 { cookie.day }
    var key: [UInt8] { cookie.hash + Array(client.text.utf8) }

    static let batch = Batch<PresentedVisit>(
        """
        WITH asked AS MATERIALIZED (
            SELECT * FROM unnest(\(\.key), \(\.cookie.hash), \(\.client), \(\.cookie.now))
                AS asked (key, hash, client_id, now)
            LIMIT \(.count)
        )
        SELECT asked.key, \(Visit.columns)
        FROM asked
        JOIN sessions s ON s.bucket = \(constant: \.day) AND s.cookie_hash = asked.hash
        JOIN users u ON u.id = s.user_id
        LEFT JOIN user_consents c
            ON c.user_id = s.user_id AND c.client_id = asked.client_id AND c.revoked_at IS NULL
        WHERE s.ended_at IS NULL AND s.expires_at > asked.now
        """, key: \.key)
}

extension Visit {
    /// What a statement over `sessions s`, `users u` and the standing one of `user_consents c` lists for
    /// ``init(columns:)``.
    static let columns: SQL = "\(Session.columns), \(User.columns), c.scopes"

    init(columns: inout ColumnReader) throws(DatabaseError) {
        let session = try Session(columns: &columns)
        let user = try User(columns: &columns)
        let consented: ScopeList? = try columns.next()
        self.init(login: (session, user), consented: consented ?? ScopeList())
    }
}

/// Login sessions.
struct PostgresSessions: SessionStore {
    let database: Database

    func session(_ cookie: OpaqueToken, at now: Instant) async throws(OAuthError) -> Session? {
        try await database.ask(
            """
            SELECT \(Session.columns) FROM sessions s
            WHERE s.bucket = \(cookie.bucket.asDay(at: now)) AND s.cookie_hash = \(cookie.hash)
              AND s.ended_at IS NULL AND s.expires_at > \(now)
            """
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            return try Session(columns: &columns)
        }
    }

    func login(
        _ cookie: OpaqueToken, at now: Instant
    ) async throws(OAuthError) -> (session: Session, user: User)? {
        guard cookie.bucket.isInUse(asDayAt: now) else { return nil }
        let presented = PresentedCookie(day: cookie.bucket.value, hash: cookie.hash, now: now)
        return try await database.ask(PresentedCookie.login, presented) { row throws(DatabaseError) in
            var columns = ColumnReader(row)
            columns.skip(1)
            return (try Session(columns: &columns), try User(columns: &columns))
        }
    }

    func visit(
        _ cookie: OpaqueToken, to client: ClientID, at now: Instant
    ) async throws(OAuthError) -> Visit? {
        guard cookie.bucket.isInUse(asDayAt: now) else { return nil }
        let presented = PresentedVisit(
            cookie: PresentedCookie(day: cookie.bucket.value, hash: cookie.hash, now: now), client: client)
        return try await database.ask(PresentedVisit.batch, presented) { row throws(DatabaseError) in
            var columns = ColumnReader(row)
            columns.skip(1)
            return try Visit(columns: &columns)
        }
    }

    func start(
        _ session: Session, cookie: OpaqueToken, ending: SessionID?, provenBy proof: SessionProof?, _ record: Record
    ) async throws(OAuthError) -> Bool {
        guard cookie.bucket == session.id.bucket else {
            throw OAuthError(
                .serverError, "The server could not do what was asked.",
                detail: "a session's cookie must have the bucket of its id")
        }
        // A new password is set, and passkeys are taken away, by a change of the user's row, which waits for this lock, or is
        // waited for by it.
        let condition: SQL? =
            switch proof {
            // A password alone is not enough any more where two-step login was turned on meanwhile.
            case .password(let hash) where session.acr == AuthenticationContext.oneFactor.rawValue:
                "u.password_hash = \(hash) AND NOT u.has_authenticator"
            case .password(let hash): "u.password_hash = \(hash)"
            case .passkey(let hash): "u.password_hash IS NOT DISTINCT FROM \(hash) AND u.passkey_count > 0"
            case nil: nil
            }
        let proven: SQL =
            condition.map { "FROM users u WHERE u.id = \(session.userID) AND \($0) FOR SHARE OF u" } ?? ""
        var (former, both): (SQL, SQL) = ("", "started")
        if let ending {
            former = ", ended AS MATERIALIZED (\(Self.end(ending, record.trail.now)) FROM started)"
            both = "started CROSS JOIN ended"
        }
        return try await database.act(
            """
            WITH started AS (
                INSERT INTO sessions (bucket, id, cookie_hash, user_id, auth_time, amr, acr, user_agent, address,
                                      created_at, expires_at)
                SELECT \(session.id.bucket), \(session.id)::text, \(cookie.hash), \(session.userID)::text,
                       \(session.authTime), \(session.amr), \(session.acr)::text, \(session.userAgent)::text,
                       \(session.address)::text, \(session.createdAt), \(session.expiresAt)
                \(proven)
                RETURNING id
            )\(former)\(record.written(if: "started"))
            SELECT FROM \(both)
            """
        ) { rows in !rows.isEmpty }
    }

    func renew(
        _ session: Session, from old: OpaqueToken, to new: OpaqueToken, _ record: Record
    ) async throws(OAuthError) -> Bool {
        guard new.bucket == old.bucket else { return false }
        return try await database.act(
            """
            WITH renewed AS (
                UPDATE sessions
                SET cookie_hash = \(new.hash), auth_time = \(session.authTime), amr = \(session.amr),
                    acr = \(session.acr), user_agent = \(session.userAgent), address = \(session.address)
                WHERE bucket = \(old.bucket.asDay(at: record.trail.now)) AND cookie_hash = \(old.hash) AND id = \(session.id)
                  AND user_id = \(session.userID) AND ended_at IS NULL AND expires_at > \(record.trail.now)
                RETURNING id
            )\(record.written(if: "renewed"))
            SELECT FROM renewed
            """
        ) { rows in !rows.isEmpty }
    }

    func end(_ id: SessionID, _ record: Record) async throws(OAuthError) -> Bool {
        try await database.act(
            """
            WITH attempt AS MATERIALIZED (
                \(Self.end(id, record.trail.now))
            ), ended AS (
                SELECT FROM attempt WHERE attempt.done
            )\(record.written(if: "ended"))
            SELECT FROM ended
            """
        ) { rows in !rows.isEmpty }
    }

    func session(_ id: SessionID, at now: Instant) async throws(OAuthError) -> Session? {
        try await database.ask(
            """
            SELECT \(Session.columns) FROM sessions s
            WHERE s.bucket = \(id.bucket.asDay(at: now)) AND s.id = \(id) AND s.ended_at IS NULL AND s.expires_at > \(now)
            """
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            return try Session(columns: &columns)
        }
    }

    func sessions(
        of user: UserID?, _ page: PageRequest, at now: Instant
    ) async throws(OAuthError) -> Page<Session> {
        var conditions: [SQL] = ["s.bucket >= \(Bucket.day(of: now))"]
        if let cursor = page.cursor {
            guard let last = SessionID(parsing: cursor) else { throw .foreignCursor }
            conditions.append("s.id > \(last)::text")
        }
        // By their ids, which have the bucket before them: partitions follow one another. Those that ended are read, too,
        // but only so many: a page costs the same however many lie between two that live.
        var source: SQL = "sessions"
        if let user { source = "(SELECT * FROM sessions WHERE user_id = \(user) OFFSET 0)" }
        let rows = try await database.ask(
            """
            SELECT s.ended_at IS NULL AND s.expires_at > \(now), \(Session.columns) FROM \(source) s
            WHERE \(conditions.joined(by: " AND ")) ORDER BY s.id LIMIT \(page.rowsToExamine)
            """
        ) { rows throws(DatabaseError) in
            var examined: [(position: SessionID, item: Session?)] = []
            for row in rows {
                var columns = ColumnReader(row)
                let isLive: Bool = try columns.next()
                let session = try Session(columns: &columns)
                examined.append((session.id, isLive ? session : nil))
            }
            return examined
        }
        return page.page(examined: rows) { $0.text }
    }

    /// Ends a session and the grants that do not outlive it, and says whether it was alive.
    private static func end(_ id: SessionID, _ now: Instant) -> SQL {
        "SELECT end_session(\(id.bucket), \(id), \(now)) AS done"
    }
}
