internal import Configuration
internal import Provider

/// A name and what may be told of its secret.
struct Credential: Sendable {
    let name: String
    /// A secret that was made just now; nil when it was told before or came from the operator.
    let secret: String?
    /// Whether the operator chose the secret: whoever chose it knows it, and a log need not.
    var isGiven = false
}

/// Makes the first administrator: a client that may ask for a token with scope `admin`.
struct Bootstrap {
    let provider: OpenIDProvider
    let choice: Deployment.AdministratorChoice
    let log: Log

    /// The id when the operator chose none.
    static let standardID = "martlet-admin"
    /// Characters of a secret that nobody is warned about: the 256 bits of RFC 6749 §10.10 fit in as many.
    private static let shortestSecret = 32

    /// The administrator that the settings name, made or brought up to date; without settings, one for a server that
    /// has no client at all.
    ///
    /// One that an operator deleted is not made again by the next start.
    /// - Throws: `Refusal` when the settings name a client that may not administer.
    func run(_ trail: Trail) async throws -> Credential? {
        if let secret = choice.clientSecret, secret.utf8.count < Self.shortestSecret {
            log.write(
                .warning,
                "\(Setting.adminClientSecret.variable) is shorter than \(Self.shortestSecret) characters and may be guessed"
            )
        }
        if choice.clientID == nil, choice.clientSecret == nil {
            let first = try await provider.stores.clients.clients(ClientFilter(), PageRequest(limit: 1))
            guard first.items.isEmpty else {
                let known = try await provider.stores.clients.client(ClientID(Self.standardID), at: trail.now)
                return known.map { Credential(name: $0.client.id.text, secret: nil) }
            }
        }
        let id = ClientID(choice.clientID ?? Self.standardID)
        if let known = try await provider.stores.clients.client(id, at: trail.now) {
            try await update(known, trail)
            return Credential(name: id.text, secret: nil, isGiven: choice.clientSecret != nil)
        }
        return try await make(id, trail)
    }

    private func make(_ id: ClientID, _ trail: Trail) async throws -> Credential {
        var client = Client(id: id, name: "Administrator", kind: .confidential, createdAt: trail.now)
        client.grantTypes = [.clientCredentials]
        client.allowedScopes = ScopeList(["admin"])
        let generated = choice.clientSecret == nil ? provider.newSecret(for: id, at: trail.now) : nil
        let row = generated?.row ?? provider.secretRow(choice.clientSecret ?? "", for: id, at: trail.now)
        // If not, another server that starts on the same database was first, and tells.
        let isFirst = try await provider.stores.clients.registerIfNew(client, secret: row, trail)
        return Credential(name: id.text, secret: isFirst ? generated?.text : nil, isGiven: generated == nil)
    }

    /// The settings may have a new secret: it takes the place of the old one at once.
    private func update(_ known: RegisteredClient, _ trail: Trail) async throws {
        let id = known.client.id
        guard known.client.allowedScopes.contains("admin") else {
            throw Refusal(
                "\(Setting.adminClientID.variable) names a client that may not have the scope admin. Name another.")
        }
        guard let secret = choice.clientSecret else { return }
        let row = provider.secretRow(secret, for: id, at: trail.now)
        guard !known.secrets.contains(where: { $0.hash == row.hash }) else { return }
        let record = Record(
            trail, events: [.clientSecretRotated(id, previousExpiresAt: trail.now)],
            audit: AuditEntry(action: "client.rotate_secret", subject: "client:\(id)"))
        _ = try await provider.stores.clients.rotateSecret(row, previousExpiresAt: trail.now, record)
        log.write(.info, "the administrator's secret was replaced by the one in the settings")
    }
}

extension ClientStore {
    /// Registers a client that the server makes for itself; false when the id is taken.
    func registerIfNew(_ client: Client, secret: ClientSecret, _ trail: Trail) async throws(OAuthError) -> Bool {
        let record = Record(
            trail, events: [.clientCreated(client.id)],
            audit: AuditEntry(action: "client.create", subject: "client:\(client.id)"))
        do {
            try await register(client, secret: secret, record)
            return true
        } catch {
            guard error.code == .conflict else { throw error }
            return false
        }
    }
}
