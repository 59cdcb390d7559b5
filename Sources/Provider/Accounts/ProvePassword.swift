/// Why somebody who is logged in was not let do what takes the password once more.
public enum ProofRefusal: Error, Sendable, Equatable {
    /// It is not the password.
    case wrongPassword
    /// Too many wrong ones lately: seconds to wait, at most 30.
    case throttled(retryAfter: Int)
    /// The new password is not good enough.
    case newPassword(PasswordProblem)
    /// Something else that was sent is not.
    case malformed(OAuthError)
    /// The store or the password lane could not serve.
    case failed(OAuthError)
}

/// The password once more, of somebody who is logged in: whoever finds an open browser shall not take the account over.
extension OpenIDProvider {
    /// Checks the password of a user; wrong ones count like those at the login, apart in a browser that knows the user.
    func prove(
        _ user: User, _ password: String, in browser: Browser, _ trail: Trail
    ) async throws(ProofRefusal) {
        let key = user.nameKeys.folded
        let place = KnownDevice(of: user, in: browser, master)?.subject ?? trail.network
        try await throttle.admit(account: key, address: place, at: surroundings.now, or: ProofRefusal.self)
        do {
            let given = comparable(password)
            if case .right = try await passwords.verify(given, against: user.passwordHash) {
                throttle.forgive(account: key, address: place)
                return
            }
            try await stores.events.append(Record(trail, events: [.loginFailed(user.id)]))
        } catch {
            throttle.withdraw(account: key, address: place)
            throw .failed(error)
        }
        throttle.confirm(account: key, address: place, at: surroundings.now())
        throw .wrongPassword
    }

    /// Sets a new password by the former one. All other logins of the user end, and so does what clients have; this
    /// browser's session goes on under a new cookie.
    public func changePassword(
        of login: (session: Session, user: User), from former: String, to new: String, in browser: Browser,
        cookie: OpaqueToken, language: String, trail: Trail
    ) async throws(ProofRefusal) -> LoggedIn {
        let session = login.session
        if let problem = settings.passwords.problem(new, of: login.user, names) { throw .newPassword(problem) }
        let trail = trail.acting(as: login.user.id)
        var standing: User? = login.user
        // Once more when the hash became another one meanwhile: by a new password, or by a login that made it anew.
        for _ in 0..<3 {
            guard let user = standing, let old = user.passwordHash else { throw .wrongPassword }
            try await prove(user, former, in: browser, trail)
            do {
                let fresh = OpaqueToken(.session, bucket: cookie.bucket, secret: surroundings.random(32))
                let change = NewPassword(
                    userID: user.id, hash: try await passwords.hash(names.normalized(password: new)),
                    proof: .formerHash(old), keeping: .init(session: session.id, cookie: fresh))
                let record = passwordRecord(of: user, "user.change_password", language, trail)
                if try await stores.users.setPassword(change, record) {
                    var user = user
                    user.passwordHash = change.hash
                    return LoggedIn(cookie: fresh, session: session, user: user, device: KnownDevice(of: user, self))
                }
                standing = try await stores.users.user(user.id)
            } catch {
                throw .failed(error)
            }
        }
        throw .failed(OAuthError(.conflict, "The user is being changed by others at the same time. Try again."))
    }

    /// What is told of a new password, and to whom.
    func passwordRecord(of user: User, _ action: String, _ language: String, _ trail: Trail) -> Record {
        Record(
            trail, events: [.userUpdated(user.id)], audit: AuditEntry(action: action, subject: "user:\(user.id)"),
            mails: mails(.passwordChanged, to: user, language: language, at: trail.now))
    }
}
