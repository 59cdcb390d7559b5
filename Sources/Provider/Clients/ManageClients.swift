public import JOSE

/// Clients as operators manage them.
extension OpenIDProvider {
    /// Registers a client.
    ///
    /// - Returns: the client, with its secret the one time it is told.
    public func createClient(_ body: JSON, by administrator: Administrator) async throws(OAuthError) -> JSON {
        let now = administrator.trail.now
        let id = ClientID(Base64URL.encode(surroundings.random(16)))
        let client = try ClientMetadata.client(body, id: id, knownScopes: Set(scopes.current.keys), at: now)
        let secret = client.kind == .confidential ? newSecret(for: id, at: now) : nil
        try await stores.clients.register(
            client, secret: secret?.row, administrator.record(.clientCreated(id), "client.create", "client:\(id)"))
        var answer = client.json
        if let secret { answer.append("clientSecret", .string(secret.text)) }
        return answer
    }

    /// Clients by age; each filter that is given narrows the list: the id, `CONFIDENTIAL` or `PUBLIC`, scopes that are
    /// all allowed.
    public func clients(
        id: String?, type: String?, scope: String?, _ page: PageRequest, for _: Administrator
    ) async throws(OAuthError) -> JSON {
        var filter = ClientFilter()
        filter.id = id.map { ClientID($0) }
        if let type {
            guard let kind = Client.Kind(rawValue: type) else {
                throw .malformed("type", "must be CONFIDENTIAL or PUBLIC")
            }
            filter.kind = kind
        }
        if let scope {
            filter.allowedScopes = try ScopeList(parsing: scope)
            guard !filter.allowedScopes.isEmpty else { throw .malformed("scope", "is empty") }
        }
        return try await stores.clients.clients(filter, page).json(\.json)
    }

    /// One client.
    public func client(_ id: ClientID, for administrator: Administrator) async throws(OAuthError) -> JSON {
        try await found(id, administrator).json
    }

    /// Changes a client: the named members (PATCH), or all of them (`replacing`, PUT).
    public func changeClient(
        _ id: ClientID, _ body: JSON, replacing: Bool, by administrator: Administrator
    ) async throws(OAuthError) -> JSON {
        let record = administrator.record(.clientUpdated(id), "client.update", "client:\(id)")
        for _ in 0..<Self.attempts {
            let old = try await found(id, administrator)
            let new = try ClientMetadata.client(
                body, changing: old, replacing: replacing, knownScopes: Set(scopes.current.keys),
                at: administrator.trail.now)
            if try await stores.clients.replace(old, by: new, record) { return new.json }
        }
        throw OAuthError(.conflict, "The client is being changed by others at the same time. Try again.")
    }

    /// How often a change is tried anew when another one came between.
    private static var attempts: Int { 8 }

    /// Removes a client with everything that depends on it.
    public func deleteClient(_ id: ClientID, by administrator: Administrator) async throws(OAuthError) {
        let record = administrator.record(.clientDeleted(id), "client.delete", "client:\(id)")
        guard try await stores.clients.delete(id, record) else { throw .noClient }
    }

    private func found(_ id: ClientID, _ administrator: Administrator) async throws(OAuthError) -> Client {
        guard let registered = try await stores.clients.client(id, at: administrator.trail.now) else { throw .noClient }
        return registered.client
    }
}

/// A client's secrets: several may be live, so that a rotation never interrupts anybody.
extension OpenIDProvider {
    /// Seconds for which earlier secrets go on working unless the operator says otherwise.
    private static var standardGrace: Int { 86_400 }

    /// Makes a new secret; earlier ones without an end get `graceSeconds` more (0 to 30 days).
    public func rotateSecret(
        of id: ClientID, _ body: JSON, by administrator: Administrator
    ) async throws(OAuthError) -> JSON {
        var reader = try MemberReader(body)
        let grace = try reader.integer("graceSeconds", in: 0...30 * 86_400) ?? Self.standardGrace
        try reader.refuseRest()
        let now = administrator.trail.now
        guard try await found(id, administrator).kind == .confidential else {
            throw OAuthError(.invalidRequest, "A public client has no secret.")
        }
        let secret = newSecret(for: id, at: now)
        let until = now + grace
        let record = administrator.record(
            .clientSecretRotated(id, previousExpiresAt: until), "client.rotate_secret", "client:\(id)")
        guard let rotation = try await stores.clients.rotateSecret(secret.row, previousExpiresAt: until, record) else {
            throw .noClient
        }
        return [
            "clientId": .string(id.text), "clientSecret": .string(secret.text),
            "previousSecretExpiresAt": .time(rotation.previousExpiresAt),
        ]
    }

    /// Live secrets, oldest first, each with the verdict whether anybody still needs it.
    public func secrets(of id: ClientID, for administrator: Administrator) async throws(OAuthError) -> JSON {
        let now = administrator.trail.now
        _ = try await found(id, administrator)
        try await flushSecretUses()
        let secrets = try await stores.clients.secrets(of: id, at: now)
        let items = secrets.enumerated().map { index, secret -> JSON in
            [
                "id": .string(secret.id.text), "createdAt": .time(secret.createdAt),
                "expiresAt": .time(secret.expiresAt), "lastUsedAt": .time(secret.lastUsedAt),
                "useCount": .integer(secret.useCount),
                "verdict": .string(secret.verdict(newer: Array(secrets[(index + 1)...]), at: now).rawValue),
            ]
        }
        return ["items": .array(items), "nextCursor": .null]
    }

    /// Ends one secret at once.
    public func removeSecret(
        _ secret: SecretID, of id: ClientID, by administrator: Administrator
    ) async throws(OAuthError) {
        let record = administrator.record(.clientUpdated(id), "client.remove_secret", "client:\(id)")
        guard try await stores.clients.removeSecret(secret, of: id, record) else {
            throw OAuthError(.notFound, "The client has no live secret of this id.")
        }
    }

    /// Writes the uses that have gathered; what cannot be written is kept for the next time.
    public func flushSecretUses() async throws(OAuthError) {
        let taken = secretUses.take()
        guard !taken.isEmpty else { return }
        do {
            try await stores.clients.noteUses(taken)
        } catch {
            secretUses.restore(taken)
            throw error
        }
    }

    /// A secret of 256 random bits with the prefix that scanners look for.
    public func newSecret(for id: ClientID, at now: Instant) -> (row: ClientSecret, text: String) {
        let text = "mlt_cs_" + Base64URL.encode(surroundings.random(32))
        return (secretRow(text, for: id, at: now), text)
    }

    /// The row of a secret, which may be one that the operator chose (the bootstrap client's).
    public func secretRow(_ text: String, for id: ClientID, at now: Instant) -> ClientSecret {
        ClientSecret(
            id: SecretID(Base64URL.encode(surroundings.random(12))), clientID: id,
            hash: master.hash(ofClientSecret: text), createdAt: now)
    }
}

extension Administrator {
    /// The record of what this administrator does.
    func record(_ event: Event, _ action: String, _ subject: String) -> Record {
        Record(trail, events: [event], audit: AuditEntry(action: action, subject: subject))
    }
}

extension Page {
    /// `{"items": […], "nextCursor": …}`.
    func json(_ item: (Element) -> JSON) -> JSON {
        ["items": .array(items.map(item)), "nextCursor": .string(orNull: nextCursor)]
    }
}

extension JSON {
    /// Adds a member to an object.
    mutating func append(_ name: String, _ value: JSON) {
        guard let object else { return }
        self = .object(JSONObject(object.members.map { ($0.name, $0.value) } + [(name, value)]))
    }
}

extension OAuthError {
    static var noClient: OAuthError { OAuthError(.notFound, "There is no client of this id.") }
}
