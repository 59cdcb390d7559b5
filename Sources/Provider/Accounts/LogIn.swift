import JOSE

/// A successful login: the browser's new cookie and whose it is.
public struct LoggedIn: Sendable {
    /// The session cookie's new value; its life is the session's.
    public var cookie: OpaqueToken
    /// The session that began or went on.
    public var session: Session
    /// Who logged in.
    public var user: User
}

/// Why nobody was logged in.
public enum LoginRefusal: Error, Sendable, Equatable {
    /// Name or password; which of them is nobody's business (CVE-2026-4633).
    case wrongPassword
    /// Too many wrong ones lately: seconds to wait, at most 30.
    case throttled(retryAfter: Int)
    /// The store or the password lane could not serve.
    case failed(OAuthError)
}

/// Login by name and password (OpenID Connect Core §3.1.2.3).
extension OpenIDProvider {
    /// Checks a password and begins a session, or renews the browser's own when it is the same user. Either way the
    /// cookie is new: one that somebody planted before is worth nothing (CVE-2026-7507).
    public func logIn(
        username: String, password: String, browser: Browser, trail: Trail
    ) async throws(LoginRefusal) -> LoggedIn {
        // A name that cannot exist takes the same way as one that does not: no name is a space.
        let key = (try? names.keys(of: username))?.keys.folded ?? " "
        switch await throttle.admit(account: key, address: trail.network, at: surroundings.now) {
        case .wait(let seconds): throw .throttled(retryAfter: seconds)
        case .admitted: break
        }
        var loggedIn: LoggedIn?
        do {
            // Once more when the hash became another one before the session began: by a new password, which this one is
            // not, or by another login that made the hash anew.
            for _ in 0..<3 where loggedIn == nil {
                guard let user = try await verifiedUser(key, password: password, trail) else { break }
                loggedIn = try await openSession(for: user, browser, trail.acting(as: user.id))
            }
        } catch {
            throttle.withdraw(account: key, address: trail.network)
            throw .failed(error)
        }
        guard let loggedIn else {
            throttle.confirm(account: key, address: trail.network, at: surroundings.now())
            throw .wrongPassword
        }
        throttle.forgive(account: key, address: trail.network)
        return loggedIn
    }

    private func verifiedUser(
        _ key: String, password: String, _ trail: Trail
    ) async throws(OAuthError) -> User? {
        let user = try await stores.users.user(named: key)
        let given = names.normalized(password: password)
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

    /// Nil when the user's hash is not the one any more that was checked.
    private func openSession(
        for user: User, _ browser: Browser, _ trail: Trail
    ) async throws(OAuthError) -> LoggedIn? {
        let amr = ["pwd"]
        var former: Session?
        if let cookie = browser.session { former = try await stores.sessions.session(cookie, at: trail.now) }
        if let cookie = browser.session, var session = former, session.userID == user.id {
            session.authTime = trail.now
            session.amr = amr
            session.acr = Settings.passwordACR
            let fresh = OpaqueToken(.session, bucket: cookie.bucket, secret: surroundings.random(32))
            let record = Record(trail, events: [.loginSucceeded(user.id, amr: amr)])
            if try await stores.sessions.renew(session, from: cookie, to: fresh, record) {
                return LoggedIn(cookie: fresh, session: session, user: user)
            }
        }
        let session = newSession(for: user, amr: amr, browser, trail)
        let cookie = OpaqueToken(.session, bucket: session.id.bucket, secret: surroundings.random(32))
        let record = Record(
            trail, events: [.loginSucceeded(user.id, amr: amr), .sessionStarted(session.id, user.id)])
        let ending = former.flatMap { $0.userID == user.id ? nil : $0.id }
        let hasBegun = try await stores.sessions.start(
            session, cookie: cookie, ending: ending, provenBy: user.passwordHash, record)
        return hasBegun ? LoggedIn(cookie: cookie, session: session, user: user) : nil
    }

    private func newSession(for user: User, amr: [String], _ browser: Browser, _ trail: Trail) -> Session {
        let expiresAt = trail.now + settings.lifetimes.session
        return Session(
            id: SessionID(bucket: .day(of: expiresAt), random: Base64URL.encode(surroundings.random(16))),
            userID: user.id, authTime: trail.now, amr: amr, acr: Settings.passwordACR, createdAt: trail.now,
            expiresAt: expiresAt, userAgent: String(browser.userAgent.prefix(256)), address: trail.address)
    }
}

/// The browser's own session, outside any request of a client.
extension OpenIDProvider {
    /// Who is logged in in this browser.
    public func signedIn(
        _ browser: Browser, at now: Instant
    ) async throws(OAuthError) -> (session: Session, user: User)? {
        guard let cookie = browser.session else { return nil }
        return try await stores.sessions.login(cookie, at: now)
    }

    /// Ends the browser's session, and with it every grant of it that is not offline.
    public func signOut(_ browser: Browser, trail: Trail) async throws(OAuthError) {
        guard let login = try await signedIn(browser, at: trail.now) else { return }
        let (session, user) = login
        let record = Record(trail.acting(as: user.id), events: [.sessionEnded(session.id, user.id)])
        _ = try await stores.sessions.end(session.id, record)
    }
}
