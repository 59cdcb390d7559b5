public import EventLoop

/// Brings the schema up to date, as the role that owns it.
///
/// One migrator works at a time (an advisory lock of the database); each migration is a transaction of its own, which
/// also notes its name and SHA-256. An applied file that has changed stops everything by name.
public struct Migrator: Sendable {
    private let connection: String
    private let migrations: [Migration]
    private let finish: SQL?

    /// - Parameters:
    ///   - connection: of the role that owns the schema.
    ///   - migrations: in the order of their names.
    ///   - finish: a statement to run after the migrations of every run, under the same lock: granting rights, say.
    public init(connection: String, migrations: [Migration] = Migration.embedded, finish: SQL? = nil) {
        self.connection = connection
        self.migrations = migrations
        self.finish = finish
    }

    /// Applies what is missing.
    /// - Throws: `MigrationError`; what was applied before the error stays.
    public func migrate(on lane: Lane) async throws -> MigrationReport {
        try await lane.run(waitingAtMost: .seconds(120)) {
            let ledger = try Ledger(connection, applicationName: "martlet migrate")
            try ledger.lock()
            var report = try ledger.compare(with: migrations)
            for migration in migrations where report.pending.contains(migration.name) {
                try ledger.apply(migration)
                report.applied.append(migration.name)
            }
            report.pending = []
            if let finish { try ledger.run(finish) }
            return report
        }
    }

    /// Says what is missing, and changes nothing.
    /// - Throws: `MigrationError`, also when an applied file has changed.
    public func check(on lane: Lane) async throws -> MigrationReport {
        try await lane.run(waitingAtMost: .seconds(120)) {
            try Ledger(connection, applicationName: "martlet check").compare(with: migrations)
        }
    }
}
