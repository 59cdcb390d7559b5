public import EventLoop
import Foundation
public import Postgres
import Storage

/// A database with Martlet's schema, in a PostgreSQL that all tests of one process share and that ends with it.
public struct ThrowAwayDatabase: Sendable {
    /// Connects as the role that serves.
    public var connection: String
    /// Connects as the owner of the schema.
    public let ownerConnection: String
    /// What PostgreSQL calls it.
    public let name: String

    /// Where links are opened.
    public static let lane = Lane(name: "test-lane", threads: 4, capacity: 4)

    /// A database that no other test has.
    ///
    /// - Parameter prepared: with Martlet's schema, else empty.
    public static func fresh(prepared: Bool = true) async throws -> ThrowAwayDatabase {
        try await create(from: prepared ? try await template.value : "template1")
    }

    /// Connects to a PostgreSQL that ran and was stopped.
    public static func stopped() async throws -> String { try await stoppedCluster.value }

    /// Ends every session and lets nobody in, as an outage does, until ``open()``.
    public func shut() async throws {
        let name = name
        try await Self.asSuperuser { database in
            _ = try await database.write("ALTER DATABASE \(identifier: name) ALLOW_CONNECTIONS false")
            _ = try await database.write(
                "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE datname = \(name)")
        }
    }

    /// The end of the outage.
    public func open() async throws {
        let name = name
        try await Self.asSuperuser { database in
            _ = try await database.write("ALTER DATABASE \(identifier: name) ALLOW_CONNECTIONS true")
        }
    }

    /// Links for one test, few and patient: builds may be running beside the tests, and what is tested is not speed.
    public static func configuration(
        _ connection: String, writers: Int = 2, transactors: Int = 1
    ) -> DatabaseConfiguration {
        var configuration = DatabaseConfiguration(connection: connection)
        configuration.readers = 1
        configuration.changers = 1
        configuration.writers = writers
        configuration.transactors = transactors
        configuration.patience = .seconds(20)
        configuration.statementTimeout = .seconds(20)
        return configuration
    }

    /// Runs a body on a loop of its own, with links of its own.
    public static func on<Answer: Sendable>(
        _ connection: String, writers: Int = 4, transactors: Int = 2,
        _ body: @escaping @Sendable (Database) async throws -> Answer
    ) async throws -> Answer {
        let loop = try Loop(name: "test")
        let configuration = configuration(connection, writers: writers, transactors: transactors)
        let database = Database(on: loop, lane: lane, configuration: configuration)
        let outcome: Result<Answer, any Error>
        do {
            outcome = .success(try await loop.run { try await body(database) })
        } catch {
            outcome = .failure(error)
        }
        await database.close()
        await loop.stop()
        return try outcome.get()
    }

    /// A new directory for a cluster; those of earlier test runs, which nobody uses any more, are removed.
    public static func directory() -> String {
        let prefix = "martlet-test-"
        let manager = FileManager.default
        for name in (try? manager.contentsOfDirectory(atPath: "/tmp")) ?? [] where name.hasPrefix(prefix) {
            let owner = name.dropFirst(prefix.count).split(separator: "-").first.flatMap { pid_t($0) }
            guard let owner, kill(owner, 0) != 0 else { continue }
            try? manager.removeItem(atPath: "/tmp/\(name)")
        }
        return "/tmp/\(prefix)\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    }
}

extension ThrowAwayDatabase {
    private static let cluster = Task { try await EmbeddedCluster.start(in: directory(), on: lane) }

    private static let stoppedCluster = Task {
        let cluster = try await EmbeddedCluster.start(in: directory(), on: lane)
        await cluster.stop()
        return cluster.connection
    }

    /// The schema, to be copied: nobody connects to it any more.
    private static let template = Task {
        let empty = try await create(from: "template1")
        _ = try await Schema(ownerConnection: empty.ownerConnection, servingRole: "martlet").migrate(on: lane)
        try await on(empty.connection) { _ = try await Partitions(on: $0).ensure() }
        return empty.name
    }

    private static func create(from template: String) async throws -> ThrowAwayDatabase {
        let name = "t\(UInt64.random(in: 0...UInt64.max))"
        try await asSuperuser { database in
            while true {
                do {
                    let statement: SQL = """
                        CREATE DATABASE \(identifier: name) OWNER martlet_owner TEMPLATE \(identifier: template)
                        """
                    _ = try await database.write(statement)
                    break
                } catch DatabaseError.refused(sqlState: "55006", _) {
                    // The template's last connection is still closing.
                }
            }
        }
        let server = try await cluster.value
        return ThrowAwayDatabase(
            connection: connection(server.connection, to: name),
            ownerConnection: connection(server.ownerConnection, to: name), name: name)
    }

    private static func connection(_ connection: String, to name: String) -> String {
        connection.replacing("dbname=martlet", with: "dbname=\(name)")
    }

    private static func asSuperuser(_ body: @escaping @Sendable (Database) async throws -> Void) async throws {
        let owner = try await cluster.value.ownerConnection
        try await on(
            connection(owner, to: "postgres").replacing("user=martlet_owner", with: "user=postgres"), body)
    }
}
