/// The credentials of a client as its requester gets them, this once.
public struct CollectedCredentials: Sendable {
    /// The client.
    public let client: Client
    /// Its secret; nil for a public client, which has none.
    public let secret: String?
}

/// From the mailed link to the credentials. The secret is made in the moment in which it is shown, so it was never stored
/// where somebody could read it; until then nobody can be the client. (If an administrator has made a secret meanwhile,
/// there is nothing left to collect: the requester gets it from them.)
extension OpenIDProvider {
    /// The client behind a link; nil when the link is none, or used, or over. Looking uses nothing up: mail scanners open
    /// every link.
    public func clientToCollect(_ text: String, at now: Instant) async throws(OAuthError) -> Client? {
        guard let link = OpaqueToken(.applicationLink, presented: text),
            let application = try await stores.applications.application(behind: link, at: now),
            let id = application.clientID
        else { return nil }
        return try await stores.clients.client(id, at: now)?.client
    }

    /// Uses a link up and makes the client's secret; nil when the link is over.
    public func collectCredentials(_ text: String, trail: Trail) async throws(OAuthError) -> CollectedCredentials? {
        guard let link = OpaqueToken(.applicationLink, presented: text),
            let application = try await stores.applications.application(behind: link, at: trail.now),
            let id = application.clientID,
            let client = try await stores.clients.client(id, at: trail.now)?.client
        else { return nil }
        let secret = client.kind == .confidential ? newSecret(for: id, at: trail.now) : nil
        let record = Record(
            trail, events: secret == nil ? [] : [.clientSecretRotated(id, previousExpiresAt: nil)],
            audit: AuditEntry(action: "application.collect", subject: "application:\(application.id)"))
        guard try await stores.applications.collect(link, secret: secret?.row, record) else { return nil }
        return CollectedCredentials(client: client, secret: secret?.text)
    }
}
