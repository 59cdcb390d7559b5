public import JOSE

/// Clients as operators manage them.
extension OpenIDProvider {
    /// Registers a client.
    ///
    /// - Returns: the client, with its secret the one time it is told.
    public func createClient(_ body: JSON, by administrator: Administrator) async throws(OAuthError) -> JSON {
        let now = administrator.trail.now
        let id = ClientID(Base64URL.encode(surroundings.random(16)))
        var client = try ClientMetadata.client(
            body, id: id, knownScopes: scopes.names, algorithms: keys.current.algorithms, profile: settings.profile,
            at: now)
        client.tenantID = try administrator.tenant(client.tenantID, code: .invalidClientMetadata)
        try checkAddresses(of: client)
        try checkEgress(of: client)
        let secret = client.kind == .confidential ? newSecret(for: id, at: now) : nil
        try await stores.clients.register(
            client, secret: secret?.row, administrator.record(.clientCreated(id), "client.create", "client:\(id)"))
        var answer = client.json
        if let secret { answer.append("clientSecret", .string(secret.text)) }
        return answer
    }

    /// Clients by age; each filter that is given narrows the list: the id, `CONFIDENTIAL` or `PUBLIC`, scopes that are
    /// all allowed, a grant type.
    public func clients(
        id: String?, type: String?, scope: String?, grantType: String?, _ page: PageRequest,
        for administrator: Administrator
    ) async throws(OAuthError) -> JSON {
        var filter = ClientFilter()
        filter.id = id.map { ClientID($0) }
        filter.tenantID = administrator.tenantID
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
        if let grantType {
            guard let grant = GrantType(rawValue: grantType) else {
                throw .malformed("grantType", "names a grant that is not served here")
            }
            filter.grantTypes = [grant]
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
            var new = try ClientMetadata.client(
                body, changing: old, replacing: replacing, knownScopes: scopes.names,
                algorithms: keys.current.algorithms, profile: settings.profile, at: administrator.trail.now)
            new.tenantID = try administrator.tenant(new.tenantID, code: .invalidClientMetadata)
            try checkAddresses(of: new)
            try checkEgress(of: new, replacing: old)
            if try await stores.clients.replace(old, by: new, record) { return new.json }
        }
        throw OAuthError(.conflict, "The client is being changed by others at the same time. Try again.")
    }

    /// What takes the grammar of addresses to read.
    private func checkAddresses(of client: Client) throws(OAuthError) {
        guard client.allowedRanges.allSatisfy(addresses.isRange) else {
            throw .member(
                "allowedCidrs", "has a value that is no address and no block in CIDR notation",
                code: .invalidClientMetadata)
        }
    }

    /// How often a change is tried anew when another one came between.
    private static var attempts: Int { 8 }

    /// Removes a client with everything that depends on it.
    public func deleteClient(_ id: ClientID, by administrator: Administrator) async throws(OAuthError) {
        _ = try await found(id, administrator)
        let record = administrator.record(.clientDeleted(id), "client.delete", "client:\(id)")
        guard try await stores.clients.delete(id, record) else { throw .noClient }
    }

    /// - Throws: `not_found`, also for a client that is another tenant's.
    func found(_ id: ClientID, _ administrator: Administrator) async throws(OAuthError) -> Client {
        guard let client = try await stores.clients.client(id, at: administrator.trail.now)?.client,
            administrator.sees(client.tenantID)
        else { throw .noClient }
        return client
    }
}

extension OAuthError {
    static var noClient: OAuthError { OAuthError(.notFound, "There is no client of this id.") }
}
