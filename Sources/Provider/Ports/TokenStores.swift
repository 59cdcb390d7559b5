/// Grants and authorization codes.
public protocol CodeStore: Sendable {
    /// Writes a grant and its code. Nothing is told of it: what it is for is told when tokens are minted for it.
    func issue(
        _ code: AuthorizationCode, as token: OpaqueToken, grant: Grant
    ) async throws(OAuthError)
    /// Writes a grant with all that leaves with it at once, and the events that tell of it. A grant of a session that has
    /// ended is dead from its beginning, and so is all that hangs on it.
    func open(_ opening: GrantOpening, _ trail: Trail) async throws(OAuthError)
    /// Consumes a code if, and only if, client, redirect URI and challenge all match, it has not expired and its grant
    /// is alive. Of any number of callers exactly one hears ``CodeRedemption/redeemed(_:_:)``.
    ///
    /// - Parameter challenge: S256 of the verifier that was sent; nil when none was.
    func redeem(
        _ code: OpaqueToken, client: ClientID, redirectURI: String, challenge: String?, at now: Instant
    ) async throws(OAuthError) -> CodeRedemption
    /// The grant of a code that this client could redeem now; looking uses nothing up.
    func grant(of code: OpaqueToken, client: ClientID, at now: Instant) async throws(OAuthError) -> GrantID?
}

/// A grant with all that leaves with it at once.
public struct GrantOpening: Sendable {
    /// The family that begins.
    public var grant: Grant
    /// The code for it.
    public var code: (row: AuthorizationCode, token: OpaqueToken)?
    /// Its first access token.
    public var access: AccessToken?
    /// Its first refresh token.
    public var refresh: (row: RefreshToken, token: OpaqueToken)?
    /// What tells of these.
    public var events: [Event] = []

    /// A grant alone.
    public init(grant: Grant) { self.grant = grant }
}

/// What became of a code at the token endpoint; the flow must handle each.
public enum CodeRedemption: Sendable, Equatable {
    /// Consumed just now, by this caller alone.
    case redeemed(Grant, User)
    /// It was consumed before: RFC 6749 §4.1.2 wants the grant revoked if the code's own client says so.
    case alreadyRedeemed(GrantID, ClientID)
    /// It stays as it was.
    case mismatch(Field)
    /// Its time is over, or its grant is.
    case expired
    /// There is none, or it is older than anybody remembers.
    case unknown

    /// What did not match.
    public enum Field: String, Sendable {
        case client = "client_id"
        case redirectURI = "redirect_uri"
        case codeVerifier = "code_verifier"
    }
}

/// Access and refresh tokens. A token is valid only while its grant is alive: every check reads the grant's state, so a
/// token that is minted after its grant was revoked is born dead.
public protocol TokenStore: Sendable {
    /// Writes the tokens of one answer with their events, durably before it returns.
    func record(
        _ access: AccessToken, refresh: (row: RefreshToken, token: OpaqueToken)?, events: [Event], _ trail: Trail
    ) async throws(OAuthError)

    /// An access token's row with what decides about it; nil when there is none.
    func accessToken(_ id: TokenID, bucket: Bucket, at now: Instant) async throws(OAuthError) -> AccessTokenState?
    /// A family, dead or alive; nil when there is none.
    func grant(_ id: GrantID, at now: Instant) async throws(OAuthError) -> Grant?
    /// A refresh token's row; nil when there is none.
    func refreshToken(_ token: OpaqueToken, at now: Instant) async throws(OAuthError) -> RefreshTokenState?

    /// Replaces a refresh token by its successor in one statement. Every caller with the same token inside the grace
    /// window hears the same seed, from which the same successor follows, as long as the successor is unused.
    /// Nothing is told of it: what it was for is told when the new tokens are minted.
    func rotate(_ rotation: RefreshRotation) async throws(OAuthError) -> RefreshOutcome
    /// Uses a refresh token that is not rotated: its idle time begins anew.
    func touch(
        _ token: OpaqueToken, client: ClientID, idleExpiresAt: Instant, at now: Instant
    ) async throws(OAuthError) -> RefreshOutcome

    /// Revokes one access token. False when there is none alive.
    func revoke(_ id: TokenID, bucket: Bucket, _ record: Record) async throws(OAuthError) -> Bool
    /// Revokes a family: nothing of it works from the moment this returns. False when it was revoked already, so that
    /// its events are told once.
    func revoke(_ grant: GrantID, _ record: Record) async throws(OAuthError) -> Bool
}

/// An access token as a check sees it.
public struct AccessTokenState: Sendable, Equatable {
    /// Its row.
    public var token: AccessToken
    /// Not revoked, not expired, its grant alive, its client still there.
    public var isActive: Bool
    /// Its family.
    public var grant: Grant?
    /// Whom it stands for.
    public var user: User?
    /// What a check sees.
    public init(token: AccessToken, isActive: Bool, grant: Grant?, user: User?) {
        self.token = token
        self.isActive = isActive
        self.grant = grant
        self.user = user
    }
}

/// A refresh token as a check sees it.
public struct RefreshTokenState: Sendable, Equatable {
    /// Its row.
    public var token: RefreshToken
    /// Unused (or inside its grace window with an unused successor), not expired, its grant alive.
    public var isActive: Bool
    /// Its family.
    public var grant: Grant
    /// What a check sees.
    public init(token: RefreshToken, isActive: Bool, grant: Grant) {
        self.token = token
        self.isActive = isActive
        self.grant = grant
    }
}

/// What a rotation needs.
public struct RefreshRotation: Sendable, Equatable {
    /// The token that came.
    public var presented: OpaqueToken
    /// Who brought it.
    public var client: ClientID
    /// 256 random bits: the successor is HMAC-SHA256(key = presented token, seed), recomputed and never stored.
    public var seed: [UInt8]
    /// Hash of the successor that follows from `seed`.
    public var successorHash: [UInt8]
    /// When the successor ends if nobody uses it.
    public var idleExpiresAt: Instant
    /// Until when a repeat gives the same successor.
    public var graceEndsAt: Instant
    /// The time of the request.
    public var now: Instant
    /// A rotation of `presented`.
    public init(
        presented: OpaqueToken, client: ClientID, seed: [UInt8], successorHash: [UInt8], idleExpiresAt: Instant,
        graceEndsAt: Instant, now: Instant
    ) {
        self.presented = presented
        self.client = client
        self.seed = seed
        self.successorHash = successorHash
        self.idleExpiresAt = idleExpiresAt
        self.graceEndsAt = graceEndsAt
        self.now = now
    }
}

/// What became of a refresh token at the token endpoint.
public enum RefreshOutcome: Sendable, Equatable {
    /// It was good. `seed` is the one that stands: the caller's own, or that of the caller who came first. Nil for a
    /// token that is not rotated.
    case refreshed(seed: [UInt8]?, RefreshToken, Grant, User)
    /// A repeat inside the window, but the successor has been used: `invalid_grant`, the family lives.
    case successorUsed
    /// A repeat after the window: the family must die.
    case reused(GrantID, UserID)
    /// Another client's: `invalid_grant`, and nothing changed.
    case wrongClient
    /// Expired by idle or absolute time, or its grant is revoked.
    case dead
    /// There is none.
    case unknown
}
