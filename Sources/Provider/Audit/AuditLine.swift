/// A line of the audit log as it is stored.
public struct AuditLine: Sendable, Equatable {
    /// Its number; numbers may have gaps, and come in no order of time.
    public var id: Int64
    /// Microseconds since the epoch.
    public var microseconds: Int64
    /// Who: `client:<id>`, `user:<id>`, `cli`, `system` …
    public var actor: String
    /// Dotted verb, such as `client.rotate_secret`.
    public var action: String
    /// What it was done to.
    public var subject: String
    /// `X-Request-Id` of the request.
    public var requestID: String
    /// The client address.
    public var address: String

    /// A line of a row.
    public init(
        id: Int64, microseconds: Int64, actor: String, action: String, subject: String, requestID: String,
        address: String
    ) {
        self.id = id
        self.microseconds = microseconds
        self.actor = actor
        self.action = action
        self.subject = subject
        self.requestID = requestID
        self.address = address
    }
}

/// Which lines a list shows: those that match in everything that is given.
public struct AuditFilter: Sendable, Equatable {
    /// By whom.
    public var actor: String?
    /// What was done; one that ends with `.` matches all verbs that begin so.
    public var action: String?
    /// To what.
    public var subject: String?
    /// From this moment on.
    public var from: Instant?
    /// Before this moment.
    public var to: Instant?
    /// All lines.
    public init() {}
}

/// A place in the chain over the audit log.
public struct AuditLink: Sendable, Equatable {
    /// 1, 2, 3 … without gaps.
    public var position: Int64
    /// The line it holds.
    public var lineID: Int64
    /// Over the link before, the position and the line, under a key that the database does not have.
    public var hash: [UInt8]

    /// A link of a row.
    public init(position: Int64, lineID: Int64, hash: [UInt8]) {
        self.position = position
        self.lineID = lineID
        self.hash = hash
    }
}

/// The audit log and the chain over it. Lines are written with what they tell of, by every store.
public protocol AuditStore: Sendable {
    /// Lines by number, newest first. That somebody read them is a line of its own, written by the same act.
    func lines(_ filter: AuditFilter, _ page: PageRequest, _ record: Record) async throws(OAuthError) -> Page<AuditLine>
    /// Hangs lines that are in no link yet onto the chain, at most 1,000; of several servers one at a time does. Answers
    /// how many.
    ///
    /// - Parameter hash: makes the hash of a line's link from the link before (nil for the first).
    func link(_ hash: @Sendable (AuditLink?, AuditLine) -> [UInt8]) async throws(OAuthError) -> Int
    /// Links after a position with their lines (nil for one that is gone), in order.
    func links(after position: Int64, limit: Int) async throws(OAuthError) -> [(link: AuditLink, line: AuditLine?)]
    /// Lines in no link, of those that are so old that they should be in one; by number.
    func unlinked(after id: Int64, limit: Int) async throws(OAuthError) -> [AuditLine]
}
