public import JOSE

/// A forgotten password: a link by mail, good once and for half an hour, sets a new one. It logs nobody in.
extension OpenIDProvider {
    /// Takes `{username}` or `{email}`. What comes of it goes by mail, if anything does: nobody who asks learns anything.
    ///
    /// - Throws: `invalid_request` for a body without either, or with both; `temporarily_unavailable`.
    public func requestPasswordReset(_ body: JSON, language: String, trail: Trail) async throws(OAuthError) {
        var reader = try MemberReader(body)
        let name = try reader.string("username", limit: 1024)
        let email = try reader.string("email", limit: 1024)
        try reader.refuseRest()
        guard name == nil || email == nil else { throw .member("email", "cannot stand beside the member 'username'") }
        guard let text = name ?? email, !text.isEmpty else { throw .member("username", "is missing") }
        let subject = name == nil ? MailInquiry.Subject(email: address(text)) : .init(name: folded(text))
        try await requestPasswordReset(subject, language: language, trail: trail)
    }

    /// The same for what a person wrote into the one field of the page: a name, or an address.
    public func requestPasswordReset(of text: String, language: String, trail: Trail) async throws(OAuthError) {
        let subject = MailInquiry.Subject(name: folded(text), email: address(text))
        try await requestPasswordReset(subject, language: language, trail: trail)
    }

    private func requestPasswordReset(
        _ subject: MailInquiry.Subject, language: String, trail: Trail
    ) async throws(OAuthError) {
        guard let inquiry = inquiry(.resetPassword, about: subject, language: language, trail) else { return }
        try await stores.mails.ask(inquiry)
    }

    /// A name that cannot exist takes the same way as one that does not: no name is a space.
    private func folded(_ name: String) -> String { (try? names.keys(of: name))?.keys.folded ?? " " }

    private func address(_ text: String) -> String { String(text.prefix(254)) }

    /// The user whose password a link may set; nil when it is none, or not good any more. Looking uses nothing up: mail
    /// scanners open every link.
    public func userToReset(_ text: String, at now: Instant) async throws(OAuthError) -> User? {
        guard let token = OpaqueToken(.passwordReset, presented: text) else { return nil }
        return try await stores.links.userToReset(token, at: now)
    }

    /// Sets a new password by a link. All logins of the user end, and so does what clients have.
    ///
    /// - Returns: what a browser in which that was done remembers.
    @discardableResult
    public func resetPassword(
        by text: String, to new: String, language: String, trail: Trail
    ) async throws(ResetRefusal) -> KnownDevice {
        do {
            guard let token = OpaqueToken(.passwordReset, presented: text),
                var user = try await stores.links.userToReset(token, at: trail.now)
            else { throw ResetRefusal.linkOver }
            if let problem = settings.passwords.problem(new, of: user, names) { throw ResetRefusal.password(problem) }
            let hash = try await passwords.hash(names.normalized(password: new))
            let trail = trail.acting(as: user.id)
            let change = NewPassword(userID: user.id, hash: hash, proof: .link(token), keeping: nil)
            let record = passwordRecord(of: user, "user.reset_password", language, trail)
            guard try await stores.users.setPassword(change, record) else { throw ResetRefusal.linkOver }
            user.passwordHash = hash
            return KnownDevice(of: user, self)
        } catch let refusal as ResetRefusal {
            throw refusal
        } catch let error as OAuthError {
            throw .failed(error)
        } catch {
            throw .failed(.storeUnavailable("\(error)"))
        }
    }

    /// Takes `{token, newPassword}`.
    public func resetPassword(_ body: JSON, language: String, trail: Trail) async throws(OAuthError) {
        var reader = try MemberReader(body)
        let token = try reader.string("token", limit: 1024)
        var password: String?
        if let value = reader.take("newPassword"), !value.isNull {
            guard let text = value.string else { throw .member("newPassword", "must be a string") }
            password = text
        }
        try reader.refuseRest()
        guard let token, !token.isEmpty else { throw .member("token", "is missing") }
        guard let password else { throw .member("newPassword", "is missing") }
        do {
            try await resetPassword(by: token, to: password, language: language, trail: trail)
        } catch {
            switch error {
            case .linkOver: throw .linkOver
            case .password(let problem): throw problem.error("newPassword")
            case .failed(let error): throw error
            }
        }
    }
}

/// Why a link set no password.
public enum ResetRefusal: Error, Sendable, Equatable {
    /// It is none, or used, or over.
    case linkOver
    /// The new password is not good enough.
    case password(PasswordProblem)
    /// The store or the password lane could not serve.
    case failed(OAuthError)
}

extension OAuthError {
    /// One answer for what never was, was used and is over.
    static var linkOver: OAuthError {
        .member("token", "is not one of this server, or was used, or its time is over")
    }
}
