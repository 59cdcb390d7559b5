internal import CLibPQ

/// A connection used the blocking way, on a lane's thread: for migrations and for setting up a cluster.
struct BlockingSession {
    private let connection: Connection

    /// - Throws: `DatabaseError.unavailable`.
    init(_ string: String, applicationName: String) throws(DatabaseError) {
        connection = try Connection.open(string, applicationName: applicationName, session: "SET lock_timeout = '60s'")
    }

    /// Runs a script: several statements, no values. It stops at the first error.
    func run(script: [UInt8]) throws(DatabaseError) {
        if script.contains(0) { throw .invalidValue(reason: "a script with a NUL") }
        let result = (script + [0]).withUnsafeBytes { bytes in
            PQexec(connection.pointer, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
        }
        _ = try take(result)
    }

    /// Runs one statement.
    func query(_ statement: SQL) throws(DatabaseError) -> Rows {
        let result = statement.parameters.withLibPQ { count, values, lengths, formats in
            PQexecParams(
                connection.pointer, statement.shape.text, count, statement.shape.parameterTypes, values, lengths,
                formats, 1)
        }
        return Rows(try take(result))
    }

    private func take(_ result: OpaquePointer?) throws(DatabaseError) -> ResultHandle {
        guard let result else { throw .unavailable(reason: connection.message) }
        let handle = ResultHandle(result)
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return handle
        default: throw ServerFailure(result).error
        }
    }
}
