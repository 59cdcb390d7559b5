public import JOSE

/// Consents as operators, and users by their own tokens, manage them.
extension OpenIDProvider {
    /// What a user allows on the page alone: a client that has the user's token must not widen its own access, or that of
    /// another one, to what outlives the session or reaches further.
    private static let neverByToken = NextStep.alwaysAsked.union(ScopeList(["admin"]))

    /// Puts a consent on record without a page: the caller's own, or by an administrator that of any user. What stands
    /// already is widened.
    public func createConsent(_ body: JSON, by caller: Caller) async throws(OAuthError) -> JSON {
        var reader = try MemberReader(body)
        guard let clientID = try reader.string("clientId") else { throw .member("clientId", "is missing") }
        guard let names = try reader.strings("scopes", limit: ScopeList.limit) else {
            throw .member("scopes", "is missing")
        }
        let userID = try caller.owner(of: try reader.string("userId"))
        try reader.refuseRest()
        let now = caller.trail.now
        guard let client = try await stores.clients.client(ClientID(clientID), at: now)?.client else {
            throw .member("clientId", "names no client")
        }
        let scopes = ScopeList(names)
        guard !scopes.isEmpty else { throw .member("scopes", "is empty") }
        guard scopes.isSubset(of: client.allowedScopes), scopes.allSatisfy(self.scopes.names.contains) else {
            throw .member("scopes", "names a scope that the client may not have", code: .invalidScope)
        }
        if case .owner = caller, !scopes.intersection(Self.neverByToken).isEmpty {
            throw .member("scopes", "names a scope that only the consent page asks for", code: .invalidScope)
        }
        guard try await stores.users.user(userID) != nil else { throw .member("userId", "names no user") }
        let consent = Consent(
            id: newConsentID(), userID: userID, clientID: client.id, scopes: scopes, grantedAt: now)
        let record = caller.record(
            [.consentGranted(userID, client.id, scopes)], "consent.create", "user:\(userID)")
        let standing = try await stores.consents.grant(consent, in: nil, record)
        return try await found(standing, for: caller).json
    }

    /// Consents by age, oldest first: those that stand, or with those that ended.
    public func consents(
        clientID: String?, userID: String?, scope: String? = nil, includesRevoked: Bool, _ page: PageRequest,
        for caller: Caller
    ) async throws(OAuthError) -> JSON {
        let filter = ConsentFilter(
            clientID: clientID.map { ClientID($0) }, userID: try caller.reach(userID.map { UserID($0) }),
            scopes: try scope.map { text throws(OAuthError) in try ScopeList(filter: text) } ?? ScopeList(),
            includesRevoked: includesRevoked)
        return try await stores.consents.consents(filter, page).json(\.json)
    }

    /// One consent, whether it stands or not.
    public func consent(_ id: String, for caller: Caller) async throws(OAuthError) -> JSON {
        try await found(id, for: caller).json
    }

    /// Takes a consent back: what it gave its client is dead at once. Nothing changes for one that ended before.
    public func revokeConsent(_ id: String, by caller: Caller) async throws(OAuthError) {
        let consent = try await found(id, for: caller).consent
        try await revoke(consent, by: caller.isOwner ? .user : .administrator, caller.trail)
    }

    /// What the user's own page lists: the applications that a consent of theirs stands for, oldest first.
    public func allowedApplications(of user: User, at now: Instant) async throws(OAuthError) -> [AllowedApplication] {
        let known = scopes.current
        var applications: [AllowedApplication] = []
        var page = PageRequest(limit: 200)
        repeat {
            let next = try await stores.consents.consents(ConsentFilter(userID: user.id), page)
            for consent in next.items.map(\.consent) {
                guard let client = try await stores.clients.client(consent.clientID, at: now)?.client else { continue }
                applications.append(
                    AllowedApplication(
                        consent: consent, client: client,
                        scopes: consent.scopes.map { known[$0] ?? Scope(name: $0, descriptions: [:]) }))
            }
            page.cursor = next.nextCursor
        } while page.cursor != nil
        return applications
    }

    /// Takes a consent back by the user's own page; a consent of somebody else is left alone.
    ///
    /// - Returns: false when the user has no standing consent of this id.
    public func revokeConsent(_ id: String, of user: User, trail: Trail) async throws(OAuthError) -> Bool {
        guard let consent = try await stores.consents.consent(id)?.consent, consent.userID == user.id else {
            return false
        }
        return try await revoke(consent, by: .user, trail.acting(as: user.id))
    }

    @discardableResult
    private func revoke(
        _ consent: Consent, by revocation: Consent.Revocation, _ trail: Trail
    ) async throws(OAuthError) -> Bool {
        let record = Record(
            trail, events: [.consentRevoked(consent.userID, consent.clientID)],
            audit: AuditEntry(action: "consent.revoke", subject: "user:\(consent.userID)"))
        return try await stores.consents.revoke(consent.id, by: revocation, record)
    }

    private func found(_ id: String, for caller: Caller) async throws(OAuthError) -> ConsentHistory {
        guard let found = try await stores.consents.consent(id), caller.reaches(found.consent.userID) else {
            throw OAuthError(.notFound, "There is no consent of this id.")
        }
        return found
    }

    /// The id of a consent that is put on record now, unless one stands already.
    func newConsentID() -> String { Base64URL.encode(surroundings.random(16)) }
}

/// An application that a user has allowed something.
public struct AllowedApplication: Sendable {
    /// What stands.
    public let consent: Consent
    /// Which application.
    public let client: Client
    /// What it may.
    public let scopes: [Scope]
}

extension Caller {
    /// Whether it is a user for themselves.
    var isOwner: Bool {
        if case .owner = self { true } else { false }
    }

    /// Whose a new thing is: the user that is named, else the caller, who must then be a user.
    ///
    /// - Throws: `invalid_request` when nobody is named and the caller is no user, `insufficient_scope` for an owner who
    ///   names another.
    fileprivate func owner(of named: String?) throws(OAuthError) -> UserID {
        if let user = try reach(named.map { UserID($0) }) { return user }
        guard case .administrator(let administrator) = self, let user = administrator.userID else {
            throw .member("userId", "is missing, and the caller is no user")
        }
        return user
    }
}

extension ConsentHistory {
    /// A consent as management answers show one.
    var json: JSON {
        [
            "id": .string(consent.id), "userId": .string(consent.userID.text),
            "clientId": .string(consent.clientID.text), "scopes": .strings(consent.scopes.names),
            "grantedAt": .time(consent.grantedAt), "revokedAt": .time(consent.revokedAt),
            "revokedBy": .string(orNull: consent.revokedBy?.rawValue),
            "decisions": .array(
                decisions.map { decision in
                    [
                        "scopes": .strings(decision.scopes.names), "wordingVersion": .string(orNull: decision.wording),
                        "decidedAt": .time(decision.decidedAt),
                    ]
                }),
        ]
    }
}
