internal import JOSE
internal import Postgres
internal import Provider

extension User {
    /// What a statement over `users u` lists for ``init(columns:)``.
    static let columns: SQL = """
        u.id, u.username, u.folded, u.skeleton, u.created_at, u.updated_at, u.password_hash, u.email,
        u.email_verified, u.tenant_id, u.roles, u.claims, u.has_authenticator, u.passkey_count
        """

    init(columns: inout ColumnReader) throws(DatabaseError) {
        let (id, username): (UserID, String) = (try columns.next(), try columns.next())
        let keys = NameKeys(folded: try columns.next(), skeleton: try columns.next())
        self.init(id: id, username: username, nameKeys: keys, createdAt: try columns.next())
        updatedAt = try columns.next()
        passwordHash = try columns.next()
        email = try columns.next()
        emailVerified = try columns.next()
        tenantID = try columns.next()
        roles = try columns.next()
        for member in try columns.next(JSON.self).object?.members ?? [] { claims[member.name] = member.value }
        factors.hasAuthenticator = try columns.next()
        factors.passkeyCount = Int(try columns.next(Int32.self))
    }
}

/// The people who log in.
struct PostgresUsers: UserStore {
    let database: Database

    func user(_ id: UserID) async throws(OAuthError) -> User? {
        try await one("SELECT \(User.columns) FROM users u WHERE u.id = \(id)")
    }

    func user(named folded: String) async throws(OAuthError) -> User? {
        try await one("SELECT \(User.columns) FROM users u WHERE u.folded = \(folded)")
    }

    private func one(_ statement: SQL) async throws(OAuthError) -> User? {
        try await database.ask(statement) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            return try User(columns: &columns)
        }
    }

    func create(_ user: User, _ record: Record) async throws(OAuthError) {
        let claims = JSON.object(JSONObject(user.claims.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
        try await database.act(
            """
            WITH created AS (
                INSERT INTO users (id, username, folded, skeleton, password_hash, email, email_verified, tenant_id,
                                   roles, claims, created_at, updated_at)
                VALUES (\(user.id), \(user.username), \(user.nameKeys.folded), \(user.nameKeys.skeleton),
                        \(user.passwordHash), \(user.email), \(user.emailVerified), \(user.tenantID), \(user.roles),
                        \(claims), \(user.createdAt), \(user.updatedAt))
                RETURNING id
            )\(record.written(if: "created"))
            SELECT FROM created
            """)
    }

    func rehash(_ id: UserID, from old: String, to new: String) async throws(OAuthError) {
        try await database.act(
            "UPDATE users SET password_hash = \(new) WHERE id = \(id) AND password_hash = \(old)")
    }

    func users(
        username folded: String?, email: String?, _ page: PageRequest
    ) async throws(OAuthError) -> Page<User> {
        var conditions = [try ListCursor.condition(page)]
        if let folded { conditions.append("folded = \(folded)") }
        if let email { conditions.append("email = \(email)") }
        let users = try await database.ask(
            """
            SELECT \(User.columns) FROM users u WHERE \(conditions.joined(by: " AND "))
            ORDER BY u.created_at, u.id LIMIT \(page.rowsToRead)
            """
        ) { rows throws(DatabaseError) in
            var users: [User] = []
            for row in rows {
                var columns = ColumnReader(row)
                users.append(try User(columns: &columns))
            }
            return users
        }
        return page.page(users) { ListCursor(createdAt: $0.createdAt, id: $0.id.text).text }
    }
}
