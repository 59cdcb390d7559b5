public import Postgres
internal import Provider

/// Takes away what is over: partitions past their time, and seeds of refresh tokens past their window. Of several
/// servers any may sweep at any time.
public struct Janitor: Sendable {
    private let database: Database

    /// What a sweep did.
    public struct Report: Sendable, Equatable {
        /// Partitions that left their table; nobody sees their rows any more.
        public var detached: [String] = []
        /// Partitions whose space is free again.
        public var dropped: [String] = []
        /// What could not be done now and is left for the next sweep, with the reason.
        public var postponed: [String: DatabaseError] = [:]
        /// Seeds that were erased.
        public var seeds = 0
        /// Of a sweep that found nothing to do.
        public init() {}
    }

    /// - Parameter database: of the role that owns the tables, with ``Postgres/DatabaseConfiguration/upkeep(_:)``.
    public init(owner database: Database) { self.database = database }

    /// Sweeps once.
    public func sweep() async throws(DatabaseError) -> Report {
        var report = Report()
        report.seeds = try await forgetSeeds()
        try await detachExpired(&report)
        try await dropDetached(&report)
        return report
    }

    /// A partition leaves without anybody waiting: two short transactions, between which the readers that began before
    /// end. One that was interrupted there is finished first; until then its table can let no other go.
    private func detachExpired(_ report: inout Report) async throws(DatabaseError) {
        let rows = try await database.read(
            """
            SELECT table_name, partition_name, detaching FROM expired_partitions(now())
            ORDER BY detaching DESC, table_name, partition_name
            """)
        for row in rows {
            let (table, partition, isDetaching) = try row.values(String.self, String.self, Bool.self)
            do {
                if isDetaching {
                    _ = try await database.write(
                        "ALTER TABLE \(identifier: table) DETACH PARTITION \(identifier: partition) FINALIZE")
                } else {
                    _ = try await database.write(
                        "ALTER TABLE \(identifier: table) DETACH PARTITION \(identifier: partition) CONCURRENTLY")
                }
                report.detached.append(partition)
            } catch {
                report.postponed[partition] = error
            }
        }
    }

    private func dropDetached(_ report: inout Report) async throws(DatabaseError) {
        for row in try await database.read("SELECT partition_name FROM detached_partitions ORDER BY 1") {
            let partition = try row.value(0, as: String.self)
            do {
                _ = try await database.write("SELECT drop_detached_partition(\(partition))")
                report.dropped.append(partition)
            } catch {
                report.postponed[partition] = error
            }
        }
    }

    /// Rows that are being rotated right now are passed over: they are not over, or will be found by the next sweep.
    private func forgetSeeds() async throws(DatabaseError) -> Int {
        try await database.write(
            """
            UPDATE refresh_tokens token SET seed = NULL
            FROM (
                SELECT bucket, hash FROM refresh_tokens
                WHERE seed IS NOT NULL AND grace_ends_at <= now()
                ORDER BY bucket, hash LIMIT 10000 FOR NO KEY UPDATE SKIP LOCKED
            ) AS over
            WHERE token.bucket = over.bucket AND token.hash = over.hash
            """
        ).affected
    }
}

extension DatabaseConfiguration {
    /// Few links and much patience: for the owner's work beside the serving.
    public static func upkeep(_ connection: String) -> DatabaseConfiguration {
        var configuration = DatabaseConfiguration(connection: connection)
        configuration.applicationName = "martlet upkeep"
        configuration.readers = 1
        configuration.changers = 1
        configuration.writers = 1
        configuration.transactors = 1
        configuration.statementTimeout = .seconds(30)
        return configuration
    }
}
