internal import CLibPQ

/// What the server said when it refused, and what that means for the statement and for its link.
struct ServerFailure {
    /// For the caller.
    let error: DatabaseError
    /// The session is over, or serves the wrong purpose: the link must be replaced.
    let endsLink: Bool
    /// The prepared statement is unknown or outdated; the statement was not executed.
    let isStalePreparation: Bool

    /// - Parameter refusesWrites: whether the session itself is read-only, so that a refused write does not mean that
    ///   the server has become a standby.
    init(_ result: OpaquePointer, refusesWrites: Bool = false) {
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
        }
        let message = field("M") ?? String(cString: PQresultErrorMessage(result))
        // Without an SQLSTATE it was libpq that spoke: the connection is gone.
        let state = field("C") ?? "08006"
        if state == "25006", refusesWrites {
            error = .refused(sqlState: state, message: message)
            endsLink = false
            isStalePreparation = false
            return
        }
        error = Self.error(
            state: state, message: message, constraint: field("n") ?? "", column: field("c") ?? "")
        endsLink = state.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05", "25006"].contains(state)
        isStalePreparation = state == "26000" || (state == "0A000" && message.contains("cached plan"))
    }

    /// By the table of SQLSTATEs, appendix A of PostgreSQL's manual.
    private static func error(state: String, message: String, constraint: String, column: String) -> DatabaseError {
        switch state {
        case "23505", "23P01": .uniqueViolation(constraint: constraint)
        case "23503", "23001": .foreignKeyViolation(constraint: constraint)
        case "23514": .checkViolation(constraint: constraint)
        case "23502": .notNullViolation(column: column)
        case "40001", "40P01": .conflict
        case "40003": .interrupted
        case "57014", "25P03": .timedOut
        case "55P03": .locked
        case "57P01", "57P02", "57P03", "57P05", "25006": .unavailable(reason: message)
        default:
            switch state.prefix(2) {
            case "08": .unavailable(reason: message)
            case "22": .invalidValue(reason: message)
            case "53": .overloaded
            default: .refused(sqlState: state, message: message)
            }
        }
    }
}
