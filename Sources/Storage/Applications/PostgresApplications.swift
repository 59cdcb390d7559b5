internal import Postgres
internal import Provider

/// Applications for clients.
struct PostgresApplications: ApplicationStore {
    let database: Database

    func add(
        _ application: Application, within limits: ApplicationLimits, _ record: Record
    ) async throws(OAuthError) -> Bool {
        let (now, network, delegation) = (record.trail.now, record.trail.network, record.trail.delegation)
        /// That fewer than so many of a sort wait.
        func areFew(_ condition: SQL, _ limit: Int) -> SQL {
            """
            (SELECT count(*) FROM (SELECT FROM applications a
                                   WHERE a.status = 'pending' AND a.expires_at > \(now) AND \(condition)
                                   LIMIT \(limit)) AS waiting) < \(limit)
            """
        }
        return try await database.act(
            """
            WITH taken AS (
                INSERT INTO applications (bucket, id, name, description, type, grant_types, redirect_uris, scopes,
                                          resources, email, language, network, delegation, created_at, expires_at)
                SELECT \(application.id.bucket), \(application.id)::text, \(application.name)::text,
                       \(application.description)::text, \(application.kind)::text, \(application.grantNames)::text[],
                       \(application.redirectURIs)::text[], \(application.scopes)::text[],
                       \(application.resources)::text[], \(application.email)::text, \(application.language)::text,
                       \(network)::text, \(delegation)::text, \(application.createdAt), \(application.expiresAt)
                WHERE \(areFew("a.network = \(network)", limits.undecidedPerNetwork))
                  AND \(areFew("a.delegation = \(delegation)", limits.undecidedPerDelegation))
                  AND \(areFew("lower(a.email) = lower(\(application.email)::text)", limits.undecidedPerMailbox))
                  AND \(areFew("true", limits.undecided))
                RETURNING id
            )\(record.written(if: "taken"))
            SELECT FROM taken
            """
        ) { rows in !rows.isEmpty }
    }

    func application(_ id: ApplicationID, at now: Instant) async throws(OAuthError) -> Application? {
        try await database.ask(
            """
            SELECT \(Application.columns) FROM applications a
            WHERE a.bucket = \(id.bucket.asDay(at: now)) AND a.id = \(id)
            """, Application.all
        ).first
    }

    func applications(
        _ filter: ApplicationFilter, _ page: PageRequest, at now: Instant
    ) async throws(OAuthError) -> Page<Application> {
        var conditions = [try ListCursor.condition(page, order: "a.created_at, a.id")]
        if let status = filter.status {
            conditions.append("a.status = \(status)")
            if status == .pending { conditions.append("a.expires_at > \(now)") }
        }
        if let kind = filter.kind { conditions.append("a.type = \(kind)") }
        if let email = filter.email { conditions.append("lower(a.email) = lower(\(email))") }
        if let client = filter.clientID { conditions.append("a.client_id = \(client)") }
        if !filter.scopes.isEmpty { conditions.append("a.scopes @> \(filter.scopes)") }
        let found = try await database.ask(
            """
            SELECT \(Application.columns) FROM applications a
            WHERE \(conditions.joined(by: " AND ")) ORDER BY a.created_at, a.id LIMIT \(page.rowsToRead)
            """, Application.all)
        return page.page(found) { ListCursor(createdAt: $0.createdAt, id: $0.id.text).text }
    }

    func approve(
        _ id: ApplicationID, as client: Client, mailUntil: Instant, _ record: Record
    ) async throws(OAuthError) -> Bool {
        let decided = decision(id, .approved, client: client.id, reason: nil, mailUntil, record.trail)
        return try await namingUnknownScopes { () throws(OAuthError) in
            try await database.act(
                """
                WITH decided AS (\(decided)), \(client.registration(if: "decided"))\(record.written(if: "registered"))
                SELECT FROM registered
                """
            ) { rows in !rows.isEmpty }
        }
    }

    func refuse(
        _ id: ApplicationID, because reason: String?, mailUntil: Instant, _ record: Record
    ) async throws(OAuthError) -> Bool {
        let decided = decision(id, .refused, client: nil, reason: reason, mailUntil, record.trail)
        return try await database.act(
            "WITH decided AS (\(decided))\(record.written(if: "decided")) SELECT FROM decided"
        ) { rows in !rows.isEmpty }
    }

    /// Whoever comes second waits for the first one's commit and then finds nothing to decide.
    private func decision(
        _ id: ApplicationID, _ status: Application.Status, client: ClientID?, reason: String?, _ mailUntil: Instant,
        _ trail: Trail
    ) -> SQL {
        """
        UPDATE applications a
        SET status = \(status), decided_at = \(trail.now), decided_by = \(trail.actor), reason = \(reason),
            client_id = \(client), notice_due_at = \(trail.now), notice_gives_up_at = \(mailUntil)
        WHERE a.bucket = \(id.bucket.asDay(at: trail.now)) AND a.id = \(id) AND a.status = 'pending'
          AND a.expires_at > \(trail.now)
        RETURNING a.id
        """
    }
}

extension Application {
    fileprivate var grantNames: [String] { GrantType.allCases.filter(grantTypes.contains).map(\.rawValue) }

    /// What a statement over `applications a` lists for ``all(_:)``.
    static let columns: SQL = """
        a.id, a.name, a.type, a.email, a.language, a.created_at, a.expires_at, a.description, a.grant_types,
        a.redirect_uris, a.scopes, a.resources, a.status, a.decided_at, a.decided_by, a.reason, a.client_id,
        a.collected_at
        """

    static func all(_ rows: Rows) throws(DatabaseError) -> [Application] {
        var applications: [Application] = []
        for row in rows {
            var columns = ColumnReader(row)
            applications.append(try Application(columns: &columns))
        }
        return applications
    }

    init(columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            id: try columns.next(), name: try columns.next(), kind: try columns.next(), email: try columns.next(),
            language: try columns.next(), createdAt: try columns.next(), expiresAt: try columns.next())
        description = try columns.next()
        let grants: [String] = try columns.next()
        grantTypes = Set(grants.compactMap(GrantType.init))
        redirectURIs = try columns.next()
        scopes = try columns.next()
        resources = try columns.next()
        status = try columns.next()
        let (time, actor, reason): (Instant?, String?, String?) = (
            try columns.next(), try columns.next(), try columns.next()
        )
        if let time, let actor { decision = Decision(time: time, actor: actor, reason: reason) }
        clientID = try columns.next()
        collectedAt = try columns.next()
    }
}
