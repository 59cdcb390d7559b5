internal import CLibPQ
internal import EventLoop

/// Owns a `PGconn`.
///
/// `@unchecked Sendable`: made on a lane's thread, then handed to one loop, which alone goes on using it.
final class Connection: @unchecked Sendable {
    let pointer: OpaquePointer

    fileprivate init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        // The default prints to standard error, which belongs to the log.
        PQsetNoticeReceiver(pointer, { _, _ in }, nil)
    }

    deinit {
        PQfinish(pointer)
    }

    /// Connects, blocking: names are resolved and several hosts tried. Only on a lane's thread.
    /// - Parameters:
    ///   - string: any libpq connection string or URL. Its own settings win over the defaults here.
    ///   - session: statements that fit the session to its purpose.
    /// - Throws: `DatabaseError.unavailable`.
    static func open(_ string: String, applicationName: String, session: String) throws(DatabaseError) -> Connection {
        guard ConnectionString.isWellFormed(string) else {
            throw .unavailable(reason: "libpq cannot read the connection string")
        }
        let settings: KeyValuePairs = [
            "connect_timeout": "2",
            "tcp_user_timeout": "5000",
            "keepalives_idle": "30",
            "target_session_attrs": "read-write",
            "gssencmode": "disable",
            "fallback_application_name": applicationName,
            "dbname": string,
            "client_encoding": "UTF8",
        ]
        let keywords = CStrings(settings.map(\.key))
        let values = CStrings(settings.map(\.value))
        guard let pointer = PQconnectdbParams(keywords.pointers, values.pointers, 1) else {
            throw .unavailable(reason: "libpq is out of memory")
        }
        let connection = Connection(pointer)
        guard PQstatus(pointer) == CONNECTION_OK else {
            throw .unavailable(reason: ConnectionString.tellable(connection.message))
        }
        guard let result = PQexec(pointer, session) else { throw .unavailable(reason: connection.message) }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw .unavailable(reason: connection.message) }
        return connection
    }

    /// What libpq last complained of, in one line.
    var message: String {
        String(cString: PQerrorMessage(pointer)).split(separator: "\n").joined(separator: "; ")
    }
}

/// A NULL-terminated array of C strings that lives as long as this.
private final class CStrings {
    let pointers: [UnsafePointer<CChar>?]
    private let copies: [UnsafeMutablePointer<CChar>]

    init(_ strings: [String]) {
        copies = strings.map { string in
            let bytes = string.utf8CString
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            for (index, byte) in bytes.enumerated() { copy[index] = byte }
            return copy
        }
        pointers = copies.map { UnsafePointer($0) } + [nil]
    }

    deinit {
        for copy in copies { copy.deallocate() }
    }
}
