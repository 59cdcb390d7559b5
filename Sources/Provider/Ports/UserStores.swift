/// Users, sessions, consents and parked requests. Each act is atomic and writes its record in the same transaction.
public protocol UserStore: Sendable {
    /// The user with this `sub`.
    func user(_ id: UserID) async throws(OAuthError) -> User?
    /// The user whose folded name this is.
    func user(named folded: String) async throws(OAuthError) -> User?
    /// - Throws: `conflict` when a user has the same folded name or skeleton.
    func create(_ user: User, _ record: Record) async throws(OAuthError)
    /// Replaces a password hash, if it is still the one that was read: re-hashing never undoes a change.
    func rehash(_ id: UserID, from old: String, to new: String) async throws(OAuthError)
    /// Users by age, oldest first; each filter that is not nil must match exactly.
    func users(
        username folded: String?, email: String?, _ page: PageRequest
    ) async throws(OAuthError) -> Page<User>
}

/// Login sessions. The cookie's value is an ``OpaqueToken`` of which only the hash is stored.
public protocol SessionStore: Sendable {
    /// The live session of this cookie.
    func session(_ cookie: OpaqueToken, at now: Instant) async throws(OAuthError) -> Session?
    /// The live session of this cookie with its user, in one read.
    func login(_ cookie: OpaqueToken, at now: Instant) async throws(OAuthError) -> (session: Session, user: User)?
    /// Begins a session. When `ending` names another one (the browser's former user), that ends in the same moment.
    func start(
        _ session: Session, cookie: OpaqueToken, ending: SessionID?, _ record: Record
    ) async throws(OAuthError)
    /// The same user proved who they are again: moves `authTime`, `amr` and `acr` and replaces the cookie, so that a
    /// planted one is worth nothing. False when the session is over. The new cookie has the bucket of the old.
    func renew(
        _ session: Session, from old: OpaqueToken, to new: OpaqueToken, _ record: Record
    ) async throws(OAuthError) -> Bool
    /// Ends a session and the grants that were given in it, offline ones apart. False when it was over already.
    func end(_ id: SessionID, _ record: Record) async throws(OAuthError) -> Bool
    /// The live session of this id.
    func session(_ id: SessionID, at now: Instant) async throws(OAuthError) -> Session?
    /// Live sessions of a user, or of everybody, by their ids.
    func sessions(of user: UserID?, _ page: PageRequest, at now: Instant) async throws(OAuthError) -> Page<Session>
}

/// What users allowed.
public protocol ConsentStore: Sendable {
    /// The consent that stands.
    func consent(of user: UserID, to client: ClientID) async throws(OAuthError) -> Consent?
    /// Records a consent: scopes are added to those of one that stands. The decision goes into its history, with the
    /// words of the page, unless it says the same as the one before.
    ///
    /// - Returns: the id of the consent that stands now.
    func grant(_ consent: Consent, in wording: ConsentWording?, _ record: Record) async throws(OAuthError) -> String
    /// The consent of this id with its history.
    func consent(_ id: String) async throws(OAuthError) -> ConsentHistory?
    /// Consents by age, oldest first.
    func consents(_ filter: ConsentFilter, _ page: PageRequest) async throws(OAuthError) -> Page<ConsentHistory>
    /// Takes a consent back, and with it every grant that stands on it: nothing of them works from the moment this
    /// returns. Behind the record's events one tells of each grant. False when it did not stand any more.
    func revoke(_ id: String, by revocation: Consent.Revocation, _ record: Record) async throws(OAuthError) -> Bool
}

/// Which consents a list shows: those that match in everything that is given.
public struct ConsentFilter: Sendable, Equatable {
    /// To this client.
    public var clientID: ClientID?
    /// Of this user.
    public var userID: UserID?
    /// Also those that ended.
    public var includesRevoked: Bool
    /// A filter of these.
    public init(clientID: ClientID? = nil, userID: UserID? = nil, includesRevoked: Bool = false) {
        self.clientID = clientID
        self.userID = userID
        self.includesRevoked = includesRevoked
    }
}

/// Authorization requests that wait for their user.
public protocol ParkedRequestStore: Sendable {
    /// Keeps a request under this handle until it expires.
    func park(_ request: ParkedRequest, as handle: OpaqueToken) async throws(OAuthError)
    /// The request, also for a while after it expired (so that a page can say so); claims it for this browser if no
    /// browser has. Nil when there is none or it is another browser's.
    func claim(_ handle: OpaqueToken, by browserHash: [UInt8]) async throws(OAuthError) -> ParkedRequest?
}
