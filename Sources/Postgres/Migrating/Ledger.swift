/// The table that remembers what was applied, on a session of its own; blocking.
struct Ledger {
    private let session: BlockingSession

    init(_ connection: String, applicationName: String) throws(MigrationError) {
        session = try Self.telling { () throws(DatabaseError) in
            try BlockingSession(connection, applicationName: applicationName)
        }
    }

    /// Waits for other migrators, and makes the table. The lock is the session's and goes with it, however it ends.
    func lock() throws(MigrationError) {
        try run("SELECT pg_advisory_lock(hashtextextended('martlet.migrations', 0))")
        try run(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                name text PRIMARY KEY,
                sha256 bytea NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """)
        // The serving role looks here whether the schema is as new as the program.
        try run("GRANT SELECT ON schema_migrations TO PUBLIC")
    }

    func run(_ statement: SQL) throws(MigrationError) {
        _ = try query(statement)
    }

    /// Runs a file and notes it, in one transaction.
    func apply(_ migration: Migration) throws(MigrationError) {
        do {
            _ = try session.query("BEGIN")
            try session.run(script: migration.text)
            _ = try session.query(
                "INSERT INTO schema_migrations (name, sha256) VALUES (\(migration.name), sha256(\(migration.text)))")
            _ = try session.query("COMMIT")
        } catch {
            _ = try? session.query("ROLLBACK")
            throw .failed(name: migration.name, reason: "\(error)")
        }
    }

    /// Compares the files with the table; the sums are PostgreSQL's own work.
    func compare(with migrations: [Migration]) throws(MigrationError) -> MigrationReport {
        guard try exists() else { return MigrationReport(pending: migrations.map(\.name)) }
        var report = MigrationReport()
        let rows = try query(
            """
            SELECT applied.name, applied.sha256 = sha256(file.text)
            FROM schema_migrations applied
            LEFT JOIN unnest(\(migrations.map(\.name)), \(migrations.map(\.text))) AS file (name, text) USING (name)
            ORDER BY applied.name
            """)
        for row in rows {
            let (name, isSame) = try Self.telling { () throws(DatabaseError) in
                try row.values(String.self, Bool?.self)
            }
            switch isSame {
            case true?: report.present.append(name)
            case false?: throw .changed(name: name)
            case nil: report.newer.append(name)
            }
        }
        report.pending = migrations.map(\.name).filter { !report.present.contains($0) }
        if let last = report.present.last, let early = report.pending.first(where: { $0 < last }) {
            throw .outOfOrder(name: early)
        }
        return report
    }

    private func exists() throws(MigrationError) -> Bool {
        let rows = try query("SELECT to_regclass('schema_migrations') IS NOT NULL")
        return try Self.telling { () throws(DatabaseError) in try rows.exactlyOne().value(0) }
    }

    private func query(_ statement: SQL) throws(MigrationError) -> Rows {
        try Self.telling { () throws(DatabaseError) in try session.query(statement) }
    }

    private static func telling<T>(_ body: () throws(DatabaseError) -> T) throws(MigrationError) -> T {
        do {
            return try body()
        } catch {
            throw .database(error)
        }
    }
}
