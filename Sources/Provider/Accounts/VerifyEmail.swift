public import JOSE

/// Whether mail to an address arrives: a link by mail, good once and for a day, says so.
extension OpenIDProvider {
    /// Takes `{token}`, which confirms an address, or `{email}`, which asks for such mail; answers which it was.
    ///
    /// - Throws: `invalid_request` for a link that is over, a body without either, or with both.
    public func verifyEmail(_ body: JSON, language: String, trail: Trail) async throws(OAuthError) -> VerifyEmailAct {
        var reader = try MemberReader(body)
        let token = try reader.string("token", limit: 1024)
        let email = try reader.string("email", limit: 1024)
        try reader.refuseRest()
        guard token == nil || email == nil else { throw .member("email", "cannot stand beside the member 'token'") }
        if let email, !email.isEmpty {
            try await requestEmailVerification(of: email, language: language, trail: trail)
            return .asked
        }
        guard let token, !token.isEmpty else { throw .member("token", "is missing") }
        guard try await confirmEmail(by: token, trail: trail) else { throw .linkOver }
        return .confirmed
    }

    /// Asks for mail to an address. Nobody who asks learns whether there is an account.
    public func requestEmailVerification(
        of email: String, language: String, trail: Trail
    ) async throws(OAuthError) {
        let subject = MailInquiry.Subject(email: String(email.prefix(254)))
        guard let inquiry = inquiry(.verifyEmail, about: subject, language: language, trail) else { return }
        try await stores.mails.ask(inquiry)
    }

    /// The user whose address a link confirms; nil when it is none, or not good any more. Looking uses nothing up: mail
    /// scanners open every link.
    public func userToVerify(_ text: String, at now: Instant) async throws(OAuthError) -> User? {
        guard let token = OpaqueToken(.emailVerification, presented: text) else { return nil }
        return try await stores.links.userToVerify(token, at: now)
    }

    /// Confirms an address by a link; false when that is over.
    public func confirmEmail(by text: String, trail: Trail) async throws(OAuthError) -> Bool {
        guard let token = OpaqueToken(.emailVerification, presented: text),
            let user = try await stores.links.userToVerify(token, at: trail.now)
        else { return false }
        let record = Record(
            trail.acting(as: user.id), events: [.userUpdated(user.id)],
            audit: AuditEntry(action: "user.verify_email", subject: "user:\(user.id)"))
        return try await stores.links.verify(token, record)
    }
}

/// What a call for the verification of an address did.
public enum VerifyEmailAct: Sendable { case asked, confirmed }
