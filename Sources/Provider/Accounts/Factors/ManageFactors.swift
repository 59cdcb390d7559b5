import JOSE

/// What the account page says of two-step login.
public struct FactorOverview: Sendable {
    /// Whether logins ask for a code.
    public var hasAuthenticator: Bool
    /// How many recovery codes are left; 0 without an authenticator.
    public var recoveryCodesLeft: Int
}

/// What a user does with their own factors. Pages call these only for who proved lately who they are
/// (``OpenIDProvider/isRecent(_:at:)``).
extension OpenIDProvider {
    /// Seconds after a login in which its user may change how they log in.
    private static let recently = 900

    /// Whether a login is recent enough to change how its user logs in: a browser left open is not.
    public func isRecent(_ session: Session, at now: Instant) -> Bool { session.authTime + Self.recently > now }

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

    /// Turns two-step login on.
    ///
    /// - Returns: the recovery codes, this once; nil when the code is not one of the proposed secret.
    public func confirmAuthenticator(
        of user: User, code typed: String, trail: Trail
    ) async throws(OAuthError) -> [RecoveryCode]? {
        guard let stored = try await stores.factors.authenticator(of: user.id), stored.confirmedAt == nil,
            let code = TOTP.Code(typed: typed),
            let step = open(stored, of: user.id)?.step(of: code, at: trail.now)
        else { return nil }
        let codes = RecoveryCode.newSet(random: surroundings.random)
        let isFirst = try await stores.factors.confirm(
            sealedSecret: stored.sealedSecret, of: user.id, step: step,
            recoveryHashes: codes.map { $0.hash(of: user.id) }, changed(user, "user.authenticator_added", trail))
        return isFirst ? codes : nil
    }

    /// Turns two-step login off. False when it was.
    public func removeAuthenticator(of user: User, trail: Trail) async throws(OAuthError) -> Bool {
        try await stores.factors.removeAuthenticator(of: user.id, changed(user, "user.authenticator_removed", trail))
    }

    /// New recovery codes; the old ones are worth nothing. Nil without an authenticator.
    public func renewRecoveryCodes(of user: User, trail: Trail) async throws(OAuthError) -> [RecoveryCode]? {
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
