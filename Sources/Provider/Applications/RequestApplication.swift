public import JOSE

/// Asking for a client, without credentials.
extension OpenIDProvider {
    /// Scopes that nobody gets by asking: who may administer or reach into accounts is decided for a client that is known.
    private static var withheldScopes: [String] { ["admin", "account"] }

    /// The scopes that an application may name: `openid`, which most want, and the others by name.
    public var scopesToApplyFor: [Scope] {
        scopes.current.values.filter { !Self.withheldScopes.contains($0.name) }
            .sorted { ($0.name == "openid" ? "" : $0.name) < ($1.name == "openid" ? "" : $1.name) }
    }

    /// The grant types that an application may name here.
    public var grantTypesToApplyFor: [GrantType] {
        GrantType.allCases.filter { settings.profile == .legacy || !$0.isLegacy }
    }

    /// Takes down an application. Its members are held to the rules of a client with these members, by those very rules.
    ///
    /// - Parameter language: of the requester's mail.
    /// - Returns: the application, as management answers show one.
    /// - Throws: `too_many_requests` while too many wait for a decision, from this network, for this mailbox
    ///   or altogether.
    public func requestApplication(
        _ body: JSON, language: String, trail: Trail
    ) async throws(OAuthError) -> JSON {
        let application = try application(body, language: language, at: trail.now)
        let record = Record(
            trail, audit: AuditEntry(action: "application.request", subject: "application:\(application.id)"),
            mails: try await mailsToAdministrators(at: trail.now))
        let isTaken = try await stores.applications.add(application, within: settings.applications, record)
        guard isTaken else {
            throw OAuthError(
                .tooManyRequests, "Too many applications wait for a decision. Try again later.", retryAfter: 3600)
        }
        return application.json
    }

    private func application(
        _ body: JSON, language: String, at now: Instant
    ) throws(OAuthError) -> Application {
        var reader = try MemberReader(body)
        let description = try reader.lines("description", limit: 4000) ?? ""
        let address = try reader.string("email", limit: 1024)
        let wished = try Application.metadata(&reader)
        try reader.refuseRest()
        let client = try client(.object(wished), ClientID(""), at: now)
        for scope in Self.withheldScopes where client.allowedScopes.contains(scope) {
            throw .member(
                "scopes", "names a scope that nobody can apply for", code: .invalidClientMetadata)
        }
        guard let address, !address.isEmpty else { throw .member("email", "is missing") }
        guard let email = EmailAddress(address) else {
            throw .member("email", "is no address that mail can be sent to")
        }
        let limits = settings.applications
        let id = ApplicationID(
            bucket: .day(of: now + limits.memory, from: now), random: Base64URL.encode(surroundings.random(16)))
        var application = Application(
            id: id, name: client.name, kind: client.kind, email: email.text, language: language, createdAt: now,
            expiresAt: now + limits.decision)
        application.description = description
        application.grantTypes = client.grantTypes
        application.redirectURIs = client.redirectURIs
        application.scopes = client.allowedScopes
        application.resources = client.allowedResources
        return application
    }

    /// The client that an application asks for, checked as if an administrator registered it.
    ///
    /// - Throws: what is wrong, by the application's own names of the members.
    func client(_ metadata: JSON, _ id: ClientID, at now: Instant) throws(OAuthError) -> Client {
        do {
            return try ClientMetadata.client(
                metadata, id: id, knownScopes: scopes.names, algorithms: keys.current.algorithms,
                profile: settings.profile, at: now)
        } catch {
            throw Application.inItsOwnWords(error)
        }
    }
}

extension Application {
    /// The members that an application shares with a client, and what they are called there.
    private static let shared = [
        (own: "name", clients: "name"), (own: "type", clients: "type"), (own: "grantTypes", clients: "grantTypes"),
        (own: "redirectUris", clients: "redirectUris"), (own: "scopes", clients: "allowedScopes"),
        (own: "resources", clients: "allowedResources"),
    ]

    /// Takes the members of the client out of a body.
    fileprivate static func metadata(_ reader: inout MemberReader) throws(OAuthError) -> JSONObject {
        var object = JSONObject()
        for name in shared {
            if let value = reader.take(name.own) { object[name.clients] = value }
        }
        return object
    }

    /// The body that would register the client.
    var metadata: JSON {
        [
            "name": .string(name), "type": .string(kind.rawValue),
            "grantTypes": .strings(GrantType.allCases.filter(grantTypes.contains).map(\.rawValue)),
            "redirectUris": .strings(redirectURIs), "allowedScopes": .strings(scopes.names),
            "allowedResources": .strings(resources),
        ]
    }

    /// A refusal by the name that the member has here.
    fileprivate static func inItsOwnWords(_ error: OAuthError) -> OAuthError {
        guard let name = shared.first(where: { $0.clients == error.parameter && $0.own != $0.clients }) else {
            return error
        }
        var error = error
        error.parameter = name.own
        error.description = error.description.replacing("'\(name.clients)'", with: "'\(name.own)'")
        return error
    }

    /// An application as management answers show one.
    var json: JSON {
        [
            "id": .string(id.text), "status": .string(status.rawValue), "name": .string(name),
            "description": .string(description), "type": .string(kind.rawValue),
            "grantTypes": .strings(GrantType.allCases.filter(grantTypes.contains).map(\.rawValue)),
            "redirectUris": .strings(redirectURIs), "scopes": .strings(scopes.names),
            "resources": .strings(resources), "email": .string(email), "createdAt": .time(createdAt),
            "expiresAt": .time(expiresAt), "decidedAt": .time(decision?.time),
            "decidedBy": .string(orNull: decision?.actor), "reason": .string(orNull: decision?.reason),
            "clientId": .string(orNull: clientID?.text), "collectedAt": .time(collectedAt),
        ]
    }
}
