/// Tokens as operators and their owners see them: many at once.
public protocol IssuedTokenStore: Sendable {
    /// Live tokens that match in everything that is given. A page may be short of its limit, and even empty, although
    /// another one follows: however many dead tokens lie between two live ones, a page costs the same.
    func tokens(
        _ filter: TokenFilter, _ page: PageRequest, at now: Instant
    ) async throws(OAuthError) -> Page<IssuedToken>
    /// The row of an access token that has not expired, by its `jti` alone, alive or not.
    func accessToken(_ id: TokenID, at now: Instant) async throws(OAuthError) -> AccessToken?
    /// The row of a refresh token by its name in lists, used or not.
    func refreshToken(_ id: RefreshTokenID, at now: Instant) async throws(OAuthError) -> RefreshToken?

    /// How many live tokens a revocation would reach: those that introspection calls active and would not any more.
    func count(_ reach: BulkRevocation, at now: Instant) async throws(OAuthError) -> Int
    /// Revokes them by a mark in the rows of their grants or clients, however many they are, and answers how many live
    /// ones there were. Every check finds them dead from the moment this returns; what is issued later lives. Without
    /// ``BulkRevocation/issuedBefore`` the grants die with their tokens, so that nothing more comes of them.
    func revoke(_ reach: BulkRevocation, _ record: Record) async throws(OAuthError) -> Int
}

/// Which tokens a list shows: those that match in everything that is given.
public struct TokenFilter: Sendable, Equatable {
    /// Of this client.
    public var clientID: ClientID?
    /// Of this user.
    public var userID: UserID?
    /// Of this grant.
    public var grantID: GrantID?
    /// With every one of these scopes.
    public var scopes = ScopeList()
    /// Issued from this moment on.
    public var issuedFrom: Instant?
    /// Issued before this moment.
    public var issuedBefore: Instant?
    /// All tokens.
    public init() {}
}

/// A live token in a list.
public struct IssuedToken: Sendable, Equatable {
    /// An access token by its `jti`, or a refresh token.
    public enum ID: Sendable, Equatable {
        case access(TokenID)
        case refresh(RefreshTokenID)
    }
    /// Which token.
    public var id: ID
    /// The client it was issued to.
    public var clientID: ClientID
    /// Whom it stands for; nil for `client_credentials`.
    public var userID: UserID?
    /// Its family; nil for `client_credentials`.
    public var grantID: GrantID?
    /// What it was granted.
    public var scopes: ScopeList
    /// When it was issued.
    public var issuedAt: Instant
    /// When it ends, a refresh token if nobody uses it.
    public var expiresAt: Instant
    /// A token in a list.
    public init(
        id: ID, clientID: ClientID, userID: UserID?, grantID: GrantID?, scopes: ScopeList, issuedAt: Instant,
        expiresAt: Instant
    ) {
        self.id = id
        self.clientID = clientID
        self.userID = userID
        self.grantID = grantID
        self.scopes = scopes
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}

/// Which tokens are revoked at once: those that match in everything that is given, access and refresh tokens alike.
public struct BulkRevocation: Sendable, Equatable {
    /// Of this client.
    public var clientID: ClientID?
    /// Of this user.
    public var userID: UserID?
    /// Of this grant.
    public var grantID: GrantID?
    /// Issued before this moment, to the millisecond; nil for all that there are.
    public var issuedBefore: Instant?
    /// A revocation by these.
    public init(
        clientID: ClientID? = nil, userID: UserID? = nil, grantID: GrantID? = nil, issuedBefore: Instant? = nil
    ) {
        self.clientID = clientID
        self.userID = userID
        self.grantID = grantID
        self.issuedBefore = issuedBefore
    }
}
