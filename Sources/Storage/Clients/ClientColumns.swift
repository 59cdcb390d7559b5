internal import JOSE
internal import Postgres
internal import Provider

extension Client {
    /// What a statement over `clients c` lists for ``init(columns:)``.
    static let columns: SQL = """
        c.id, c.name, c.type, c.tenant_id, c.settings, c.created_at, c.updated_at,
        ARRAY(SELECT allowed.scope FROM client_scopes allowed
              WHERE allowed.client_id = c.id AND allowed.allowed_position IS NOT NULL
              ORDER BY allowed.allowed_position),
        ARRAY(SELECT preset.scope FROM client_scopes preset
              WHERE preset.client_id = c.id AND preset.default_position IS NOT NULL
              ORDER BY preset.default_position)
        """

    init(columns: inout ColumnReader) throws(DatabaseError) {
        let (id, name, kind): (ClientID, String, Kind) = (try columns.next(), try columns.next(), try columns.next())
        let tenantID: String? = try columns.next()
        let settings: JSON = try columns.next()
        self.init(id: id, name: name, kind: kind, createdAt: try columns.next())
        updatedAt = try columns.next()
        self.tenantID = tenantID
        apply(settings: settings)
        allowedScopes = try columns.next()
        let presets: ScopeList = try columns.next()
        defaultScopes = settings["namesDefaultScopes"]?.bool == true || !presets.isEmpty ? presets : nil
    }

    /// What is kept for ``PostgresClients/hasPublicClient(at:)``: nothing of a confidential client.
    var publicOrigins: [String] { kind == .public ? origins.sorted() : [] }

    /// The client's rows of `client_scopes`, as columns.
    var scopeRows: (names: [String], allowed: [Int32?], presets: [Int32?]) {
        let presets = defaultScopes ?? ScopeList()
        let all = allowedScopes.union(presets).names
        func positions(in list: ScopeList) -> [Int32?] {
            all.map { name in list.names.firstIndex(of: name).map { Int32($0) } }
        }
        return (all, positions(in: allowedScopes), positions(in: presets))
    }
}

extension ClientSecret {
    /// What a statement over `client_secrets s` lists for ``init(columns:)``.
    static let columns: SQL = "s.id, s.client_id, s.hash, s.created_at, s.expires_at, s.last_used_at, s.use_count"

    init(columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            id: try columns.next(), clientID: try columns.next(), hash: try columns.next(),
            createdAt: try columns.next(), expiresAt: try columns.next(), lastUsedAt: try columns.next(),
            useCount: try columns.next())
    }
}
