/// Mail on its way out. Orders are written by the acts they belong to, with their ``Record``.
public protocol MailStore: Sendable {
    /// Keeps what a stranger asked for, in one statement that is the same whoever is meant.
    func ask(_ inquiry: MailInquiry) async throws(OAuthError)
    /// Takes up to `limit` orders and inquiries that are due and that nobody else has, and holds them until
    /// `leaseEndsAt`. The attempt counts as it begins, so `attempts` includes it.
    func take(limit: Int, leaseEndsAt: Instant, at now: Instant) async throws(OAuthError) -> [DueMail]
    /// Puts orders in the place of an inquiry, which is forgotten.
    func answer(_ due: DueMail, by orders: [MailOrder], at now: Instant) async throws(OAuthError)
    /// How much has been sent since a moment: of a kind to a user, and altogether to a mailbox (by its keyed hash).
    func sent(
        _ kind: MailOrder.Kind, to user: UserID, mailbox: [UInt8], since moment: Instant
    ) async throws(OAuthError) -> (ofKind: Int, toMailbox: Int)
    /// Writes how an attempt ended. What is over forgets its address.
    func settle(_ due: DueMail, _ outcome: MailOutcome, at now: Instant) async throws(OAuthError)
    /// Mails that wait, and the age in seconds of the oldest: for `/metrics`.
    func waiting(at now: Instant) async throws(OAuthError) -> (count: Int, oldestSeconds: Int)
}

/// What is to be tried now.
public struct DueMail: Sendable, Equatable {
    /// Mail for a user, or a question whose answer may be mail.
    public enum Matter: Sendable, Equatable {
        case order(MailOrder)
        case inquiry(MailInquiry)
    }

    /// What it is.
    public var matter: Matter
    /// The partition of its row.
    public var bucket: Bucket
    /// Tries so far, this one included.
    public var attempts: Int

    /// Something that is due.
    public init(matter: Matter, bucket: Bucket, attempts: Int) {
        self.matter = matter
        self.bucket = bucket
        self.attempts = attempts
    }

    /// Its random name.
    public var id: String {
        switch matter {
        case .order(let order): order.id
        case .inquiry(let inquiry): inquiry.id
        }
    }

    /// When it is given up.
    public var givesUpAt: Instant {
        switch matter {
        case .order(let order): order.givesUpAt
        case .inquiry(let inquiry): inquiry.givesUpAt
        }
    }
}

/// How an attempt at a mail ended.
public enum MailOutcome: Sendable, Equatable {
    /// The mail system has it; the keyed hash of the mailbox is kept for the limits.
    case sent(mailbox: [UInt8])
    /// Nothing is to be sent: the account or its address is gone, or there has been enough mail.
    case dropped(reason: String)
    /// It failed and is tried again.
    case retry(at: Instant, reason: String)
    /// It failed for the last time.
    case dead(reason: String)
}

/// Links that were mailed, each good once. The secrets are ``OpaqueToken``s of which only the hash is stored.
public protocol AccountLinkStore: Sendable {
    /// Keeps a link of the token's kind.
    func add(_ link: AccountLink, as token: OpaqueToken) async throws(OAuthError)
    /// The user whose password this link may set. Nil when there is no such link, or it is used, over, or was mailed to
    /// another address than the user has now. Looking changes nothing.
    func userToReset(_ token: OpaqueToken, at now: Instant) async throws(OAuthError) -> User?
    /// The same for a link that confirms an address.
    func userToVerify(_ token: OpaqueToken, at now: Instant) async throws(OAuthError) -> User?
    /// Uses a link up and marks the address as confirmed, both or neither. Of any number of callers one hears true.
    func verify(_ token: OpaqueToken, _ record: Record) async throws(OAuthError) -> Bool
}

/// A link that is mailed.
public struct AccountLink: Sendable, Equatable {
    /// Whose account.
    public var userID: UserID
    /// The address it is mailed to.
    public var email: String
    /// When it was made.
    public var createdAt: Instant
    /// From here on it is worth nothing.
    public var expiresAt: Instant

    /// A link as it is stored.
    public init(userID: UserID, email: String, createdAt: Instant, expiresAt: Instant) {
        self.userID = userID
        self.email = email
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
