/// The authorization of one client by one user at one moment: the family of every code and token that comes of it.
public struct Grant: Sendable, Equatable {
    /// The family's name.
    public var id: GrantID
    /// The client it is for.
    public var clientID: ClientID
    /// Who gave it.
    public var userID: UserID
    /// The session it was given in; its end ends the grant unless ``offline``.
    public var sessionID: SessionID
    /// What was granted.
    public var scopes: ScopeList
    /// Granted resource indicators (RFC 8707); empty for the client's default audience.
    public var resources: [String]
    /// Whether `offline_access` was granted: the grant outlives the session.
    public var offline: Bool
    /// When the user authenticated, and how: later ID tokens of the family say the same (OpenID Connect Core §12.2).
    public var authTime: Instant
    /// How the user authenticated (RFC 8176).
    public var amr: [String]
    /// How strongly (OpenID Connect Core §2).
    public var acr: String
    /// The request's nonce, repeated in the first ID token only.
    public var nonce: String?
    /// The claims asked for by name (OpenID Connect Core §5.5), as far as the user allowed them.
    public var claimsRequest: String?
    /// When it began.
    public var createdAt: Instant
    /// Nothing of the family works past this moment; the id's bucket follows from it (``Bucket/day(of:from:)``).
    public var expiresAt: Instant
    /// What only a standing consent gives: without one to all of it the grant is dead from its beginning. Asked when the
    /// grant is written, and not kept.
    public var consented = ScopeList()

    /// A grant as it is stored.
    public init(
        id: GrantID, clientID: ClientID, userID: UserID, sessionID: SessionID, scopes: ScopeList, resources: [String],
        offline: Bool, authTime: Instant, amr: [String], acr: String, nonce: String?, claimsRequest: String?,
        createdAt: Instant, expiresAt: Instant
    ) {
        self.id = id
        self.clientID = clientID
        self.userID = userID
        self.sessionID = sessionID
        self.scopes = scopes
        self.resources = resources
        self.offline = offline
        self.authTime = authTime
        self.amr = amr
        self.acr = acr
        self.nonce = nonce
        self.claimsRequest = claimsRequest
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// What a code stands for beside its grant (RFC 6749 §4.1.2, RFC 7636 §4.4). The code itself is an ``OpaqueToken``.
public struct AuthorizationCode: Sendable, Equatable {
    /// The family it begins.
    public var grantID: GrantID
    /// The client it is for.
    public var clientID: ClientID
    /// As sent to the authorization endpoint, to be repeated at the token endpoint.
    public var redirectURI: String
    /// BASE64URL(SHA256(code_verifier)); nil when the request had none.
    public var codeChallenge: String?
    /// From this moment on it is refused.
    public var expiresAt: Instant

    /// A code as it is stored.
    public init(
        grantID: GrantID, clientID: ClientID, redirectURI: String, codeChallenge: String?, expiresAt: Instant
    ) {
        self.grantID = grantID
        self.clientID = clientID
        self.redirectURI = redirectURI
        self.codeChallenge = codeChallenge
        self.expiresAt = expiresAt
    }
}

/// An authorization request that waits for its user, ten minutes at most.
public struct ParkedRequest: Sendable, Equatable {
    /// The parameters as they came.
    public var parameters: [String: String]
    /// The client it is for.
    public var clientID: ClientID
    /// When it began.
    public var createdAt: Instant
    /// From this moment on it is refused.
    public var expiresAt: Instant
    /// SHA-256 of the cookie of the browser that the request belongs to; nil until a browser claims it. The pages of
    /// one browser's request cannot be finished in another (hydra #770, CVE-2026-7507).
    public var browserHash: [UInt8]?

    /// A parked request as it is stored.
    public init(
        parameters: [String: String], clientID: ClientID, createdAt: Instant, expiresAt: Instant, browserHash: [UInt8]?
    ) {
        self.parameters = parameters
        self.clientID = clientID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.browserHash = browserHash
    }
}
