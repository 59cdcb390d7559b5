public import JOSE

/// Users as operators manage them.
extension OpenIDProvider {
    /// Creates a user with a password.
    public func createUser(_ body: JSON, by administrator: Administrator) async throws(OAuthError) -> JSON {
        try await newUser(body, administrator.trail) { user throws(OAuthError) in
            user.tenantID = try administrator.tenant(user.tenantID)
        }.json
    }

    /// Creates a user on behalf of whoever the trail names: the command line, the demo.
    public func createUser(_ body: JSON, _ trail: Trail) async throws(OAuthError) -> User {
        try await newUser(body, trail) { _ in }
    }

    private func newUser(
        _ body: JSON, _ trail: Trail, _ checked: (inout User) throws(OAuthError) -> Void
    ) async throws(OAuthError) -> User {
        var profile = try UserProfile(body)
        guard let name = try profile.username() else { throw .member("username", "is missing") }
        guard let password = try profile.password() else { throw .member("password", "is missing") }
        if let problem = settings.passwords.formProblem(password, names) { throw problem.error("password") }
        let (display, keys) = try names.keys(of: name)
        var user = User(
            id: newUserID(), username: display, nameKeys: keys,
            createdAt: trail.now)
        if UserProfile.isEmail(display) { user.email = display }
        try profile.apply(to: &user)
        try checked(&user)
        user.passwordHash = try await passwords.hash(names.normalized(password: password))
        let record = Record(
            trail, events: [.userCreated(user.id)],
            audit: AuditEntry(action: "user.create", subject: "user:\(user.id)"))
        try await stores.users.create(user, record)
        return user
    }

    /// 128 random bits; without a dash in front, which a command line would take for an option.
    func newUserID() -> UserID {
        let text = Base64URL.encode(surroundings.random(16))
        return UserID(text.hasPrefix("-") ? "0" + text.dropFirst() : text)
    }

    /// Users by age; each filter that is given narrows the list: the name, the address, and how either of them begins
    /// (`search`).
    public func users(
        username: String?, email: String?, search: String? = nil, _ page: PageRequest,
        for administrator: Administrator
    ) async throws(OAuthError) -> JSON {
        let folded = try username.map { name throws(OAuthError) in try names.keys(of: name).keys.folded }
        let filter = UserFilter(
            username: folded, email: email, beginning: search.map { names.folded($0) },
            tenantID: administrator.tenantID)
        return try await stores.users.users(filter, page).json(\.json)
    }

    /// One user.
    public func user(_ id: UserID, for administrator: Administrator) async throws(OAuthError) -> JSON {
        try await found(id, administrator).json
    }

    /// - Throws: `not_found`, also for a user of another tenant.
    private func found(_ id: UserID, _ administrator: Administrator) async throws(OAuthError) -> User {
        guard let user = try await stores.users.user(id), administrator.sees(user.tenantID) else { throw .noUser }
        return user
    }

    /// Changes the named members of a user and leaves the rest. A new password ends every login of the user.
    public func changeUser(
        _ id: UserID, _ body: JSON, by administrator: Administrator
    ) async throws(OAuthError) -> JSON {
        let trail = administrator.trail
        var named = try UserProfile(body)
        let password = try named.password()
        if let password, let problem = settings.passwords.formProblem(password, names) {
            throw problem.error("password")
        }
        let name = try named.username().map { name throws(OAuthError) in try names.keys(of: name) }
        var hash: String?
        if let password {
            // Hashing is dear: what is wrong with the rest is found before.
            var standing = try await found(id, administrator)
            var profile = named
            try profile.takeFixed(of: standing)
            try profile.apply(to: &standing)
            hash = try await passwords.hash(names.normalized(password: password))
        }
        let changed = try await change(id) { user throws(OAuthError) in
            guard administrator.sees(user.tenantID) else { throw .noUser }
            if let name { (user.username, user.nameKeys) = (name.display, name.keys) }
            var profile = named
            try profile.takeFixed(of: user)
            let former = (email: user.email, isVerified: user.emailVerified)
            try profile.apply(to: &user)
            // Whose account it is by now, an administrator knows: the mailbox is lost, say, or the person has left.
            if user.email != former.email || user.emailVerified && !former.isVerified {
                (user.ownerEmail, user.nextOwnerEmail) = (user.email, nil)
            }
            user.tenantID = try administrator.tenant(user.tenantID)
            if let hash { user.passwordHash = hash }
        } recorded: { old, _ in
            var record = administrator.record(.userUpdated(id), "user.update", "user:\(id)")
            if hash != nil { record.mails = mails(.passwordChanged, to: old, at: trail.now) }
            return record
        }
        return changed.json
    }

    /// Removes a user. Sessions, grants with their tokens, and consents go in the same moment; what the audit log and
    /// events have is the id alone, which stands for nobody any more.
    public func deleteUser(_ id: UserID, by administrator: Administrator) async throws(OAuthError) {
        _ = try await found(id, administrator)
        let record = administrator.record(.userDeleted(id), "user.delete", "user:\(id)")
        guard try await stores.users.delete(id, record) else { throw .noUser }
    }

    /// Takes away a user's authenticator, recovery codes and passkeys, for somebody who has lost them: from now on the
    /// password is enough. Sessions and tokens stay; the user is told by mail. Nothing happens where there is nothing to
    /// take.
    public func resetFactors(of id: UserID, by administrator: Administrator) async throws(OAuthError) {
        let user = try await found(id, administrator)
        var record = administrator.record(.userUpdated(id), "user.reset_factors", "user:\(id)")
        record.mails = mails(.factorsReset, to: user, at: administrator.trail.now)
        _ = try await stores.factors.removeAll(of: id, record)
    }

    /// Changes a user as it stands, again when another change came between.
    func change(
        _ id: UserID, _ edit: (inout User) throws(OAuthError) -> Void,
        recorded: (_ old: User, _ new: User) -> Record
    ) async throws(OAuthError) -> User {
        for _ in 0..<8 {
            guard let old = try await stores.users.user(id) else { throw .noUser }
            var new = old
            try edit(&new)
            let record = recorded(old, new)
            // Two changes within one millisecond would look alike to a third that has read neither.
            new.updatedAt = max(record.trail.now, Instant(milliseconds: old.updatedAt.milliseconds + 1))
            if try await stores.users.change(old, to: new, record) { return new }
        }
        throw OAuthError(.conflict, "The user is being changed by others at the same time. Try again.")
    }
}

extension OAuthError {
    static var noUser: OAuthError { OAuthError(.notFound, "There is no user of this id.") }
}

extension User {
    /// A user as management answers show one: never the password's hash.
    public var json: JSON {
        var members: [(name: String, value: JSON)] = [
            ("id", .string(id.text)), ("username", .string(username)), ("email", .string(orNull: email)),
            ("emailVerified", .bool(emailVerified)), ("roles", .strings(roles)),
            ("tenantId", .string(orNull: tenantID)),
        ]
        members += claims.sorted { $0.key < $1.key }.map {
            (name: MemberName.camelCase($0.key), value: $0.value.inCamelCase)
        }
        members += [("createdAt", .time(createdAt)), ("updatedAt", .time(updatedAt))]
        return .object(JSONObject(members))
    }
}

extension JSON {
    /// An object with its members as answers name them: the address of a user. Any other value as it is.
    fileprivate var inCamelCase: JSON {
        guard let object else { return self }
        return .object(JSONObject(object.members.map { (MemberName.camelCase($0.name), $0.value) }))
    }
}
