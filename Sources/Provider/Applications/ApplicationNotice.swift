/// Mail that tells of a decision and is to be tried now.
public struct DueApplicationNotice: Sendable, Equatable {
    /// What was decided about.
    public var application: Application
    /// Tries so far, this one included.
    public var attempts: Int
    /// From here on it is given up.
    public var givesUpAt: Instant

    /// Mail that is due.
    public init(application: Application, attempts: Int, givesUpAt: Instant) {
        self.application = application
        self.attempts = attempts
        self.givesUpAt = givesUpAt
    }
}

extension OpenIDProvider {
    /// The mail that tells of a decision. A link is made in this moment: its hash is stored before anybody can have the
    /// secret. Nobody has confirmed the address, so nothing that the requester wrote goes there.
    public func compose(_ due: DueApplicationNotice, at now: Instant) async throws(OAuthError) -> MailDecision {
        let application = due.application
        guard let recipient = EmailAddress(application.email) else {
            return .drop("the address is none that mail can be sent to")
        }
        var mail = ComposedMail(
            id: application.id.text, kind: .applicationRefused, recipient: recipient,
            mailbox: master.hash(ofMailbox: recipient), language: application.language, username: nil,
            link: "\(settings.issuer)/applications/new", linkLifetime: nil)
        mail.reason = application.decision?.reason
        mail.askedAt = application.createdAt
        switch application.status {
        case .pending: return .drop("nothing is decided")
        case .refused: return .send(mail)
        case .approved:
            let lifetime = settings.applications.link
            let link = OpaqueToken(
                .applicationLink, bucket: application.id.bucket, secret: surroundings.random(32))
            guard try await stores.applications.set(link, of: application.id, until: now + lifetime, at: now) else {
                return .drop("the credentials were collected")
            }
            mail.kind = .applicationApproved
            mail.link = "\(settings.issuer)/applications/credentials?token=\(link.text)"
            mail.linkLifetime = lifetime
            return .send(mail)
        }
    }
}
