internal import JOSE
internal import Postgres
internal import Provider

/// What users allowed.
struct PostgresConsents: ConsentStore {
    let database: Database

    func consent(of user: UserID, to client: ClientID) async throws(OAuthError) -> Consent? {
        try await database.ask(
            """
            SELECT \(Consent.columns) FROM user_consents c
            WHERE c.user_id = \(user) AND c.client_id = \(client) AND c.revoked_at IS NULL
            """
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            return try Consent(columns: &columns)
        }
    }

    func grant(
        _ consent: Consent, in wording: ConsentWording?, _ record: Record
    ) async throws(OAuthError) -> String {
        var words: SQL = ""
        if let wording {
            words = """
                worded AS (
                    INSERT INTO consent_wordings (version, language, sentences, first_shown_at)
                    VALUES (\(wording.version), \(wording.language), \(wording.json)::jsonb, \(consent.grantedAt))
                    ON CONFLICT DO NOTHING
                ),
                """
        }
        return try await database.act(
            """
            WITH \(words) granted AS (
                INSERT INTO user_consents AS standing (id, user_id, client_id, scopes, granted_at)
                VALUES (\(consent.id), \(consent.userID), \(consent.clientID), \(consent.scopes), \(consent.grantedAt))
                ON CONFLICT (user_id, client_id) WHERE revoked_at IS NULL DO UPDATE
                SET scopes = standing.scopes || ARRAY(
                        SELECT new.scope FROM unnest(excluded.scopes) WITH ORDINALITY AS new (scope, place)
                        WHERE new.scope <> ALL (standing.scopes) ORDER BY new.place),
                    granted_at = greatest(standing.granted_at, excluded.granted_at)
                RETURNING id
            ), decided AS (
                INSERT INTO consent_decisions (consent_id, scopes, wording, decided_at)
                SELECT granted.id, \(consent.scopes), \(wording?.version)::text, \(consent.grantedAt)
                FROM granted
                WHERE NOT EXISTS (
                    SELECT FROM (SELECT d.scopes, d.wording FROM consent_decisions d
                                 WHERE d.consent_id = granted.id ORDER BY d.id DESC LIMIT 1) last
                    WHERE last.scopes = \(consent.scopes) AND last.wording IS NOT DISTINCT FROM \(wording?.version)::text)
            )\(record.written(if: "granted"))
            SELECT id FROM granted
            """
        ) { rows throws(DatabaseError) in try rows.exactlyOne().value(0) }
    }

    func consent(_ id: String) async throws(OAuthError) -> ConsentHistory? {
        try await database.ask(
            "SELECT \(ConsentHistory.columns) FROM user_consents c WHERE c.id = \(id)", ConsentHistory.all
        ).first
    }

    func consents(_ filter: ConsentFilter, _ page: PageRequest) async throws(OAuthError) -> Page<ConsentHistory> {
        var conditions = [try ListCursor.condition(page, order: "c.granted_at, c.id")]
        if let client = filter.clientID { conditions.append("c.client_id = \(client)") }
        if let user = filter.userID { conditions.append("c.user_id = \(user)") }
        // What is not shown is read, too, but only so much: a page costs the same however many ended lie between two that
        // stand.
        let isShown: SQL = "(\(filter.includesRevoked) OR c.revoked_at IS NULL) AND c.scopes @> \(filter.scopes)"
        let examined = try await database.ask(
            """
            SELECT \(isShown), \(ConsentHistory.columns) FROM user_consents c
            WHERE \(conditions.joined(by: " AND ")) ORDER BY c.granted_at, c.id LIMIT \(page.rowsToExamine)
            """
        ) { rows throws(DatabaseError) in
            var examined: [(position: ListCursor, item: ConsentHistory?)] = []
            for row in rows {
                var columns = ColumnReader(row)
                let isShown: Bool = try columns.next()
                let history = try ConsentHistory(columns: &columns)
                let position = ListCursor(createdAt: history.consent.grantedAt, id: history.consent.id)
                examined.append((position, isShown ? history : nil))
            }
            return examined
        }
        return page.page(examined: examined) { $0.text }
    }

    func revoke(
        _ id: String, by revocation: Consent.Revocation, _ record: Record
    ) async throws(OAuthError) -> Bool {
        let now = record.trail.now
        return try await database.transact { transaction throws(DatabaseError) in
            // A grant is written under a lock of the consent it stands on. So the consent comes first: this waits for
            // grants that are being written, and the statement after it sees them.
            let revoked = try await transaction.query(
                """
                UPDATE user_consents SET revoked_at = \(now), revoked_by = \(revocation)
                WHERE id = \(id) AND revoked_at IS NULL
                RETURNING user_id, client_id
                """)
            guard let row = try revoked.atMostOne() else { return false }
            let (user, client) = try row.values(UserID.self, ClientID.self)
            let grants = try await transaction.query(
                """
                UPDATE grants SET revoked_at = \(now)
                WHERE user_id = \(user) AND client_id = \(client) AND consent_id = \(id) AND revoked_at IS NULL
                  AND expires_at > \(now)
                RETURNING id, scopes
                """)
            var record = record
            for grant in grants {
                record.events.append(
                    .tokenRevoked(
                        Event.TokenFacts(
                            kind: .grant, grantID: try grant.value(0), clientID: client, userID: user,
                            scopes: try grant.value(1))))
            }
            _ = try await transaction.query(
                "WITH revoked AS (SELECT)\(record.written(if: "revoked")) SELECT FROM revoked")
            return true
        }
    }
}

extension Consent {
    /// What a statement over `user_consents c` lists for ``init(columns:)``.
    fileprivate static let columns: SQL = """
        c.id, c.user_id, c.client_id, c.scopes, c.granted_at, c.revoked_at, c.revoked_by
        """

    fileprivate init(columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            id: try columns.next(), userID: try columns.next(), clientID: try columns.next(),
            scopes: try columns.next(), grantedAt: try columns.next(), revokedAt: try columns.next(),
            revokedBy: try columns.next())
    }
}

extension ConsentHistory {
    /// The same with the latest decisions, each `[time, wording, scopes]`, as one value: who asks for a consent again and
    /// again does not make lists longer and longer.
    fileprivate static let columns: SQL = """
        \(Consent.columns),
        (SELECT coalesce(jsonb_agg(jsonb_build_array(
                    (extract(epoch FROM d.decided_at) * 1000)::bigint, d.wording, to_jsonb(d.scopes)) ORDER BY d.id), '[]')
         FROM (SELECT * FROM consent_decisions WHERE consent_id = c.id ORDER BY id DESC LIMIT 100) d)
        """

    fileprivate static func all(_ rows: Rows) throws(DatabaseError) -> [ConsentHistory] {
        var consents: [ConsentHistory] = []
        for row in rows {
            var columns = ColumnReader(row)
            consents.append(try ConsentHistory(columns: &columns))
        }
        return consents
    }

    fileprivate init(columns: inout ColumnReader) throws(DatabaseError) {
        let consent = try Consent(columns: &columns)
        let decisions: JSON = try columns.next()
        self.init(consent: consent, decisions: (decisions.array ?? []).compactMap { ConsentDecision(stored: $0) })
    }
}

extension ConsentDecision {
    fileprivate init?(stored: JSON) {
        guard let parts = stored.array, parts.count == 3, let milliseconds = parts[0].integer,
            let scopes = parts[2].strings
        else { return nil }
        self.init(
            scopes: ScopeList(scopes), wording: parts[1].string, decidedAt: Instant(milliseconds: milliseconds))
    }
}
