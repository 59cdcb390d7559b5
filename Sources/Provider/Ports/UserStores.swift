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
    /// Users by age, oldest first, that the filter lets through.
    func users(_ filter: UserFilter, _ page: PageRequest) async throws(OAuthError) -> Page<User>
    /// Users with this e-mail address in whatever letter case, those who confirmed it first, then oldest first.
    func users(withEmail email: String, limit: Int) async throws(OAuthError) -> [User]
    /// Administrators of the server (role `admin`, no tenant) who have an e-mail address, oldest first.
    func administrators(limit: Int) async throws(OAuthError) -> [User]

    /// Creates a user for somebody unknown. False when the name is taken, or looks like one that is; then the inquiry, if
    /// there is one, is asked instead, so that either outcome takes the same work and the same wait for the disk.
    func signUp(_ user: User, _ record: Record, ifTaken inquiry: MailInquiry?) async throws(OAuthError) -> Bool
    /// Replaces a user as it was read: nothing happens, and the answer is false, when it has changed since
    /// (`old.updatedAt` no longer stands) or is gone. Another password hash ends all logins of the user, and that is told
    /// with the record's events.
    ///
    /// - Throws: `conflict` when another user has the new name, or one that looks like it.
    func change(_ old: User, to new: User, _ record: Record) async throws(OAuthError) -> Bool
    /// Sets a new password and ends all logins but the kept one, in one transaction with its record and the events of
    /// what it ended. False, and nothing has changed, when the proof does not hold (any more).
    ///
    /// A link confirms the address that it was mailed to. If nobody had confirmed it before, then whoever made the account
    /// and set it up may have been a stranger who waited for its owner: authenticator, recovery codes, passkeys and
    /// consents go, too.
    func setPassword(_ new: NewPassword, _ record: Record) async throws(OAuthError) -> Bool
    /// Removes a user with consents, sessions, grants and mail on its way; what it ended is told with the record's events.
    /// False when there is none.
    func delete(_ id: UserID, _ record: Record) async throws(OAuthError) -> Bool
}

/// Which users a list shows: those that match in everything that is given.
public struct UserFilter: Sendable, Equatable {
    /// The one of this folded name.
    public var username: String?
    /// Those with this e-mail address, in whatever letter case.
    public var email: String?
    /// Those whose name, or e-mail address, begins like this: folded.
    public var beginning: String?
    /// Those of this tenant.
    public var tenantID: String?
    /// All users, or those that match.
    public init(
        username: String? = nil, email: String? = nil, beginning: String? = nil, tenantID: String? = nil
    ) {
        self.username = username
        self.email = email
        self.beginning = beginning
        self.tenantID = tenantID
    }
}

/// A password that a person sets for themselves, with what entitles them to.
public struct NewPassword: Sendable, Equatable {
    /// What must hold in the moment of the change.
    public enum Proof: Sendable, Equatable {
        /// The hash that the former password was checked against is still the user's.
        case formerHash(String)
        /// This mailed link, which is used up.
        case link(OpaqueToken)
    }

    /// The login that stays, under a new cookie.
    public struct KeptLogin: Sendable, Equatable {
        /// Which session.
        public var session: SessionID
        /// Its cookie from now on.
        public var cookie: OpaqueToken
        /// A session that stays.
        public init(session: SessionID, cookie: OpaqueToken) {
            self.session = session
            self.cookie = cookie
        }
    }

    /// Whose password.
    public var userID: UserID
    /// The new hash.
    public var hash: String
    /// What entitles to it.
    public var proof: Proof
    /// The login in which it is set; nil when there is none.
    public var keeping: KeptLogin?

    /// A new password.
    public init(userID: UserID, hash: String, proof: Proof, keeping: KeptLogin?) {
        self.userID = userID
        self.hash = hash
        self.proof = proof
        self.keeping = keeping
    }
}

/// Somebody who is logged in comes to a client.
public struct Visit: Sendable {
    /// The login.
    public var login: (session: Session, user: User)
    /// What the user allowed this client before.
    public var consented: ScopeList
    /// A visit as it is stored.
    public init(login: (session: Session, user: User), consented: ScopeList) {
        self.login = login
        self.consented = consented
    }
}

/// What must still be so when a session begins.
public enum SessionProof: Sendable, Equatable {
    /// This is the hash of the user's password, which was right.
    case password(hash: String?)
    /// The user has a passkey, and the password is the one of when it was looked for.
    case passkey(whileHash: String?)
}

/// Login sessions. The cookie's value is an ``OpaqueToken`` of which only the hash is stored.
public protocol SessionStore: Sendable {
    /// The live session of this cookie.
    func session(_ cookie: OpaqueToken, at now: Instant) async throws(OAuthError) -> Session?
    /// The live session of this cookie with its user, in one read.
    func login(_ cookie: OpaqueToken, at now: Instant) async throws(OAuthError) -> (session: Session, user: User)?
    /// Who comes to a client with this cookie, in one read; nil without a live session.
    func visit(_ cookie: OpaqueToken, to client: ClientID, at now: Instant) async throws(OAuthError) -> Visit?
    /// Begins a session. When `ending` names another one (the browser's former user), that ends in the same moment.
    ///
    /// - Parameter proof: what the login was checked against: when that does not stand any more, no session begins and the
    ///   answer is false. So no login with a former password outlives its change, nor one with a passkey that went with it.
    ///   Nil where nothing was asked for.
    func start(
        _ session: Session, cookie: OpaqueToken, ending: SessionID?, provenBy proof: SessionProof?, _ record: Record
    ) async throws(OAuthError) -> Bool
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

extension SessionStore {
    /// Begins a session that no password stands behind.
    public func start(
        _ session: Session, cookie: OpaqueToken, ending: SessionID?, _ record: Record
    ) async throws(OAuthError) {
        _ = try await start(session, cookie: cookie, ending: ending, provenBy: nil, record)
    }
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
    /// Consents by age, oldest first. A page may be short of its limit, and even empty, although another one follows:
    /// however many lie between two that the filter lets through, a page costs the same.
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
    /// To every one of these scopes.
    public var scopes: ScopeList
    /// Also those that ended.
    public var includesRevoked: Bool
    /// A filter of these.
    public init(
        clientID: ClientID? = nil, userID: UserID? = nil, scopes: ScopeList = ScopeList(), includesRevoked: Bool = false
    ) {
        self.clientID = clientID
        self.userID = userID
        self.scopes = scopes
        self.includesRevoked = includesRevoked
    }
}

/// Authorization requests that wait for their user.
public protocol ParkedRequestStore: Sendable {
    /// Keeps a request under this handle until it expires.
    func park(_ request: ParkedRequest, as handle: OpaqueToken) async throws(OAuthError)
    /// The request, also for a while after it expired (so that a page can say so), and who comes back to it; claims it for
    /// this browser if no browser has. Nil when there is none or it is another browser's.
    ///
    /// - Parameter cookie: the browser's session, if it has one.
    func claim(
        _ handle: OpaqueToken, by browserHash: [UInt8], with cookie: OpaqueToken?, at now: Instant
    ) async throws(OAuthError) -> (request: ParkedRequest, visit: Visit?)?
}
