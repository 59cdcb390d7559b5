import JOSE

/// The second step of a login, after the password.
extension OpenIDProvider {
    /// Checks a code of the user's authenticator, or one from paper, and begins the session.
    ///
    /// - Parameter pending: what the form carried.
    public func finishLogin(
        _ pending: String, code: String, browser: Browser, trail: Trail
    ) async throws(LoginRefusal) -> LoggedIn {
        let user = try await pendingUser(pending, browser, trail)
        try await factorThrottle.admit(
            account: user.id.text, address: nil, at: surroundings.now, or: LoginRefusal.self)
        let isRight: Bool
        do {
            isRight = try await accept(code, of: user, trail)
            if !isRight { try await stores.events.append(Record(trail, events: [.loginFailed(user.id)])) }
        } catch {
            factorThrottle.withdraw(account: user.id.text, address: nil)
            throw .failed(error)
        }
        guard isRight else {
            factorThrottle.confirm(account: user.id.text, address: nil, at: surroundings.now())
            throw .wrongCode
        }
        factorThrottle.forgive(account: user.id.text, address: nil)
        let loggedIn: LoggedIn?
        do {
            loggedIn = try await openSession(for: user, by: .passwordAndCode, browser, trail)
        } catch {
            throw .failed(error)
        }
        guard let loggedIn else { throw .pendingIsOver }
        return loggedIn
    }

    /// The user of a pending login, as the store has them now.
    private func pendingUser(
        _ pending: String, _ browser: Browser, _ trail: Trail
    ) async throws(LoginRefusal) -> User {
        guard let binding = browser.binding,
            let (id, fingerprint) = PendingLogin.user(of: pending, binding: binding, at: trail.now, master)
        else { throw .pendingIsOver }
        let user: User?
        do { user = try await stores.users.user(id) } catch { throw .failed(error) }
        guard let user, PendingLogin.fingerprint(user) == fingerprint else { throw .pendingIsOver }
        return user
    }

    /// Whether this is a code of the user's, unused till now.
    private func accept(_ typed: String, of user: User, _ trail: Trail) async throws(OAuthError) -> Bool {
        if let code = TOTP.Code(typed: typed) {
            guard let stored = try await stores.factors.authenticator(of: user.id), stored.confirmedAt != nil,
                let step = open(stored, of: user.id)?.step(of: code, at: trail.now)
            else { return false }
            return try await stores.factors.use(step, of: user.id)
        }
        guard let code = RecoveryCode(typed: typed) else { return false }
        let record = Record(
            trail.acting(as: user.id),
            audit: AuditEntry(action: "user.recovery_code_used", subject: "user:\(user.id.text)"))
        return try await stores.factors.useRecoveryCode(hash: code.hash(of: user.id), of: user.id, record)
    }

    /// The secret of a stored authenticator; nil when it was sealed for another user or under another master key.
    func open(_ stored: StoredAuthenticator, of user: UserID) -> TOTP? {
        master.open(stored.sealedSecret, context: Self.context(ofAuthenticator: user)).flatMap(TOTP.init(secret:))
    }

    /// Associated data of a sealed secret: one moved to another user's row does not open.
    static func context(ofAuthenticator user: UserID) -> String { "authenticator of \(user.text)" }
}
