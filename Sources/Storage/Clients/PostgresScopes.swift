internal import JOSE
internal import Postgres
internal import Provider

/// Scopes that exist.
struct PostgresScopes: ScopeStore {
    let database: Database

    func scopes() async throws(OAuthError) -> [Scope] {
        try await database.ask("SELECT name, descriptions FROM scopes ORDER BY name") { rows throws(DatabaseError) in
            var scopes: [Scope] = []
            for row in rows {
                let (name, descriptions) = try row.values(String.self, JSON.self)
                let members = descriptions.object?.members ?? []
                scopes.append(
                    Scope(
                        name: name,
                        descriptions: Dictionary(
                            members.compactMap { member in member.value.string.map { (member.name, $0) } },
                            uniquingKeysWith: { first, _ in first })))
            }
            return scopes
        }
    }
}
