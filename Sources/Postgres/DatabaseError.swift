/// Why a statement gave no result. Texts are for the log, never for an answer.
public enum DatabaseError: Error, Sendable, Equatable {
    /// The database cannot be reached; the statement was not executed.
    case unavailable(reason: String)
    /// Too many statements are waiting, or it waited too long; the statement was not executed.
    case overloaded
    /// The link broke after the statement had left: whether it took effect is unknown. Never for a read.
    case interrupted
    /// The database gave up after `statement_timeout` (or `lock_timeout`), or a read was not answered in time;
    /// the statement had no effect.
    case timedOut
    /// A row stayed locked by somebody else for too long; nothing was changed.
    case locked
    /// The task was cancelled; the statement was withdrawn, or a read's answer is no longer awaited.
    case cancelled
    /// A row with the same unique key exists.
    case uniqueViolation(constraint: String)
    /// A referenced row does not exist, or a row to be deleted is still referenced.
    case foreignKeyViolation(constraint: String)
    /// A row breaks a CHECK constraint, or fits no partition (then the constraint is empty).
    case checkViolation(constraint: String)
    /// A column that must not be NULL.
    case notNullViolation(column: String)
    /// A serialization failure or deadlock: nothing was changed, and the same act may be tried again.
    case conflict
    /// A value that PostgreSQL cannot take, such as text with a NUL.
    case invalidValue(reason: String)
    /// The result is not of the shape that the program expects.
    case unexpectedResult(reason: String)
    /// Anything else that the server refused, with its SQLSTATE.
    case refused(sqlState: String, message: String)

    /// Whether the request should be answered as «try again later» (503).
    public var isTemporary: Bool {
        switch self {
        case .unavailable, .overloaded, .interrupted, .timedOut, .locked, .conflict, .cancelled: true
        default: false
        }
    }
}
