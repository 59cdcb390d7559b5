public import EventLoop
public import Postgres

/// The tables, as the role that owns them brings them up to date.
public struct Schema: Sendable {
    private let migrator: Migrator

    /// - Parameters:
    ///   - ownerConnection: of the role that owns the tables.
    ///   - servingRole: the role that serves. It is granted exactly what `sql/` says at every migration; may be the
    ///     owner itself, and then only a trigger keeps the audit log append-only.
    public init(ownerConnection: String, servingRole: String) {
        migrator = Migrator(connection: ownerConnection, finish: "SELECT grant_serving_rights(\(servingRole))")
    }

    /// Applies what is missing and grants the rights. Partitions are ``Partitions/ensure()``'s part.
    /// - Throws: `MigrationError`.
    public func migrate(on lane: Lane) async throws -> MigrationReport { try await migrator.migrate(on: lane) }

    /// Says what is missing, and changes nothing.
    /// - Throws: `MigrationError`, also when an applied file has changed.
    public func check(on lane: Lane) async throws -> MigrationReport { try await migrator.check(on: lane) }
}
