import JOSE

extension OpenIDProvider {
    /// Begins a session, or renews the browser's own when it is the same user. Either way the cookie is new: one that
    /// somebody planted before is worth nothing (CVE-2026-7507).
    ///
    /// - Returns: nil when what was checked does not stand any more: there is a new password, or the passkeys are gone.
    func openSession(
        for user: User, by proof: LoginProof, _ browser: Browser, _ trail: Trail
    ) async throws(OAuthError) -> LoggedIn? {
        let trail = trail.acting(as: user.id)
        let device = KnownDevice(of: user, in: browser, master) ?? KnownDevice(of: user, self)
        var former: Session?
        if let cookie = browser.session { former = try await stores.sessions.session(cookie, at: trail.now) }
        if let cookie = browser.session, var session = former, session.userID == user.id {
            session.authTime = trail.now
            session.amr = proof.amr
            session.acr = proof.context.rawValue
            let fresh = OpaqueToken(.session, bucket: cookie.bucket, secret: surroundings.random(32))
            let record = Record(trail, events: [.loginSucceeded(user.id, amr: proof.amr)])
            if try await stores.sessions.renew(session, from: cookie, to: fresh, record) {
                return LoggedIn(cookie: fresh, session: session, user: user, device: device)
            }
        }
        let (session, cookie) = newSession(for: user, by: proof, of: nil, browser, trail)
        var record = Record(
            trail, events: [.loginSucceeded(user.id, amr: proof.amr), .sessionStarted(session.id, user.id)])
        let ending = former.flatMap { $0.userID == user.id ? nil : $0 }
        if let ending { record.events.append(.sessionEnded(ending.id, ending.userID)) }
        let standing: SessionProof =
            proof == .passkey ? .passkey(whileHash: user.passwordHash) : .password(hash: user.passwordHash)
        let hasBegun = try await stores.sessions.start(
            session, cookie: cookie, ending: ending?.id, provenBy: standing, record)
        return hasBegun ? LoggedIn(cookie: cookie, session: session, user: user, device: device) : nil
    }

    /// A session that begins now, and its cookie.
    ///
    /// - Parameter client: the one that the session is for alone; nil for the session of a browser.
    func newSession(
        for user: User, by proof: LoginProof, of client: Client?, _ browser: Browser, _ trail: Trail
    ) -> (Session, cookie: OpaqueToken) {
        let expiresAt = trail.now + lifetime(of: .session, client: client, user: user)
        let id = SessionID(
            bucket: .day(of: expiresAt, from: trail.now), random: Base64URL.encode(surroundings.random(16)))
        let session = Session(
            id: id, userID: user.id, authTime: trail.now, amr: proof.amr, acr: proof.context.rawValue,
            createdAt: trail.now, expiresAt: expiresAt, userAgent: String(browser.userAgent.prefix(256)),
            address: trail.address)
        return (session, OpaqueToken(.session, bucket: id.bucket, secret: surroundings.random(32)))
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
}
