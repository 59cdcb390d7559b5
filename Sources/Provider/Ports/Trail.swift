/// Who does something, from where, in which request: handed from the endpoint to the store, so that events and audit
/// rows are written beside the change itself.
public struct Trail: Sendable, Equatable {
    /// Who: `client:<id>`, `user:<id>`, `anonymous`, `cli`, `system`.
    public var actor: String
    /// `X-Request-Id` of the request, or a fresh id for what no request caused.
    public var requestID: String
    /// The client address, empty where there is none.
    public var address: String
    /// What limits count the client by: its address, or the part of it that one host cannot change at will.
    public var network: String
    /// What they are counted by where somebody may have many networks: all that one customer of a provider has.
    public var delegation: String
    /// When the request began; every time that it writes derives from it.
    public var now: Instant

    /// The trail of one request. Without a `network` the client is counted by its address, without a `delegation` by its
    /// network.
    public init(
        actor: String, requestID: String, address: String, network: String? = nil, delegation: String? = nil,
        now: Instant
    ) {
        self.actor = actor
        self.requestID = requestID
        self.address = address
        self.network = network ?? address
        self.delegation = delegation ?? self.network
        self.now = now
    }
}

/// What is written in the same transaction as a change: the events that tell of it, the mail that it sends and, where an
/// operator or a person decided something, the line in the audit log.
public struct Record: Sendable, Equatable {
    /// Who, from where, when.
    public var trail: Trail
    /// What is told to the outside, in order.
    public var events: [Event]
    /// The line in the audit log; nil for what only machines do.
    public var audit: AuditEntry?
    /// The mail that leaves because of it.
    public var mails: [MailOrder]

    /// A record of one change.
    public init(_ trail: Trail, events: [Event] = [], audit: AuditEntry? = nil, mails: [MailOrder] = []) {
        self.trail = trail
        self.events = events
        self.audit = audit
        self.mails = mails
    }
}

/// One line of the audit log beside its trail: what was done to what.
public struct AuditEntry: Sendable, Equatable {
    /// Dotted verb, such as `client.rotate_secret`.
    public var action: String
    /// What it was done to: `client:<id>`, `user:<id>` …
    public var subject: String

    /// A line of the audit log.
    public init(action: String, subject: String) {
        self.action = action
        self.subject = subject
    }
}

/// A page of a list, by cursor.
public struct Page<Element: Sendable>: Sendable {
    /// The elements, in the list's order.
    public var items: [Element]
    /// Where the next page begins; nil on the last.
    public var nextCursor: String?

    /// A page.
    public init(items: [Element], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }
}

/// Which page of a list is asked for.
public struct PageRequest: Sendable, Equatable {
    /// 1 to 200.
    public var limit: Int
    /// Opaque to callers; nil for the first page. Stores answer `invalid_request` naming `cursor` for one they did
    /// not make.
    public var cursor: String?

    /// A page of at most `limit` elements.
    public init(limit: Int = 50, cursor: String? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}
