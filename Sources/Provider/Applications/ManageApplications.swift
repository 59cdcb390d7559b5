public import JOSE

/// Applications in the hands of administrators. They belong to no tenant, so an administrator of one reaches none.
extension OpenIDProvider {
    /// Applications by age, oldest first; each filter that is given narrows the list.
    public func applications(
        _ query: ApplicationQuery, _ page: PageRequest, for administrator: Administrator
    ) async throws(OAuthError) -> JSON {
        try administrator.requireServer()
        return try await stores.applications.applications(try query.filter(), page, at: administrator.trail.now)
            .json(\.json)
    }

    /// The same for the page of administrators.
    public func applications(
        _ status: Application.Status?, _ page: PageRequest, for administrator: Administrator
    ) async throws(OAuthError) -> Page<Application> {
        try administrator.requireServer()
        return try await stores.applications.applications(
            ApplicationFilter(status: status), page, at: administrator.trail.now)
    }

    /// One application.
    public func application(_ id: String, for administrator: Administrator) async throws(OAuthError) -> Application {
        try administrator.requireServer()
        guard let id = ApplicationID(parsing: id),
            let found = try await stores.applications.application(id, at: administrator.trail.now)
        else { throw OAuthError(.notFound, "There is no application of this id.") }
        return found
    }

    /// The same, as management answers show one.
    public func applicationJSON(_ id: String, for administrator: Administrator) async throws(OAuthError) -> JSON {
        try await application(id, for: administrator).json
    }

    /// Makes the client that was asked for; the requester is mailed the way to its credentials.
    ///
    /// - Throws: `conflict` for an application that was decided or has lapsed; the refusal of a member that the rules of
    ///   today do not allow.
    public func approveApplication(
        _ id: String, _ body: JSON, by administrator: Administrator
    ) async throws(OAuthError) -> JSON {
        let reader = try MemberReader(body)
        try reader.refuseRest()
        let now = administrator.trail.now
        let application = try await open(id, administrator)
        let client = try client(application.metadata, ClientID(Base64URL.encode(surroundings.random(16))), at: now)
        let record = administrator.record(
            .clientCreated(client.id), "application.approve", "application:\(application.id)")
        let isDone = try await stores.applications.approve(
            application.id, as: client, mailUntil: now + settings.applications.mail, record)
        return try await outcome(isDone, id, administrator)
    }

    /// Turns an application down; the requester is mailed the reason.
    ///
    /// - Throws: `conflict` for an application that was decided or has lapsed.
    public func refuseApplication(
        _ id: String, _ body: JSON, by administrator: Administrator
    ) async throws(OAuthError) -> JSON {
        var reader = try MemberReader(body)
        let reason = try reader.lines("reason", limit: 2000)
        try reader.refuseRest()
        let application = try await open(id, administrator)
        let record = Record(
            administrator.trail,
            audit: AuditEntry(action: "application.refuse", subject: "application:\(application.id)"))
        let isDone = try await stores.applications.refuse(
            application.id, because: reason.flatMap { $0.isEmpty ? nil : $0 },
            mailUntil: administrator.trail.now + settings.applications.mail, record)
        return try await outcome(isDone, id, administrator)
    }

    /// Mails another link to the credentials of an approved application, for a requester who has lost the first or let it
    /// run out. The former link is dead from now on, whether or not the new one arrives.
    ///
    /// - Throws: `conflict` when there is nothing (more) to collect, when a mail with a link is on its way, or when a new
    ///   link would outlive the application.
    public func resendApplicationLink(
        _ id: String, _ body: JSON, by administrator: Administrator
    ) async throws(OAuthError) -> JSON {
        try MemberReader(body).refuseRest()
        let (now, limits) = (administrator.trail.now, settings.applications)
        let application = try await application(id, for: administrator)
        if let reason = try await reasonNotToSendLink(of: application, at: now) { throw OAuthError(.conflict, reason) }
        let record = Record(
            administrator.trail,
            audit: AuditEntry(action: "application.resend", subject: "application:\(application.id)"))
        guard try await stores.applications.resend(application.id, mailUntil: now + limits.mail, record) else {
            // Something has changed in between, or a mail of before has not left yet.
            let standing = try await self.application(id, for: administrator)
            throw OAuthError(
                .conflict,
                try await reasonNotToSendLink(of: standing, at: now) ?? "A mail with a link is on its way already.")
        }
        return try await applicationJSON(id, for: administrator)
    }

    private func reasonNotToSendLink(
        of application: Application, at now: Instant
    ) async throws(OAuthError) -> String? {
        let limits = settings.applications
        guard let id = application.clientID else { return "The application was not approved." }
        guard application.collectedAt == nil else { return "The credentials were collected already." }
        guard let client = try await stores.clients.client(id, at: now) else { return "The client is gone." }
        guard client.secrets.allSatisfy({ $0.expiresAt != nil }) else { return "The client has a secret already." }
        guard now + limits.mail + limits.link <= application.createdAt + limits.memory else {
            return "The application is too old: it will be forgotten before a new link could be used."
        }
        return nil
    }

    private func open(_ id: String, _ administrator: Administrator) async throws(OAuthError) -> Application {
        let application = try await application(id, for: administrator)
        guard application.isOpen(at: administrator.trail.now) else { throw application.isOver }
        return application
    }

    /// What stands now: what was decided here, or the reason why it was not.
    private func outcome(
        _ isDone: Bool, _ id: String, _ administrator: Administrator
    ) async throws(OAuthError) -> JSON {
        let application = try await application(id, for: administrator)
        guard isDone else { throw application.isOver }
        return application.json
    }
}

extension Application {
    /// Why nobody decides about it any more.
    fileprivate var isOver: OAuthError {
        switch status {
        case .approved: OAuthError(.conflict, "The application was approved already.")
        case .refused: OAuthError(.conflict, "The application was refused already.")
        case .pending: OAuthError(.conflict, "The application has lapsed: nobody decided in time.")
        }
    }
}

/// The filters of a list of applications as a request names them.
public struct ApplicationQuery: Sendable {
    /// `pending`, `approved` or `refused`.
    public var status: String?
    /// `CONFIDENTIAL` or `PUBLIC`.
    public var type: String?
    /// The requester's address, in whatever letter case.
    public var email: String?
    /// Scopes that are all asked for, separated by spaces.
    public var scope: String?
    /// The client that was made.
    public var clientID: String?
    /// All applications.
    public init() {}

    /// - Throws: `invalid_request` naming a filter whose value is none.
    fileprivate func filter() throws(OAuthError) -> ApplicationFilter {
        var filter = ApplicationFilter(email: email, clientID: clientID.map { ClientID($0) })
        if let status {
            guard let known = Application.Status(rawValue: status) else {
                throw .malformed("status", "must be pending, approved or refused")
            }
            filter.status = known
        }
        if let type {
            guard let kind = Client.Kind(rawValue: type) else {
                throw .malformed("type", "must be CONFIDENTIAL or PUBLIC")
            }
            filter.kind = kind
        }
        if let scope {
            filter.scopes = try ScopeList(parsing: scope)
            guard !filter.scopes.isEmpty else { throw .malformed("scope", "is empty") }
        }
        return filter
    }
}
