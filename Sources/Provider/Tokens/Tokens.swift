/// The row of an access token: what introspection, revocation and lists need of it. The token itself is a signed JWT.
public struct AccessToken: Sendable, Equatable {
    /// `jti` (RFC 7519 §4.1.7).
    public var id: TokenID
    /// The client it was issued to.
    public var clientID: ClientID
    /// Nil for `client_credentials`.
    public var userID: UserID?
    /// Nil for `client_credentials`, where the token is a family of its own.
    public var grantID: GrantID?
    /// What it was granted.
    public var scopes: ScopeList
    /// `aud` (RFC 9068 §3).
    public var audience: [String]
    /// `iat`.
    public var issuedAt: Instant
    /// Whole seconds, equal to the JWT's `exp`; its day is the row's bucket.
    public var expiresAt: Instant

    /// A token as it is stored.
    public init(
        id: TokenID, clientID: ClientID, userID: UserID?, grantID: GrantID?, scopes: ScopeList, audience: [String],
        issuedAt: Instant, expiresAt: Instant
    ) {
        self.id = id
        self.clientID = clientID
        self.userID = userID
        self.grantID = grantID
        self.scopes = scopes
        self.audience = audience
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    /// The partition of its row.
    public var bucket: Bucket { .day(of: expiresAt) }
}

/// The row of a refresh token. The token itself is an ``OpaqueToken`` in the bucket of its grant.
public struct RefreshToken: Sendable, Equatable {
    /// Its family.
    public var grantID: GrantID
    /// The client it was issued to.
    public var clientID: ClientID
    /// Whom it stands for.
    public var userID: UserID
    /// What it was granted.
    public var scopes: ScopeList
    /// `iat`.
    public var issuedAt: Instant
    /// Unused past this moment it is dead; its absolute end is its grant's.
    public var idleExpiresAt: Instant

    /// A token as it is stored.
    public init(
        grantID: GrantID, clientID: ClientID, userID: UserID, scopes: ScopeList, issuedAt: Instant,
        idleExpiresAt: Instant
    ) {
        self.grantID = grantID
        self.clientID = clientID
        self.userID = userID
        self.scopes = scopes
        self.issuedAt = issuedAt
        self.idleExpiresAt = idleExpiresAt
    }
}
