internal import Glibc

/// The cluster's place inside the data directory: `postgres/` (the cluster, and its socket), `postgres.log`, and
/// `postgres.lock`, which one process holds.
///
/// The server finds the cluster by an inherited descriptor, `/proc/self/fd/N`: its user need not be able to walk the
/// path, which may begin with a `/root` that only root may enter.
struct ClusterDirectory: Sendable {
    /// Absolute.
    let path: String
    var cluster: String { "\(path)/postgres" }
    var log: String { "\(path)/postgres.log" }
    private var lockFile: String { "\(path)/postgres.lock" }

    /// What the server is told instead of the path.
    static let pathForServer = "/proc/self/fd/\(ChildProcess.directoryNumber)"

    /// Makes the data directory if there is none.
    /// - Throws: `ClusterError`, also when the path is too long for a socket.
    init(_ given: String) throws(ClusterError) {
        mkdir(given, 0o700)
        guard let real = realpath(given, nil) else {
            throw .directory(path: given, reason: String(cString: strerror(errno)))
        }
        defer { free(real) }
        path = String(cString: real)
        // sun_path holds 107 bytes and a NUL.
        let limit = 107 - "/postgres/.s.PGSQL.5432".utf8.count
        guard path.utf8.count <= limit else { throw .pathTooLong(path: path, limit: limit) }
    }

    /// Takes the directory for this process.
    /// - Throws: `ClusterError.inUse` when another has it.
    /// - Returns: what holds the lock.
    func lock() throws(ClusterError) -> Descriptor {
        let lock = try Descriptor(opening: lockFile, O_RDWR | O_CREAT)
        guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else { throw .inUse(directory: path) }
        return lock
    }

    /// The version of PostgreSQL that made the cluster; nil when there is none yet.
    var version: String? {
        guard let text = Self.read("\(cluster)/PG_VERSION") else { return nil }
        return text.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }

    /// Whom the cluster belongs to.
    var owner: (id: uid_t, group: gid_t)? {
        var status = stat()
        return stat(cluster, &status) == 0 ? (status.st_uid, status.st_gid) : nil
    }

    /// The last lines of the log.
    var endOfLog: String {
        (Self.read(log) ?? "").split(separator: "\n").suffix(3).joined(separator: " | ")
    }

    /// A small file's text.
    static func read(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        // Of a long log the end is enough.
        fseek(file, max(0, ftell(file) - 4096), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// The names in a directory.
    static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }
}

/// An open descriptor, closed when this goes.
final class Descriptor: Sendable {
    let number: Int32

    /// - Throws: `ClusterError.directory`.
    init(opening path: String, _ flags: Int32) throws(ClusterError) {
        number = open(path, flags | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw .directory(path: path, reason: String(cString: strerror(errno))) }
    }

    deinit {
        if number >= 0 { close(number) }
    }
}
