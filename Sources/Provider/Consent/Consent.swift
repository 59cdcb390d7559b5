/// What a user allowed a client, once and until it is revoked.
public struct Consent: Sendable, Equatable {
    /// Its name in the API.
    public var id: String
    /// Who consented.
    public var userID: UserID
    /// To whom.
    public var clientID: ClientID
    /// To what.
    public var scopes: ScopeList
    /// When it was given or last widened.
    public var grantedAt: Instant
    /// When it was taken back; nil while it stands.
    public var revokedAt: Instant?

    /// A consent as it is stored.
    public init(
        id: String, userID: UserID, clientID: ClientID, scopes: ScopeList, grantedAt: Instant, revokedAt: Instant? = nil
    ) {
        self.id = id
        self.userID = userID
        self.clientID = clientID
        self.scopes = scopes
        self.grantedAt = grantedAt
        self.revokedAt = revokedAt
    }
}

/// A scope that clients may be allowed and users asked for.
public struct Scope: Sendable, Equatable {
    /// The scope token.
    public var name: String
    /// What the consent page says, by language tag; `en` is always there.
    public var descriptions: [String: String]

    /// A scope as it is stored.
    public init(name: String, descriptions: [String: String]) {
        self.name = name
        self.descriptions = descriptions
    }
}
