internal import JOSE
internal import Postgres
internal import Provider

extension User {
    /// What a statement over `users u` lists for ``init(columns:)``.
    static let columns: SQL = """
        u.id, u.username, u.folded, u.skeleton, u.created_at, u.updated_at, u.password_hash, u.email,
        u.email_verified, u.owner_email, u.next_owner_email, u.tenant_id, u.roles, u.claims, u.has_authenticator,
        u.passkey_count
        """

    init(columns: inout ColumnReader) throws(DatabaseError) {
        let (id, username): (UserID, String) = (try columns.next(), try columns.next())
        let keys = NameKeys(folded: try columns.next(), skeleton: try columns.next())
        self.init(id: id, username: username, nameKeys: keys, createdAt: try columns.next())
        updatedAt = try columns.next()
        passwordHash = try columns.next()
        email = try columns.next()
        emailVerified = try columns.next()
        ownerEmail = try columns.next()
        nextOwnerEmail = try columns.next()
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
        try await list(statement).first
    }

    private func list(_ statement: SQL) async throws(OAuthError) -> [User] {
        try await database.ask(statement) { rows throws(DatabaseError) in
            var users: [User] = []
            for row in rows {
                var columns = ColumnReader(row)
                users.append(try User(columns: &columns))
            }
            return users
        }
    }

    func create(_ user: User, _ record: Record) async throws(OAuthError) {
        try await database.act(
            """
            WITH created AS (
                \(user.insert)
                RETURNING id
            )\(record.written(if: "created"))
            SELECT FROM created
            """)
    }

    func rehash(_ id: UserID, from old: String, to new: String) async throws(OAuthError) {
        try await database.act(
            "UPDATE users SET password_hash = \(new) WHERE id = \(id) AND password_hash = \(old)")
    }

    func users(_ filter: UserFilter, _ page: PageRequest) async throws(OAuthError) -> Page<User> {
        var conditions = [try ListCursor.condition(page)]
        if let folded = filter.username { conditions.append("folded = \(folded)") }
        if let tenant = filter.tenantID { conditions.append("tenant_id = \(tenant)") }
        if let email = filter.email {
            conditions.append("email IS NOT NULL AND lower(email) = lower(\(email)::text)")
        }
        if let beginning = filter.beginning {
            // By ranges of bytes: of LIKE with a parameter no index knows how the pattern begins.
            let end = beginning + "\u{10FFFF}"
            conditions.append(
                """
                ((folded ~>=~ \(beginning) AND folded ~<~ \(end))
                 OR (email IS NOT NULL AND lower(email) ~>=~ \(beginning) AND lower(email) ~<~ \(end)))
                """)
        }
        let users = try await list(
            """
            SELECT \(User.columns) FROM users u WHERE \(conditions.joined(by: " AND "))
            ORDER BY u.created_at, u.id LIMIT \(page.rowsToRead)
            """)
        return page.page(users) { ListCursor(createdAt: $0.createdAt, id: $0.id.text).text }
    }

    func users(withEmail email: String, limit: Int) async throws(OAuthError) -> [User] {
        try await list(
            """
            SELECT \(User.columns) FROM users u
            WHERE u.email IS NOT NULL AND lower(u.email) = lower(\(email)::text)
               OR u.owner_email IS NOT NULL AND lower(u.owner_email) = lower(\(email)::text)
            ORDER BY u.email_verified DESC, u.created_at, u.id LIMIT \(limit)
            """)
    }

    func administrators(limit: Int) async throws(OAuthError) -> [User] {
        try await list(
            """
            SELECT \(User.columns) FROM users u
            WHERE 'admin' = ANY (u.roles) AND u.tenant_id IS NULL AND u.email IS NOT NULL
            ORDER BY u.created_at, u.id LIMIT \(limit)
            """)
    }
}

extension User {
    /// The statement that writes the row, without its end.
    var insert: SQL {
        """
        INSERT INTO users (id, username, folded, skeleton, password_hash, email, email_verified, tenant_id, roles,
                           claims, created_at, updated_at)
        VALUES (\(id), \(username), \(nameKeys.folded), \(nameKeys.skeleton), \(passwordHash), \(email),
                \(emailVerified), \(tenantID), \(roles), \(claimsObject), \(createdAt), \(updatedAt))
        """
    }

    /// The claims as the column has them.
    var claimsObject: JSON {
        .object(JSONObject(claims.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }
}
