public import Postgres

/// Whether the database can serve: for `/health/ready`.
public struct StorageHealth: Sendable {
    private let database: Database

    /// - Parameter database: of the serving role.
    public init(on database: Database) { self.database = database }

    /// Why it cannot. The descriptions are for operators.
    public enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
        /// The database does not answer.
        case unreachable(DatabaseError)
        /// The schema is older than this program.
        case pendingMigrations([String])
        /// Tables without the partitions that rows of the coming days need.
        case shortHorizon([String])

        /// A sentence with the remedy.
        public var description: String {
            switch self {
            case .unreachable(let error): "the database does not answer: \(error)"
            case .pendingMigrations(let names):
                "the schema is older than the program; run 'martlet migrate' (\(names.joined(separator: ", ")))"
            case .shortHorizon(let tables):
                "partitions are missing for the coming days: \(tables.joined(separator: ", "))"
            }
        }
    }

    /// The first problem; nil when there is none.
    public func problem() async -> Problem? {
        do {
            let pending = try await pendingMigrations()
            if !pending.isEmpty { return .pendingMigrations(pending) }
            let short = try await Partitions(on: database).short()
            return short.isEmpty ? nil : .shortHorizon(short)
        } catch {
            return .unreachable(error)
        }
    }

    /// By name alone; that nothing applied has changed is checked at the start.
    private func pendingMigrations() async throws(DatabaseError) -> [String] {
        let names = Migration.embedded.map(\.name)
        let known = try await database.read("SELECT to_regclass('schema_migrations') IS NOT NULL").exactlyOne()
        guard try known.value(0, as: Bool.self) else { return names }
        let rows = try await database.read("SELECT name FROM schema_migrations")
        var applied: Set<String> = []
        for row in rows { applied.insert(try row.value(0)) }
        return names.filter { !applied.contains($0) }
    }
}
