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
        try await lane.run { try underLock { session in try apply(in: session) } }
    }

    /// Says what is missing, and changes nothing.
    /// - Throws: `MigrationError`, also when an applied file has changed.
    public func check(on lane: Lane) async throws -> MigrationReport {
        try await lane.run {
            try telling { () throws(DatabaseError) in
                let session = try BlockingSession(connection, applicationName: "martlet check")
                return try Ledger(session).compare(with: migrations)
            }.get()
        }
    }

    private func underLock(
        _ body: (BlockingSession) throws -> MigrationReport
    ) throws -> MigrationReport {
        let session = try telling { () throws(DatabaseError) in
            let session = try BlockingSession(connection, applicationName: "martlet migrate")
            // Of the session: it goes with the connection, however that ends.
            _ = try session.query("SELECT pg_advisory_lock(hashtextextended('martlet.migrations', 0))")
            try Ledger(session).create()
            return session
        }
        return try body(session)
    }

    private func apply(in session: BlockingSession) throws(MigrationError) -> MigrationReport {
        let ledger = Ledger(session)
        var report = try telling { () throws(DatabaseError) in try ledger.compare(with: migrations) }.get()
        for migration in migrations where report.pending.contains(migration.name) {
            do {
                try session.run(script: Array("BEGIN".utf8))
                try session.run(script: migration.text)
                try ledger.note(migration)
                try session.run(script: Array("COMMIT".utf8))
            } catch {
                try? session.run(script: Array("ROLLBACK".utf8))
                throw .failed(name: migration.name, reason: "\(error)")
            }
            report.applied.append(migration.name)
        }
        report.pending = []
        if let finish { _ = try telling { () throws(DatabaseError) in try session.query(finish) } }
        return report
    }

    private func telling<T>(_ body: () throws(DatabaseError) -> T) throws(MigrationError) -> T {
        do {
            return try body()
        } catch {
            throw .database(error)
        }
    }
}

/// The table that remembers what was applied.
private struct Ledger {
    private let session: BlockingSession

    init(_ session: BlockingSession) {
        self.session = session
    }

    func create() throws(DatabaseError) {
        _ = try session.query(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                name text PRIMARY KEY,
                sha256 bytea NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """)
        // The serving role looks here whether the schema is as new as the program.
        _ = try session.query("GRANT SELECT ON schema_migrations TO PUBLIC")
    }

    func note(_ migration: Migration) throws(DatabaseError) {
        _ = try session.query(
            "INSERT INTO schema_migrations (name, sha256) VALUES (\(migration.name), sha256(\(migration.text)))")
    }

    /// Compares the files with the table; the sums are PostgreSQL's own work.
    func compare(with migrations: [Migration]) throws(DatabaseError) -> Result<MigrationReport, MigrationError> {
        let exists = try session.query("SELECT to_regclass('schema_migrations') IS NOT NULL").exactlyOne()
        guard try exists.value(0, as: Bool.self) else {
            return .success(MigrationReport(pending: migrations.map(\.name)))
        }
        var report = MigrationReport()
        let rows = try session.query(
            """
            SELECT applied.name, applied.sha256 = sha256(file.text)
            FROM schema_migrations applied
            LEFT JOIN unnest(\(migrations.map(\.name)), \(migrations.map(\.text))) AS file (name, text) USING (name)
            ORDER BY applied.name
            """)
        for row in rows {
            let (name, isSame) = try row.values(String.self, Bool?.self)
            switch isSame {
            case true?: report.present.append(name)
            case false?: return .failure(.changed(name: name))
            case nil: report.newer.append(name)
            }
        }
        report.pending = migrations.map(\.name).filter { !report.present.contains($0) }
        if let last = report.present.last, let early = report.pending.first(where: { $0 < last }) {
            return .failure(.outOfOrder(name: early))
        }
        return .success(report)
    }
}
