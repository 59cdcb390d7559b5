import JOSE

/// What the account page says of two-step login.
public struct FactorOverview: Sendable {
    /// Whether logins ask for a code.
    public var hasAuthenticator: Bool
    /// How many recovery codes are left; 0 without an authenticator.
    public var recoveryCodesLeft: Int
}

/// Two-step login, just turned on.
public struct ConfirmedAuthenticator: Sendable {
    /// To be shown this once.
    public var recoveryCodes: [RecoveryCode]
    /// The login that goes on.
    public var login: LoggedIn
}

/// What a user does with their own factors. Pages call these only for who proved lately, and well enough, who they are
/// (``OpenIDProvider/mayChangeFactors(_:at:)``).
extension OpenIDProvider {
    /// Seconds after a login in which its user may change how they log in.
    private static let recently = 900

    /// Whether a login is recent enough to change how its user logs in, which a browser left open is not, and took what a
    /// login takes today: one by a stolen password, from before there was a second step, does not take that away.
    public func mayChangeFactors(_ login: (session: Session, user: User), at now: Instant) -> Bool {
        login.session.authTime + Self.recently > now
            && login.session.context >= login.user.factors.contextByPassword
    }

    /// What the user has.
    public func factors(of user: User) async throws(OAuthError) -> FactorOverview {
        FactorOverview(
            hasAuthenticator: user.factors.hasAuthenticator,
            recoveryCodesLeft: user.factors.hasAuthenticator
                ? try await stores.factors.recoveryCodesLeft(of: user.id) : 0)
    }

    /// A new secret, which counts once ``confirmAuthenticator(of:code:trail:)`` has seen a code of it. Nil when the user
    /// has an authenticator.
    public func proposeAuthenticator(to user: User, trail: Trail) async throws(OAuthError) -> TOTP? {
        let totp = TOTP(random: surroundings.random)
        let sealed = try master.seal(totp.secret, context: Self.context(ofAuthenticator: user.id))
        return try await stores.factors.propose(sealedSecret: sealed, to: user.id, at: trail.now) ? totp : nil
    }

    /// The secret that waits for its first code.
    public func proposedAuthenticator(of user: User) async throws(OAuthError) -> TOTP? {
        guard let stored = try await stores.factors.authenticator(of: user.id), stored.confirmedAt == nil else {
            return nil
        }
        return open(stored, of: user.id)
    }

    /// Turns two-step login on. All other logins of the user end, with what clients have by them: whoever came in by the
    /// password alone is out. This one goes on under a new cookie, and the code makes it one of two factors.
    ///
    /// - Returns: nil when the code is not one of the proposed secret, or the browser's login is over.
    public func confirmAuthenticator(
        of login: (session: Session, user: User), in browser: Browser, code typed: String, trail: Trail
    ) async throws(OAuthError) -> ConfirmedAuthenticator? {
        var (session, user) = login
        guard let cookie = browser.session,
            let stored = try await stores.factors.authenticator(of: user.id), stored.confirmedAt == nil,
            let code = TOTP.Code(typed: typed),
            let step = open(stored, of: user.id)?.step(of: code, at: trail.now)
        else { return nil }
        let codes = RecoveryCode.newSet(random: surroundings.random)
        if session.context < LoginProof.passwordAndCode.context {
            session.amr = LoginProof.passwordAndCode.amr
            session.acr = LoginProof.passwordAndCode.context.rawValue
        }
        let fresh = OpaqueToken(.session, bucket: cookie.bucket, secret: surroundings.random(32))
        let isFirst = try await stores.factors.confirm(
            sealedSecret: stored.sealedSecret, step: step, recoveryHashes: codes.map { $0.hash(of: user.id) },
            in: KeptLogin(session: session, cookie: fresh), changed(user, "user.authenticator_added", trail))
        guard isFirst else { return nil }
        user.factors.hasAuthenticator = true
        let device = KnownDevice(of: user, in: browser, master) ?? KnownDevice(of: user, self)
        return ConfirmedAuthenticator(
            recoveryCodes: codes, login: LoggedIn(cookie: fresh, session: session, user: user, device: device))
    }

    /// Turns two-step login off. False when it was, also when it was as the login was looked at: what has come meanwhile
    /// takes a stronger one.
    public func removeAuthenticator(of user: User, trail: Trail) async throws(OAuthError) -> Bool {
        guard user.factors.hasAuthenticator else { return false }
        return try await stores.factors.removeAuthenticator(
            of: user.id, changed(user, "user.authenticator_removed", trail))
    }

    /// New recovery codes; the old ones are worth nothing. Nil without an authenticator, also without one as the login was
    /// looked at.
    public func renewRecoveryCodes(of user: User, trail: Trail) async throws(OAuthError) -> [RecoveryCode]? {
        guard user.factors.hasAuthenticator else { return nil }
        let codes = RecoveryCode.newSet(random: surroundings.random)
        let isDone = try await stores.factors.replaceRecoveryCodes(
            of: user.id, hashes: codes.map { $0.hash(of: user.id) },
            changed(user, "user.recovery_codes_renewed", trail))
        return isDone ? codes : nil
    }

    func changed(_ user: User, _ action: String, _ trail: Trail) -> Record {
        Record(
            trail.acting(as: user.id), events: [.userUpdated(user.id)],
            audit: AuditEntry(action: action, subject: "user:\(user.id.text)"))
    }
}
