public import EventLoop
internal import Glibc

/// A private PostgreSQL inside the data directory: a Unix socket that only its user and root can reach, no TCP port,
/// never run by root. It ends with this process, however this process ends.
public final class EmbeddedCluster: Sendable {
    /// Connects as the role that serves, without rights of ownership.
    public let connection: String
    /// Connects as the role that owns the schema.
    public let ownerConnection: String
    private let keeper: ServerKeeper

    private init(directory: ClusterDirectory, keeper: ServerKeeper) {
        connection = Self.connection(to: directory, as: "martlet", database: "martlet")
        ownerConnection = Self.connection(to: directory, as: "martlet_owner", database: "martlet")
        self.keeper = keeper
    }

    /// Makes the cluster if there is none, starts it, and makes its roles and database.
    ///
    /// The first start takes a second or two, later ones a fraction of one; after a crash PostgreSQL first recovers.
    /// - Parameters:
    ///   - dataDirectory: made if missing.
    ///   - lane: where the waiting is done; free again when this returns.
    /// - Throws: `ClusterError`.
    public static func start(in dataDirectory: String, on lane: Lane) async throws -> EmbeddedCluster {
        try await lane.run(waitingAtMost: .seconds(120)) {
            let directory = try ClusterDirectory(dataDirectory)
            let lock = try directory.lock()
            try FormerServer.end(in: directory)
            let programs = try ServerPrograms(version: directory.version)
            let user = try ServerUser(owner: directory.owner)
            if directory.version == nil { try NewCluster(programs, user, directory).make() }

            let keeper = try ServerKeeper(
                arguments: user.prefix + [programs.postgres] + Self.options, directory: directory, lock: lock)
            try keeper.begin()
            do {
                try ClusterRoles.make(
                    through: connection(to: directory, as: "postgres", database: "postgres"),
                    unless: { keeper.hasEnded ? .ended(program: "postgres", log: directory.endOfLog) : nil })
            } catch {
                keeper.tellToStop()
                throw error
            }
            return EmbeddedCluster(directory: directory, keeper: keeper)
        }
    }

    /// Whether the server runs no more, because it was stopped, or because it died again and again.
    public var hasEnded: Bool { keeper.hasEnded }

    /// Shuts the server down (fast: sessions are ended, nothing is lost) and waits for it.
    public func stop() async {
        await keeper.stop()
    }

    /// Durability is PostgreSQL's default; the rest suits a server of one program on one machine.
    private static let options = [
        "-D", ClusterDirectory.pathForServer, "-k", ClusterDirectory.pathForServer, "-c", "listen_addresses=",
        "-c", "max_connections=200", "-c", "jit=off", "-c", "timezone=UTC", "-c", "log_timezone=UTC",
        "-c", "cluster_name=martlet",
    ]

    /// Connection strings of the cluster that another process runs in this data directory.
    /// - Throws: `ClusterError` when the directory cannot be used.
    public static func connections(in dataDirectory: String) throws(ClusterError) -> (serving: String, owner: String) {
        let directory = try ClusterDirectory(dataDirectory)
        return (
            connection(to: directory, as: "martlet", database: "martlet"),
            connection(to: directory, as: "martlet_owner", database: "martlet")
        )
    }

    /// By libpq's rules of quoting.
    private static func connection(to directory: ClusterDirectory, as role: String, database: String) -> String {
        var host = ""
        for character in directory.cluster {
            if character == "'" || character == "\\" { host.append("\\") }
            host.append(character)
        }
        return "host='\(host)' port=5432 user=\(role) dbname=\(database)"
    }
}
