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
    /// How it was taken back, where that is known.
    public var revokedBy: Revocation?

    /// How a consent ends.
    public enum Revocation: String, Sendable, CaseIterable {
        case user, administrator
        case clientDeleted = "client_deleted"
        case scopeDeleted = "scope_deleted"
    }

    /// A consent as it is stored.
    public init(
        id: String, userID: UserID, clientID: ClientID, scopes: ScopeList, grantedAt: Instant,
        revokedAt: Instant? = nil, revokedBy: Revocation? = nil
    ) {
        self.id = id
        self.userID = userID
        self.clientID = clientID
        self.scopes = scopes
        self.grantedAt = grantedAt
        self.revokedAt = revokedAt
        self.revokedBy = revokedBy
    }
}

/// One time at which a user allowed something: the history of a ``Consent``.
public struct ConsentDecision: Sendable, Equatable {
    /// What was allowed then.
    public var scopes: ScopeList
    /// Which words the page had (``ConsentWording/version``); nil where no page was shown.
    public var wording: String?
    /// When.
    public var decidedAt: Instant

    /// A decision as it is stored.
    public init(scopes: ScopeList, wording: String?, decidedAt: Instant) {
        self.scopes = scopes
        self.wording = wording
        self.decidedAt = decidedAt
    }
}

/// A consent with what became of it over time.
public struct ConsentHistory: Sendable, Equatable {
    /// As it is now, or was when it ended.
    public var consent: Consent
    /// How it came to be, oldest first.
    public var decisions: [ConsentDecision]

    /// A consent with these decisions.
    public init(consent: Consent, decisions: [ConsentDecision]) {
        self.consent = consent
        self.decisions = decisions
    }
}
