import EventLoop
import Testing

@testable import Postgres

@Suite("Migrator: forward, once, in order")
struct MigratorTests {
    private let lane = TestCluster.lane

    private func migration(_ name: String, _ text: String) -> Migration {
        Migration(name: name, text: Array(text.utf8))
    }

    /// A new database in the shared cluster.
    private func database(_ name: StaticString) async throws -> String {
        let cluster = try await TestCluster.shared()
        let superuser = cluster.ownerConnection.replacing("user=martlet_owner", with: "user=postgres")
        try await TestCluster.with(superuser) { database, _ in
            _ = try await database.write(SQL(stringLiteral: name))
        }
        let words = name.description.split(separator: " ")
        return cluster.ownerConnection.replacing("dbname=martlet", with: "dbname=\(words[2])")
    }

    @Test("applies what is missing, in order, and nothing twice")
    func inOrder() async throws {
        let connection = try await database("CREATE DATABASE in_order OWNER martlet_owner")
        let first = migration("0001_a", "CREATE TABLE a (n int); INSERT INTO a VALUES (1); -- ü")
        let second = migration("0002_b", "INSERT INTO a VALUES (2);")
        let unapplied = try await Migrator(connection: connection, migrations: [first, second]).check(on: lane)
        #expect(unapplied == MigrationReport(pending: ["0001_a", "0002_b"]))
        let one = try await Migrator(connection: connection, migrations: [first]).migrate(on: lane)
        #expect(one == MigrationReport(applied: ["0001_a"]))
        let finish: SQL = "INSERT INTO a VALUES (\(Int32(9)))"
        let two = try await Migrator(connection: connection, migrations: [first, second], finish: finish)
            .migrate(on: lane)
        #expect(two == MigrationReport(applied: ["0002_b"], present: ["0001_a"]))
        let none = try await Migrator(connection: connection, migrations: [first, second]).migrate(on: lane)
        #expect(none == MigrationReport(present: ["0001_a", "0002_b"]))
        // Version N-1 on schema N.
        let older = try await Migrator(connection: connection, migrations: [first]).migrate(on: lane)
        #expect(older == MigrationReport(present: ["0001_a"], newer: ["0002_b"]))
        try await TestCluster.with(connection) { database, _ in
            let rows = try await database.read("SELECT n FROM a ORDER BY n")
            #expect(try rows.map { try $0.int } == [1, 2, 9])
        }
    }

    @Test("a changed old file stops everything by its name")
    func changed() async throws {
        let connection = try await database("CREATE DATABASE changed_file OWNER martlet_owner")
        let first = migration("0001_a", "CREATE TABLE a (n int)")
        _ = try await Migrator(connection: connection, migrations: [first]).migrate(on: lane)
        let edited = migration("0001_a", "CREATE TABLE a (n int) ")
        let migrator = Migrator(connection: connection, migrations: [edited, migration("0002_b", "SELECT 1")])
        await #expect(throws: MigrationError.changed(name: "0001_a")) { try await migrator.migrate(on: lane) }
        await #expect(throws: MigrationError.changed(name: "0001_a")) { try await migrator.check(on: lane) }
        #expect(MigrationError.changed(name: "0001_a").description.contains("sql/0001_a.sql"))
    }

    @Test("a failing migration leaves nothing of itself and what came before it")
    func failing() async throws {
        let connection = try await database("CREATE DATABASE failing OWNER martlet_owner")
        let files = [
            migration("0001_a", "CREATE TABLE a (n int)"),
            migration("0002_b", "CREATE TABLE b (n int); INSERT INTO nowhere VALUES (1)"),
        ]
        do {
            _ = try await Migrator(connection: connection, migrations: files).migrate(on: lane)
            Issue.record("did not fail")
        } catch {
            guard case .failed(name: "0002_b", let reason) = error as? MigrationError else { throw error }
            #expect(reason.contains("nowhere"))
        }
        let mended = [files[0], migration("0002_b", "CREATE TABLE b (n int)")]
        let report = try await Migrator(connection: connection, migrations: mended).migrate(on: lane)
        #expect(report == MigrationReport(applied: ["0002_b"], present: ["0001_a"]))
    }

    @Test("a file that comes too late is refused by its name")
    func outOfOrder() async throws {
        let connection = try await database("CREATE DATABASE out_of_order OWNER martlet_owner")
        let last = migration("0002_b", "SELECT 1")
        _ = try await Migrator(connection: connection, migrations: [last]).migrate(on: lane)
        let early = migration("0001_a", "SELECT 1")
        await #expect(throws: MigrationError.outOfOrder(name: "0001_a")) {
            try await Migrator(connection: connection, migrations: [early, last]).migrate(on: lane)
        }
    }

    @Test("of many at once each migration is applied by one")
    func concurrently() async throws {
        let connection = try await database("CREATE DATABASE at_once OWNER martlet_owner")
        let files = [
            migration("0001_a", "CREATE TABLE a (n int); SELECT pg_sleep(0.1)"),
            migration("0002_b", "INSERT INTO a VALUES (1)"),
        ]
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try await Migrator(connection: connection, migrations: files).migrate(on: lane).applied
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.sorted() == ["0001_a", "0002_b"])
    }

    @Test("the embedded migrations are in order, and apply to an empty database")
    func embedded() async throws {
        let names = Migration.embedded.map(\.name)
        #expect(names == names.sorted())
        #expect(Set(names.map { $0.prefix(4) }).count == names.count)
        let connection = try await database("CREATE DATABASE embedded OWNER martlet_owner")
        #expect(try await Migrator(connection: connection).migrate(on: lane).applied == names)
    }
}
