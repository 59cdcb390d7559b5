/// A browser in which a user is logged in.
public struct Session: Sendable, Equatable {
    /// Public name, in ID tokens as `sid`.
    public var id: SessionID
    /// Who is logged in.
    public var userID: UserID
    /// When the user last proved who they are (OpenID Connect Core §2, `auth_time`).
    public var authTime: Instant
    /// How (RFC 8176).
    public var amr: [String]
    /// How strongly (OpenID Connect Core §2).
    public var acr: String
    /// When it began.
    public var createdAt: Instant
    /// The absolute end; its day is the id's bucket.
    public var expiresAt: Instant
    /// What the browser said it is, for the person's own list of sessions.
    public var userAgent: String
    /// The client address of the login.
    public var address: String

    /// A session as it is stored.
    public init(
        id: SessionID, userID: UserID, authTime: Instant, amr: [String], acr: String, createdAt: Instant,
        expiresAt: Instant, userAgent: String, address: String
    ) {
        self.id = id
        self.userID = userID
        self.authTime = authTime
        self.amr = amr
        self.acr = acr
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.userAgent = userAgent
        self.address = address
    }

    /// How strong its login was.
    var context: AuthenticationContext { AuthenticationContext(rawValue: acr) ?? .oneFactor }
}
