public import Postgres

/// The time slices of the expiring tables, made ahead of need: at the start, and then at least once a day.
public struct Partitions: Sendable {
    private let database: Database

    /// - Parameter database: of the serving role, which may have missing partitions made and nothing else, or of the
    ///   owner.
    public init(on database: Database) { self.database = database }

    /// Makes what is missing, table by table, each in a transaction of its own; answers how many were made.
    public func ensure() async throws(DatabaseError) -> Int {
        let tables = try await database.read("SELECT table_name FROM partition_plans ORDER BY table_name")
        var made = 0
        for table in tables {
            let name = try table.value(0, as: String.self)
            made += try await database.transaction(timeout: .seconds(30)) { transaction throws(DatabaseError) in
                try await transaction.query("SELECT ensure_partitions(\(name))").exactlyOne().value(0, as: Int.self)
            }
        }
        return made
    }

    /// Tables that lack a partition which the server relies on from now on: rows written today may find no place.
    func short() async throws(DatabaseError) -> [String] {
        // Some milliseconds: too long for the links of the reads, where others would wait behind it.
        try await database.transaction { transaction throws(DatabaseError) in
            let rows = try await transaction.query(
                """
                SELECT plan.table_name FROM partition_plans plan
                WHERE EXISTS (SELECT FROM missing_partitions(plan, now(), false))
                ORDER BY plan.table_name
                """)
            var names: [String] = []
            for row in rows { names.append(try row.value(0)) }
            return names
        }
    }
}
