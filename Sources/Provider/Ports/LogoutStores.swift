/// Who is told that a session has ended. The notices themselves are written by whatever ends a session, in its
/// transaction: one for each client that was given a grant in it and has a back-channel address.
public protocol LogoutStore: Sendable {
    /// Clients that were given a grant in this session and have a front-channel address, oldest first; a hundred at most.
    func frontChannelClients(of session: SessionID) async throws(OAuthError) -> [Client]

    /// Takes up to `limit` notices that are due and that nobody else has, and holds them until `leaseEndsAt`. The attempt
    /// counts as it begins, so the `attempts` of what is answered include it.
    ///
    /// - Parameter room: so many notices of one client at most; those not named get `usualRoom`.
    func take(
        limit: Int, room: [ClientID: Int], usualRoom: Int, leaseEndsAt: Instant, at now: Instant
    ) async throws(OAuthError) -> [DueLogoutNotice]
    /// Writes how an attempt ended. A report of an attempt that somebody else has begun anew since changes nothing.
    func settle(_ due: DueLogoutNotice, _ outcome: DeliveryOutcome, at now: Instant) async throws(OAuthError)
    /// Notices that wait, and the age in seconds of the oldest: for `/metrics`.
    func lag(at now: Instant) async throws(OAuthError) -> (waiting: Int, oldestSeconds: Int)
}

/// One client that is to be told of one session's end.
public struct LogoutNotice: Sendable, Equatable {
    /// Its name, which carries its partition.
    public var id: String
    /// Who is to be told.
    public var clientID: ClientID
    /// Whose session it was.
    public var userID: UserID
    /// Which session.
    public var sessionID: SessionID
    /// When it ended.
    public var endedAt: Instant

    /// A notice as it is stored.
    public init(id: String, clientID: ClientID, userID: UserID, sessionID: SessionID, endedAt: Instant) {
        self.id = id
        self.clientID = clientID
        self.userID = userID
        self.sessionID = sessionID
        self.endedAt = endedAt
    }
}

/// A notice that is to be tried now.
public struct DueLogoutNotice: Sendable, Equatable {
    /// What is to be told.
    public var notice: LogoutNotice
    /// The client as it is now; nil when it is gone.
    public var client: Client?
    /// Tries so far, this one included.
    public var attempts: Int

    /// A notice to be tried.
    public init(notice: LogoutNotice, client: Client?, attempts: Int) {
        self.notice = notice
        self.client = client
        self.attempts = attempts
    }
}
