/// What the browser gets next at a logout.
public enum LogoutStep: Sendable {
    /// Whether to log out, which nothing proves that the user who is logged in wants.
    case ask(User)
    /// Nobody is logged in in this browser any more.
    case done(LoggedOut)
}

/// A browser in which nobody is logged in (any more).
public struct LoggedOut: Sendable {
    /// Relying parties that the browser is to tell (OpenID Connect Front-Channel Logout §3).
    public var told: [FrontChannelLogout] = []
    /// Where a relying party wants the browser to go.
    public var redirect: PostLogoutRedirect?
    /// Whether the browser goes there by itself; else the user may.
    public var isSentOn = true
}

/// Logout at the request of a relying party (OpenID Connect RP-Initiated Logout 1.0).
extension OpenIDProvider {
    /// Ends the login that the request proves to be meant, and asks where it proves nothing, or means another login than
    /// this browser's (§2): a link from elsewhere logs nobody out.
    public func logOut(
        _ request: LogoutRequest, browser: Browser, trail: Trail
    ) async throws(OAuthError) -> LogoutStep {
        guard let login = try await signedIn(browser, at: trail.now) else {
            // What is over cannot be asked about. Without proof of who asks, going back is left to the user.
            return .done(LoggedOut(redirect: request.redirect, isSentOn: request.hint != nil))
        }
        guard let hint = request.hint, hint.sessionID == login.session.id, hint.userID == login.user.id else {
            return .ask(login.user)
        }
        return .done(try await logOut(login, trail, redirect: request.redirect))
    }

    /// Ends the browser's login because its user says so.
    public func logOut(
        _ request: LogoutRequest, saidBy login: (session: Session, user: User), trail: Trail
    ) async throws(OAuthError) -> LoggedOut {
        try await logOut(login, trail, redirect: request.redirect)
    }

    /// Ends the browser's login outside any request of a client.
    public func signOut(_ browser: Browser, trail: Trail) async throws(OAuthError) -> LoggedOut {
        guard let login = try await signedIn(browser, at: trail.now) else { return LoggedOut() }
        return try await logOut(login, trail, redirect: nil)
    }

    /// Ends a session, and with it every grant of it that is not offline. Whom the server tells itself is noted in the
    /// same transaction; whom the browser must tell is answered.
    private func logOut(
        _ login: (session: Session, user: User), _ trail: Trail, redirect: PostLogoutRedirect?
    ) async throws(OAuthError) -> LoggedOut {
        let (session, user) = login
        let record = Record(trail.acting(as: user.id), events: [.sessionEnded(session.id, user.id)])
        _ = try await stores.sessions.end(session.id, record)
        let clients = try await stores.logouts.frontChannelClients(of: session.id)
        return LoggedOut(
            told: clients.compactMap { FrontChannelLogout($0, session: session.id) }, redirect: redirect)
    }
}
