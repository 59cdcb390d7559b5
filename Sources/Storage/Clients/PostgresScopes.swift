internal import JOSE
internal import Postgres
internal import Provider

/// Scopes that exist.
struct PostgresScopes: ScopeStore {
    let database: Database

    func scopes() async throws(OAuthError) -> [Scope] {
        try await database.ask("SELECT \(Scope.columns) FROM scopes ORDER BY name", Scope.all)
    }

    func scopes(_ page: PageRequest) async throws(OAuthError) -> Page<Scope> {
        var condition: SQL = "true"
        if let cursor = page.cursor { condition = "name > \(try ScopeCursor(cursor).name)" }
        let scopes = try await database.ask(
            "SELECT \(Scope.columns) FROM scopes WHERE \(condition) ORDER BY name LIMIT \(page.rowsToRead)", Scope.all)
        return page.page(scopes) { ScopeCursor(name: $0.name).text }
    }

    func scope(_ name: String) async throws(OAuthError) -> Scope? {
        try await database.ask("SELECT \(Scope.columns) FROM scopes WHERE name = \(name)", Scope.all).first
    }

    func create(_ scope: Scope, _ record: Record) async throws(OAuthError) -> Bool {
        try await database.act(
            """
            WITH created AS (
                INSERT INTO scopes (name, descriptions) VALUES (\(scope.name), \(scope.texts)::jsonb)
                ON CONFLICT DO NOTHING
                RETURNING name
            )\(record.written(if: "created"))
            SELECT FROM created
            """
        ) { rows in !rows.isEmpty }
    }

    func replace(_ scope: Scope, _ record: Record) async throws(OAuthError) -> Bool {
        try await database.act(
            """
            WITH replaced AS (
                UPDATE scopes SET descriptions = \(scope.texts)::jsonb WHERE name = \(scope.name) RETURNING name
            )\(record.written(if: "replaced"))
            SELECT FROM replaced
            """
        ) { rows in !rows.isEmpty }
    }

    func delete(_ name: String, force: Bool, _ record: Record) async throws(OAuthError) -> ScopeDeletion {
        // By force everything that has the scope is touched, however much that is.
        let timeout: Duration? = force ? .seconds(300) : nil
        let outcome = try await database.transact(timeout: timeout) {
            transaction throws(DatabaseError) -> ScopeDeletion in
            if force { try await transaction.endWhatHas(name, record.trail) }
            // Whoever allows it to a client from here on waits for the outcome. Both rows, in the order in which a
            // registration locks them; and at last, since every change of a client waits for the first.
            _ = try await transaction.query("SELECT FROM client_changes FOR UPDATE")
            let found = try await transaction.query("SELECT FROM scopes WHERE name = \(name) FOR UPDATE")
            guard !found.isEmpty else { return .unknown }
            if force {
                try await transaction.withdraw(name, record.trail)
            } else {
                let row = try await transaction.query(
                    """
                    SELECT (SELECT count(*) FROM client_scopes WHERE scope = \(name)),
                           (SELECT count(*) FROM user_consents
                            WHERE revoked_at IS NULL AND scopes @> \([name])::text[])
                    """
                ).exactlyOne()
                let (clients, consents) = try row.values(Int.self, Int.self)
                guard clients == 0, consents == 0 else { return .inUse(clients: clients, consents: consents) }
            }
            _ = try await transaction.query(
                """
                WITH deleted AS (DELETE FROM scopes WHERE name = \(name) RETURNING name)\(record.written(if: "deleted"))
                SELECT FROM deleted
                """)
            return .deleted
        }
        // What was granted between the look at it and the end of the scope, while clients still had it.
        if force, outcome == .deleted {
            try await database.transact(timeout: timeout) { transaction throws(DatabaseError) in
                try await transaction.endWhatHas(name, record.trail)
            }
        }
        return outcome
    }
}

/// Where a list by name goes on. Opaque to callers.
private struct ScopeCursor {
    let name: String

    /// The name in base64url.
    var text: String { Base64URL.encode(Array(name.utf8)) }

    init(name: String) { self.name = name }

    /// - Throws: `invalid_request` naming `cursor` for text that no list gave.
    init(_ text: String) throws(OAuthError) {
        guard let bytes = Base64URL.decode(text), let name = String(validating: bytes, as: UTF8.self),
            !name.utf8.contains(0)
        else { throw .foreignCursor }
        self.name = name
    }
}

extension Scope {
    /// What a statement over `scopes` lists for ``all(_:)``.
    fileprivate static let columns: SQL = "name, descriptions"

    fileprivate static func all(_ rows: Rows) throws(DatabaseError) -> [Scope] {
        var scopes: [Scope] = []
        for row in rows {
            let (name, descriptions) = try row.values(String.self, JSON.self)
            let texts = (descriptions.object?.members ?? []).compactMap { member in
                member.value.string.map { (member.name, $0) }
            }
            scopes.append(
                Scope(name: name, descriptions: Dictionary(texts, uniquingKeysWith: { first, _ in first })))
        }
        return scopes
    }

    /// The column `descriptions`.
    fileprivate var texts: JSON {
        .object(JSONObject(descriptions.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
}
