/// Somebody's wish for a client, what was decided about it and whether the credentials were collected.
public struct Application: Sendable, Equatable {
    /// Where it stands.
    public enum Status: String, Sendable, CaseIterable { case pending, approved, refused }

    /// Its id.
    public var id: ApplicationID
    /// What people will read on the consent page.
    public var name: String
    /// What it is for, in the words of whoever asks; may have lines.
    public var description = ""
    /// Whether the client can keep a secret.
    public var kind: Client.Kind
    /// How the client wants to ask for tokens.
    public var grantTypes: Set<GrantType> = []
    /// Where answers may go.
    public var redirectURIs: [String] = []
    /// What the client wants to ask for.
    public var scopes = ScopeList()
    /// Resource indicators that it wants to name (RFC 8707).
    public var resources: [String] = []
    /// Where the answer goes; nobody has confirmed it.
    public var email: String
    /// The language of the mail.
    public var language: String
    /// Where it stands.
    public var status = Status.pending
    /// When it was asked.
    public var createdAt: Instant
    /// From here on nobody decides about it any more.
    public var expiresAt: Instant
    /// What was decided; nil while it is pending.
    public var decision: Decision?
    /// The client that the approval made.
    public var clientID: ClientID?
    /// When its credentials were collected.
    public var collectedAt: Instant?

    /// What an administrator decided.
    public struct Decision: Sendable, Equatable {
        /// When.
        public var time: Instant
        /// Who, as the audit log has it.
        public var actor: String
        /// Why; what the requester is told.
        public var reason: String?
        /// A decision as it is stored.
        public init(time: Instant, actor: String, reason: String?) {
            self.time = time
            self.actor = actor
            self.reason = reason
        }
    }

    /// An application for a client of this name and kind.
    public init(
        id: ApplicationID, name: String, kind: Client.Kind, email: String, language: String, createdAt: Instant,
        expiresAt: Instant
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.email = email
        self.language = language
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// Whether somebody may decide about it.
    public func isOpen(at now: Instant) -> Bool { status == .pending && now < expiresAt }

    /// Whether nobody decided in time.
    public func hasLapsed(at now: Instant) -> Bool { status == .pending && now >= expiresAt }

    /// Whether its requester still has credentials to collect by a link.
    public var awaitsCollection: Bool { status == .approved && collectedAt == nil }
}

/// The name of an application; its row lives in the partition of the day in which it is forgotten.
public struct ApplicationID: BucketedIdentifier {
    /// Where the row lives.
    public let bucket: Bucket
    /// The random part.
    public let random: String
    /// The id of these parts.
    public init(bucket: Bucket, random: String) {
        self.bucket = bucket
        self.random = random
    }
}

/// How many applications there may be and how long. Strangers write them, so there must be an end to everything.
public struct ApplicationLimits: Sendable {
    /// Undecided ones altogether.
    public var undecided = 1000
    /// Undecided ones from one network.
    public var undecidedPerNetwork = 50
    /// Undecided ones from all networks of one delegation: a share of all, so that no customer of a provider, with 256
    /// networks or 65,536, keeps everybody else from asking.
    public var undecidedPerDelegation = 100
    /// Undecided ones whose answer would go to one mailbox: nobody has confirmed it.
    public var undecidedPerMailbox = 10
    /// Administrators who are told that applications wait; if there are more, those who were there first.
    public var toldAdministrators = 100
    /// Seconds within which somebody must decide.
    public var decision = 60 * 86_400
    /// Seconds after which the whole application is forgotten, whatever became of it: longer than the time to decide, the
    /// patience of its mail and its link take together.
    public var memory = 90 * 86_400
    /// Seconds for which the mail that tells of a decision is tried.
    public var mail = 3 * 86_400
    /// Seconds for which the link to the credentials works.
    public var link = 7 * 86_400
    /// The defaults.
    public init() {}
}
