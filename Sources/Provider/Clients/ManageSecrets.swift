public import JOSE

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
    public func secrets(
        of id: ClientID, _ page: PageRequest = PageRequest(), for administrator: Administrator
    ) async throws(OAuthError) -> JSON {
        let now = administrator.trail.now
        let after = try page.cursor.map { text throws(OAuthError) in try SecretPlace(text) }
        _ = try await found(id, administrator)
        try await flushSecretUses()
        let secrets = try await stores.clients.secrets(of: id, at: now)
        let wanted = secrets.indices.filter { index in after.map { $0.isBefore(secrets[index]) } ?? true }
        let shown = wanted.prefix(page.limit)
        let items = shown.map { index -> JSON in
            let secret = secrets[index]
            return [
                "id": .string(secret.id.text), "createdAt": .time(secret.createdAt),
                "expiresAt": .time(secret.expiresAt), "lastUsedAt": .time(secret.lastUsedAt),
                "useCount": .integer(secret.useCount),
                "verdict": .string(secret.verdict(newer: Array(secrets[(index + 1)...]), at: now).rawValue),
            ]
        }
        let isLast = shown.count == wanted.count
        let next = shown.last.flatMap { isLast ? nil : SecretPlace(of: secrets[$0]).text }
        return ["items": .array(items), "nextCursor": .string(orNull: next)]
    }

    /// Ends one secret at once.
    public func removeSecret(
        _ secret: SecretID, of id: ClientID, by administrator: Administrator
    ) async throws(OAuthError) {
        _ = try await found(id, administrator)
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
        let text = ClientSecret.prefix + Base64URL.encode(surroundings.random(32))
        return (secretRow(text, for: id, at: now), text)
    }

    /// The row of a secret, which may be one that the operator chose (the bootstrap client's).
    public func secretRow(_ text: String, for id: ClientID, at now: Instant) -> ClientSecret {
        ClientSecret(
            id: SecretID(Base64URL.encode(surroundings.random(12))), clientID: id,
            hash: master.hash(ofClientSecret: text), createdAt: now)
    }
}

/// Where a list of secrets goes on: behind the secret of this time and id, whether it is still there or not.
private struct SecretPlace {
    let createdAt: Int64
    let id: String

    init(of secret: ClientSecret) {
        createdAt = secret.createdAt.milliseconds
        id = secret.id.text
    }

    /// - Throws: `invalid_request` naming `cursor` for text that no list gave.
    init(_ text: String) throws(OAuthError) {
        guard let bytes = Base64URL.decode(text), let plain = String(validating: bytes, as: UTF8.self),
            let dot = plain.firstIndex(of: "."), let createdAt = Int64(plain[..<dot])
        else { throw .malformed("cursor", "is not one that a list gave") }
        self.createdAt = createdAt
        id = String(plain[plain.index(after: dot)...])
    }

    /// `<milliseconds>.<id>` in base64url. Opaque to callers.
    var text: String { Base64URL.encode(Array("\(createdAt).\(id)".utf8)) }

    func isBefore(_ secret: ClientSecret) -> Bool {
        (createdAt, id) < (secret.createdAt.milliseconds, secret.id.text)
    }
}
