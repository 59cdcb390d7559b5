/// A successful login: the browser's new cookie and whose it is.
public struct LoggedIn: Sendable {
    /// The session cookie's new value; its life is the session's.
    public var cookie: OpaqueToken
    /// The session that began or went on.
    public var session: Session
    /// Who logged in.
    public var user: User
    /// What the browser is to remember of it.
    public var device: KnownDevice
}

/// Why nobody was logged in.
public enum LoginRefusal: Error, Sendable, Equatable {
    /// Name or password; which of them is nobody's business (CVE-2026-4633).
    case wrongPassword
    /// Too many wrong ones lately: seconds to wait, at most 30.
    case throttled(retryAfter: Int)
    /// The code of the second step: no code of this user's, or used before.
    case wrongCode
    /// What the browser gave is no passkey of a user's, or its counter went back.
    case wrongPasskey
    /// The second step came too late, in another browser, or after the password had changed.
    case pendingIsOver
    /// The store or the password lane could not serve.
    case failed(OAuthError)
}

/// How far a login has come.
public enum LoginProgress: Sendable {
    case loggedIn(LoggedIn)
    /// The password was right; a second step is due.
    case secondStep(PendingLogin)
}

/// Login by name and password (OpenID Connect Core §3.1.2.3).
extension OpenIDProvider {
    /// Checks a password. Who has an authenticator must go on with it; for everybody else the session begins.
    public func logIn(
        username: String, password: String, browser: Browser, trail: Trail
    ) async throws(LoginRefusal) -> LoginProgress {
        // Once more when the hash became another one before the session began: by a new password, which this one is not,
        // or by another login that made the hash anew.
        for _ in 0..<3 {
            let user = try await identify(username: username, password: password, in: browser, trail)
            // Nothing could tie a second step to a browser without a binding.
            guard !user.factors.hasAuthenticator || browser.binding != nil else { throw .pendingIsOver }
            do {
                if user.factors.hasAuthenticator, let binding = browser.binding {
                    return .secondStep(try PendingLogin(user, binding: binding, at: trail.now, master))
                }
                if let loggedIn = try await openSession(for: user, by: .password, browser, trail) {
                    return .loggedIn(loggedIn)
                }
            } catch {
                throw .failed(error)
            }
        }
        throw .wrongPassword
    }

    /// Whose name and password these are, by the rules of every login: throttled before the password is looked at, the
    /// same work for names that do not exist, failures told.
    func identify(
        username: String, password: String, in browser: Browser, _ trail: Trail
    ) async throws(LoginRefusal) -> User {
        // A name that cannot exist takes the same way as one that does not: no name is a space.
        let key = (try? names.keys(of: username))?.keys.folded ?? " "
        let place = try await device(of: key, browser)?.subject ?? trail.network
        try await throttle.admit(account: key, address: place, at: surroundings.now, or: LoginRefusal.self)
        let verified: User?
        do {
            verified = try await verifiedUser(key, password: password, trail)
        } catch {
            throttle.withdraw(account: key, address: place)
            throw .failed(error)
        }
        guard let user = verified else {
            throttle.confirm(account: key, address: place, at: surroundings.now())
            throw .wrongPassword
        }
        throttle.forgive(account: key, address: place)
        do { try limits.spend(.login, .user, user.id.text, at: trail.now) } catch { throw .failed(error) }
        return user
    }

    /// The browser as the user's own; nobody is looked up for one that does not say so.
    private func device(of key: String, _ browser: Browser) async throws(LoginRefusal) -> KnownDevice? {
        guard KnownDevice.isClaimed(of: key, by: browser) else { return nil }
        do {
            return try await stores.users.user(named: key).flatMap { KnownDevice(of: $0, in: browser, master) }
        } catch {
            throw .failed(error)
        }
    }

    private func verifiedUser(
        _ key: String, password: String, _ trail: Trail
    ) async throws(OAuthError) -> User? {
        let user = try await stores.users.user(named: key)
        let given = comparable(password)
        switch try await passwords.verify(given, against: user?.passwordHash) {
        case .right(let outdated):
            guard var user, let old = user.passwordHash else { break }
            if outdated {
                let new = try await passwords.hash(given)
                try await stores.users.rehash(user.id, from: old, to: new)
                user.passwordHash = new
            }
            return user
        case .wrong: break
        }
        try await stores.events.append(Record(trail, events: [.loginFailed(user?.id)]))
        return nil
    }
}
