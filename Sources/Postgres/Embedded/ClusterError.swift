/// Why the embedded cluster does not run. The description is for the operator and says what to do.
public enum ClusterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `initdb` and `postgres` are not installed, or not in the version that made the data.
    case programsMissing(version: String?)
    /// The directory's path leaves no room for that of a Unix socket.
    case pathTooLong(path: String, limit: Int)
    /// Another process holds the data directory.
    case inUse(directory: String)
    /// The directory cannot be used.
    case directory(path: String, reason: String)
    /// A program ended before it should; with the end of its log.
    case ended(program: String, log: String)
    /// A former server of this directory does not end.
    case orphan(process: Int32)
    /// The server runs, and roles or database could not be made.
    case setUp(DatabaseError)

    /// A sentence with the remedy.
    public var description: String {
        switch self {
        case .programsMissing(nil):
            "PostgreSQL's programs were not found; install postgresql, or set MARTLET_DATABASE_URL"
        case .programsMissing(let version?):
            "the data directory was made by PostgreSQL \(version), whose programs are not installed (postgresql-\(version))"
        case .pathTooLong(let path, let limit):
            "the path \(path) is too long for a Unix socket inside it; choose a data directory of at most \(limit) bytes"
        case .inUse(let directory): "the data directory \(directory) is in use by another martlet"
        case .directory(let path, let reason): "\(path) cannot be used: \(reason)"
        case .ended(let program, let log): "\(program) has ended: \(log)"
        case .orphan(let process): "an earlier server of this data directory does not end (process \(process))"
        case .setUp(let error): "the embedded database could not be set up: \(error)"
        }
    }
}
