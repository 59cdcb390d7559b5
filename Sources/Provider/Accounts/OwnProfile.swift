public import JOSE

/// A user's own profile: by a token of theirs with scope `account`, or on their page.
extension OpenIDProvider {
    /// Changes the named members of a profile and leaves the rest. Another e-mail address does not become the owner's, be
    /// it confirmed: a token with scope `account` is no password (``User/recoveryEmail``).
    public func changeProfile(
        _ body: JSON, of owner: AccountOwner, language: String
    ) async throws(OAuthError) -> JSON {
        try await change(owner.user.id, by: try UserProfile(body), language, owner.trail).json
    }

    /// The same by the form of a page. Another e-mail address takes the password: who reads mail there can set another.
    public func changeProfile(
        _ body: JSON, of user: User, password: String?, in browser: Browser, language: String, trail: Trail
    ) async throws(ProofRefusal) -> User {
        let profile: UserProfile
        do {
            profile = try UserProfile(body)
            var new = user
            var read = profile
            try read.applyOwn(to: &new, keepsReadOnly: true)
            if new.email == user.email { return try await change(user.id, by: profile, language, trail) }
        } catch {
            throw error.code == .invalidRequest ? .malformed(error) : .failed(error)
        }
        try await prove(user, password ?? "", in: browser, trail.acting(as: user.id))
        do {
            return try await change(user.id, whileHash: user.passwordHash, by: profile, language, trail)
        } catch {
            throw .failed(error)
        }
    }

    /// Sends the mail that confirms the address once more.
    public func requestOwnVerification(of user: User, language: String, trail: Trail) async throws(OAuthError) {
        guard let email = user.email, !user.emailVerified, mailAllowance.take(from: trail.network, at: trail.now)
        else { return }
        let mails = mails(.verifyEmail, to: user, address: email, language: language, at: trail.now)
        try await stores.events.append(Record(trail.acting(as: user.id), mails: mails))
    }

    /// - Parameter proof: the hash that the password was checked against, where it was. When the user has another one by
    ///   now, nothing is changed (`conflict`): a new password is not undone by an address that was on its way.
    private func change(
        _ id: UserID, whileHash proof: String? = nil, by profile: UserProfile, _ language: String, _ trail: Trail
    ) async throws(OAuthError) -> User {
        let trail = trail.acting(as: id)
        return try await change(id) { user throws(OAuthError) in
            guard proof == nil || proof == user.passwordHash else {
                throw OAuthError(.conflict, "The user has a new password by now. Log in again.")
            }
            var profile = profile
            let former = user.email
            try profile.applyOwn(to: &user, keepsReadOnly: true)
            if proof != nil, user.email != former { user.nextOwnerEmail = user.email }
        } recorded: { old, new in
            var mails: [MailOrder] = []
            // Nobody is told by mail what a stranger calls an account.
            if let former = old.email, new.email != former, old.emailVerified || former == old.ownerEmail {
                mails += self.mails(.emailChanged, to: old, address: former, language: language, at: trail.now)
            }
            if let email = new.email, email != old.email {
                mails += self.mails(.verifyEmail, to: new, address: email, language: language, at: trail.now)
            }
            return Record(
                trail, events: [.userUpdated(id)],
                audit: AuditEntry(action: "user.change_profile", subject: "user:\(id)"),
                mails: mails)
        }
    }
}
