public import JOSE

/// Users as operators manage them.
extension OpenIDProvider {
    /// Creates a user with a password.
    public func createUser(_ body: JSON, by administrator: Administrator) async throws(OAuthError) -> JSON {
        try await createUser(body, administrator.trail).json
    }

    /// Creates a user on behalf of whoever the trail names: the command line, the demo.
    public func createUser(_ body: JSON, _ trail: Trail) async throws(OAuthError) -> User {
        var profile = try UserProfile(body)
        guard let name = try profile.username() else { throw .member("username", "is missing") }
        guard let password = try profile.password() else { throw .member("password", "is missing") }
        let (display, keys) = try names.keys(of: name)
        var user = User(
            id: UserID(Base64URL.encode(surroundings.random(16))), username: display, nameKeys: keys,
            createdAt: trail.now)
        if UserProfile.isEmail(display) { user.email = display }
        try profile.apply(to: &user)
        user.passwordHash = try await passwords.hash(names.normalized(password: password))
        let record = Record(
            trail, events: [.userCreated(user.id)],
            audit: AuditEntry(action: "user.create", subject: "user:\(user.id)"))
        try await stores.users.create(user, record)
        return user
    }

    /// Users by age, by name or e-mail address if given.
    public func users(
        username: String?, email: String?, _ page: PageRequest, for _: Administrator
    ) async throws(OAuthError) -> JSON {
        let folded = try username.map { name throws(OAuthError) in try names.keys(of: name).keys.folded }
        return try await stores.users.users(username: folded, email: email, page).json(\.json)
    }

    /// One user.
    public func user(_ id: UserID, for _: Administrator) async throws(OAuthError) -> JSON {
        guard let user = try await stores.users.user(id) else {
            throw OAuthError(.notFound, "There is no user of this id.")
        }
        return user.json
    }
}

extension User {
    /// A user as management answers show one: never the password's hash.
    public var json: JSON {
        var members: [(name: String, value: JSON)] = [
            ("id", .string(id.text)), ("username", .string(username)), ("email", .string(orNull: email)),
            ("emailVerified", .bool(emailVerified)), ("roles", .strings(roles)),
            ("tenantId", .string(orNull: tenantID)),
        ]
        members += claims.sorted { $0.key < $1.key }.map { (name: MemberName.camelCase($0.key), value: $0.value) }
        members += [("createdAt", .time(createdAt)), ("updatedAt", .time(updatedAt))]
        return .object(JSONObject(members))
    }
}
