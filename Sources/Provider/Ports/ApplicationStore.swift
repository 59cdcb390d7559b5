/// Applications for clients.
public protocol ApplicationStore: Sendable {
    /// Keeps an application. False, and nothing is kept, when as many as the limits say wait for a decision, of the
    /// trail's network or delegation, for the same mailbox (in whatever letter case) or altogether; ones that come at the
    /// same moment may exceed that by their own number.
    func add(
        _ application: Application, within limits: ApplicationLimits, _ record: Record
    ) async throws(OAuthError) -> Bool
    /// The application of this id.
    func application(_ id: ApplicationID, at now: Instant) async throws(OAuthError) -> Application?
    /// Applications by age, oldest first; only those that the filter lets through. One that lapsed is not pending.
    func applications(
        _ filter: ApplicationFilter, _ page: PageRequest, at now: Instant
    ) async throws(OAuthError) -> Page<Application>
    /// Registers the client that is asked for and orders the mail, both or neither. Of any number of callers who decide,
    /// in whatever way, one hears true; nobody who comes too late does.
    ///
    /// - Throws: `invalid_client_metadata` for a scope that is gone.
    func approve(
        _ id: ApplicationID, as client: Client, mailUntil: Instant, _ record: Record
    ) async throws(OAuthError) -> Bool
    /// Turns an application down and orders the mail.
    func refuse(
        _ id: ApplicationID, because reason: String?, mailUntil: Instant, _ record: Record
    ) async throws(OAuthError) -> Bool

    /// Ends the link of an approved application and orders the mail with another one. False when no mail can be ordered:
    /// the credentials were collected, the client is gone or has a secret, or mail is on its way.
    func resend(_ id: ApplicationID, mailUntil: Instant, _ record: Record) async throws(OAuthError) -> Bool
    /// Puts a link in the place of any earlier one; false when the credentials were collected.
    func set(
        _ link: OpaqueToken, of id: ApplicationID, until: Instant, at now: Instant
    ) async throws(OAuthError) -> Bool
    /// The approved application behind a link that is good; looking changes nothing.
    func application(behind link: OpaqueToken, at now: Instant) async throws(OAuthError) -> Application?
    /// Uses a link up and adds the client's first secret, both or neither. Of any number of callers one hears true; none
    /// when the client is gone.
    func collect(_ link: OpaqueToken, secret: ClientSecret?, _ record: Record) async throws(OAuthError) -> Bool

    /// Takes up to `limit` notices that are due, and holds them until `leaseEndsAt`. The attempt counts as it begins.
    func takeNotices(
        limit: Int, leaseEndsAt: Instant, at now: Instant
    ) async throws(OAuthError) -> [DueApplicationNotice]
    /// Writes how an attempt ended.
    func settle(_ due: DueApplicationNotice, _ outcome: MailOutcome, at now: Instant) async throws(OAuthError)
}

/// Which applications a list shows: those that match in everything that is given.
public struct ApplicationFilter: Sendable, Equatable {
    /// Those that stand like this.
    public var status: Application.Status?
    /// Those of this kind.
    public var kind: Client.Kind?
    /// Those from this address, in whatever letter case.
    public var email: String?
    /// Those that ask for every one of these scopes.
    public var scopes = ScopeList()
    /// The one that this client was made for.
    public var clientID: ClientID?

    /// Applications of a status, an address, a client; all of them without.
    public init(status: Application.Status? = nil, email: String? = nil, clientID: ClientID? = nil) {
        self.status = status
        self.email = email
        self.clientID = clientID
    }
}
