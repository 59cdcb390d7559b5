/// What a user has beside the password.
public struct Factors: Sendable, Equatable {
    /// An authenticator that makes one-time passwords: each login by password then asks for one.
    public var hasAuthenticator = false
    /// How many passkeys.
    public var passkeyCount = 0

    /// Of a user with a password alone.
    public init() {}

    /// The strongest that the user can reach.
    public var context: AuthenticationContext {
        hasAuthenticator || passkeyCount > 0 ? .twoFactors : .oneFactor
    }

    /// What a login by password takes today. Passkeys stand beside it: who has lost the only one has the password.
    public var contextByPassword: AuthenticationContext { hasAuthenticator ? .twoFactors : .oneFactor }
}

/// The login in which its user turned two-step login on: the one that stays, under a new cookie.
public struct KeptLogin: Sendable, Equatable {
    /// The session as it is from now on.
    public var session: Session
    /// Its cookie from now on, of the same bucket.
    public var cookie: OpaqueToken

    /// A session that stays.
    public init(session: Session, cookie: OpaqueToken) {
        self.session = session
        self.cookie = cookie
    }
}

/// An authenticator as it is stored.
public struct StoredAuthenticator: Sendable, Equatable {
    /// The secret, sealed for its user.
    public var sealedSecret: [UInt8]
    /// When the user showed that it works; nil until then, and until then no login asks for it.
    public var confirmedAt: Instant?

    /// An authenticator of a row.
    public init(sealedSecret: [UInt8], confirmedAt: Instant?) {
        self.sealedSecret = sealedSecret
        self.confirmedAt = confirmedAt
    }
}

/// What users have beside their passwords. ``User/factors`` follows each change in the same transaction.
public protocol FactorStore: Sendable {
    /// The user's authenticator, confirmed or not.
    func authenticator(of user: UserID) async throws(OAuthError) -> StoredAuthenticator?
    /// Keeps a secret that is to be confirmed, instead of one that never was. False when there is one that is confirmed.
    func propose(sealedSecret: [UInt8], to user: UserID, at now: Instant) async throws(OAuthError) -> Bool
    /// The user showed a code of this step made with the proposed secret: from now on logins ask for one. The user's
    /// recovery codes are these. The user's other sessions end, with the grants that do not outlive them, which is told
    /// behind the record's own events. False when the secret is another one by now, or confirmed already, or the login is
    /// over.
    func confirm(
        sealedSecret: [UInt8], step: TOTP.Step, recoveryHashes: [[UInt8]], in login: KeptLogin, _ record: Record
    ) async throws(OAuthError) -> Bool
    /// Uses up the code of a step: of any number of callers exactly one hears true, and none for an earlier step (RFC 6238
    /// §5.2).
    func use(_ step: TOTP.Step, of user: UserID) async throws(OAuthError) -> Bool
    /// Takes the authenticator away, and the recovery codes with it. False when there is none.
    func removeAuthenticator(of user: UserID, _ record: Record) async throws(OAuthError) -> Bool
    /// Takes authenticator, recovery codes and passkeys away. False, and nothing is written, when the user has none.
    func removeAll(of user: UserID, _ record: Record) async throws(OAuthError) -> Bool

    /// How many recovery codes are left.
    func recoveryCodesLeft(of user: UserID) async throws(OAuthError) -> Int
    /// Uses up a recovery code: of any number of callers exactly one hears true.
    func useRecoveryCode(hash: [UInt8], of user: UserID, _ record: Record) async throws(OAuthError) -> Bool
    /// New recovery codes instead of all others. False when the user has no authenticator.
    func replaceRecoveryCodes(
        of user: UserID, hashes: [[UInt8]], _ record: Record
    ) async throws(OAuthError) -> Bool
}
