internal import Postgres
internal import Provider

/// Clients: who they are and what they may.
struct PostgresClients: ClientStore {
    let database: Database
    private let known = RecentValues<ClientID, KnownClient>(capacity: 2048)

    /// A client with the stamp of `client_changes` that it was read under.
    private struct KnownClient: Sendable {
        let stamp: String
        let client: RegisteredClient

        /// No change tells of a secret whose time is over.
        func client(at now: Instant) -> RegisteredClient {
            var client = client
            client.secrets.removeAll { !$0.isLive(at: now) }
            return client
        }
    }

    init(database: Database) { self.database = database }

    func client(
        _ id: ClientID, at now: Instant, asOf changes: ClientChanges
    ) async throws(OAuthError) -> RegisteredClient? {
        if let known = known.value(of: id), known.stamp == changes.stamp { return known.client(at: now) }
        let read = try await read(id, at: now)
        if let read { known.keep(read, of: id) }
        return read?.client
    }

    func remembered(_ id: ClientID, at now: Instant) -> RegisteredClient? { known.value(of: id)?.client(at: now) }

    /// With the last change that was acknowledged before this was asked.
    func changes() async throws(OAuthError) -> ClientChanges {
        do {
            let rows = try await database.readTogether("SELECT stamp::text FROM client_changes")
            return ClientChanges(stamp: try rows.exactlyOne().value(0))
        } catch {
            throw OAuthError(error)
        }
    }

    private func read(_ id: ClientID, at now: Instant) async throws(OAuthError) -> KnownClient? {
        try await database.ask(
            """
            SELECT (SELECT stamp::text FROM client_changes), \(Client.columns), \(ClientSecret.columns)
            FROM clients c
            LEFT JOIN client_secrets s ON s.client_id = c.id AND (s.expires_at IS NULL OR s.expires_at > \(now))
            WHERE c.id = \(id)
            ORDER BY s.created_at, s.id
            """
        ) { rows throws(DatabaseError) in
            var found: (stamp: String, client: RegisteredClient)?
            for row in rows {
                var columns = ColumnReader(row)
                let stamp = try columns.next(String.self)
                let client = try Client(columns: &columns)
                if found == nil { found = (stamp, RegisteredClient(client: client, secrets: [])) }
                if try !columns.nextIsNull() { found?.client.secrets.append(try ClientSecret(columns: &columns)) }
            }
            return found.map { KnownClient(stamp: $0.stamp, client: $0.client) }
        }
    }

    func register(_ client: Client, secret: ClientSecret?, _ record: Record) async throws(OAuthError) {
        let first: SQL =
            secret.map { ", kept AS (\($0.insert(for: "registered", client: "registered.id")))" } ?? ""
        try await namingUnknownScopes { () throws(OAuthError) in
            try await database.act(
                """
                WITH \(client.registration(if: "(SELECT) AS always"))\(first)\(record.written(if: "registered"))
                SELECT FROM registered
                """)
        }
    }

    func replace(
        _ replaced: Client, by client: Client, _ record: Record
    ) async throws(OAuthError) -> Bool {
        let scopes = client.scopeRows
        return try await namingUnknownScopes { () throws(OAuthError) in
            // Two changes within one millisecond would look alike to a third that has read neither.
            try await database.act(
                """
                WITH replaced AS (
                    UPDATE clients
                    SET name = \(client.name), type = \(client.kind), tenant_id = \(client.tenantID),
                        settings = \(client.settings), origins = \(client.publicOrigins),
                        updated_at = greatest(\(client.updatedAt), updated_at + interval '1 millisecond')
                    WHERE id = \(replaced.id) AND updated_at = \(replaced.updatedAt)
                    RETURNING id
                ), unscoped AS (
                    DELETE FROM client_scopes old USING replaced
                    WHERE old.client_id = replaced.id AND old.scope <> ALL (\(scopes.names))
                ), scoped AS (
                    INSERT INTO client_scopes (client_id, scope, allowed_position, default_position)
                    SELECT replaced.id, scope.name, scope.allowed, scope.preset
                    FROM replaced, unnest(\(scopes.names), \(scopes.allowed), \(scopes.presets))
                        AS scope (name, allowed, preset)
                    ON CONFLICT (client_id, scope) DO UPDATE
                    SET allowed_position = excluded.allowed_position, default_position = excluded.default_position
                )\(record.written(if: "replaced"))
                SELECT FROM replaced
                """
            ) { rows in !rows.isEmpty }
        }
    }

    func delete(_ id: ClientID, _ record: Record) async throws(OAuthError) -> Bool {
        // Secrets and scopes go with the row; grants and tokens are dead without it (`grant_states`).
        try await database.act(
            """
            WITH deleted AS (
                DELETE FROM clients WHERE id = \(id) RETURNING id
            ), withdrawn AS (
                UPDATE user_consents consent
                SET revoked_at = \(record.trail.now), revoked_by = 'client_deleted'
                FROM deleted
                WHERE consent.client_id = deleted.id AND consent.revoked_at IS NULL
            )\(record.written(if: "deleted"))
            SELECT FROM deleted
            """
        ) { rows in !rows.isEmpty }
    }

    func clients(_ filter: ClientFilter, _ page: PageRequest) async throws(OAuthError) -> Page<Client> {
        var conditions = [try ListCursor.condition(page)]
        if let id = filter.id { conditions.append("id = \(id)") }
        if let tenant = filter.tenantID { conditions.append("tenant_id = \(tenant)") }
        if let kind = filter.kind { conditions.append("type = \(kind)") }
        let scopes = filter.allowedScopes
        if !scopes.isEmpty {
            conditions.append(
                """
                id IN (SELECT client_id FROM client_scopes
                       WHERE scope = ANY (\(scopes)) AND allowed_position IS NOT NULL
                       GROUP BY client_id HAVING count(*) = \(scopes.names.count))
                """)
        }
        if !filter.grantTypes.isEmpty {
            let names = filter.grantTypes.map(\.rawValue)
            conditions.append("jsonb_exists_any(settings->'grantTypes', \(names))")
        }
        let clients = try await database.ask(
            """
            SELECT \(Client.columns) FROM clients c
            WHERE \(conditions.joined(by: " AND ")) ORDER BY c.created_at, c.id LIMIT \(page.rowsToRead)
            """
        ) { rows throws(DatabaseError) in
            var clients: [Client] = []
            for row in rows {
                var columns = ColumnReader(row)
                clients.append(try Client(columns: &columns))
            }
            return clients
        }
        return page.page(clients) { ListCursor(createdAt: $0.createdAt, id: $0.id.text).text }
    }

    func hasPublicClient(at origin: String) async throws(OAuthError) -> Bool {
        try await database.ask("SELECT FROM clients WHERE origins @> \([origin])::text[] LIMIT 1") { rows in
            !rows.isEmpty
        }
    }
}
