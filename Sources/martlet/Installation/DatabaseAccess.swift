internal import Configuration
internal import EventLoop
internal import Postgres
internal import Storage

/// The database of this installation: the operator's own, or the embedded cluster.
struct DatabaseAccess: Sendable {
    /// Connection string of the role that serves.
    let serving: String
    /// Connection string of the role that owns the schema.
    let owner: String
    /// Runs only as long as this process does.
    private let cluster: EmbeddedCluster?

    /// Whether nobody else can be using the database.
    var isOurs: Bool { cluster != nil }

    /// Starts the embedded cluster, unless the operator named a database.
    /// - Parameter joining: whether to use the cluster of a server that runs on the data directory already.
    /// - Throws: `ClusterError`, and `ConfigurationError` for what is no connection string.
    static func open(_ deployment: Deployment, joining: Bool, on lane: Lane) async throws -> DatabaseAccess {
        switch deployment.database {
        case .external(let serving, let owner):
            for (setting, text) in [(Setting.databaseURL, serving), (.ownerDatabaseURL, owner)]
            where !ConnectionString.isWellFormed(text) {
                throw ConfigurationError(
                    setting,
                    "is no connection string that libpq can read; in a URL, / and @ of a password are written %2F and %40"
                )
            }
            return DatabaseAccess(serving: serving, owner: owner, cluster: nil)
        case .embedded:
            do {
                let cluster = try await EmbeddedCluster.start(in: deployment.dataDirectory, on: lane)
                return DatabaseAccess(
                    serving: cluster.connection, owner: cluster.ownerConnection, cluster: cluster)
            } catch ClusterError.inUse where joining {
                let running = try EmbeddedCluster.connections(in: deployment.dataDirectory)
                return DatabaseAccess(serving: running.serving, owner: running.owner, cluster: nil)
            }
        }
    }

    /// Stops what was started.
    func close() async {
        await cluster?.stop()
    }

    /// Brings the schema up to date, as its owner.
    /// - Throws: `MigrationError`.
    func migrate(servingAs role: String, on lane: Lane) async throws -> MigrationReport {
        try await Schema(ownerConnection: owner, servingRole: role).migrate(on: lane)
    }

    /// Says what the schema lacks.
    func check(on lane: Lane) async throws -> MigrationReport {
        try await Schema(ownerConnection: owner, servingRole: "").check(on: lane)
    }

    /// The role that `serving` connects as; the first answer of the database.
    /// - Throws: `Refusal` when there is none within a few seconds.
    static func role(of database: Database, on loop: Loop) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            do {
                return try await database.read("SELECT current_user::text").exactlyOne().value(0, as: String.self)
            } catch {
                guard case .unavailable = error, ContinuousClock.now < deadline else { throw error }
                try await loop.sleep(for: .milliseconds(100))
            }
        }
    }
}
