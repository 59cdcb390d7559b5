import EventLoop
import Foundation
import Postgres
import Storage

/// A throw-away PostgreSQL for the whole test process, with Martlet's schema, ended with the process.
enum TestDatabase {
    static let lane = Lane(name: "test-lane", threads: 4, capacity: 4)

    private static let connection = Task {
        let cluster = try await EmbeddedCluster.start(in: directory(), on: lane)
        _ = try await Schema(ownerConnection: cluster.ownerConnection, servingRole: "martlet").migrate(on: lane)
        return cluster.connection
    }

    /// All tests share one loop and its few links, as the requests of one loop do.
    private static let shared = Task {
        var configuration = DatabaseConfiguration(connection: try await connection.value)
        // Builds may be running beside the tests; what is tested is not speed.
        configuration.patience = .seconds(20)
        configuration.statementTimeout = .seconds(20)
        let loop = try Loop(name: "test")
        let database = Database(on: loop, lane: lane, configuration: configuration)
        _ = try await loop.run { try await Partitions(on: database).ensure() }
        return (loop, database)
    }

    /// Runs a body on the loop of the database.
    static func use<Answer: Sendable>(
        _ body: @escaping @Sendable (Database) async throws -> Answer
    ) async throws -> Answer {
        let (loop, database) = try await shared.value
        return try await loop.run { try await body(database) }
    }

    /// A new directory; those of earlier test runs, which nobody uses any more, are removed.
    private static func directory() -> String {
        let prefix = "martlet-web-"
        let manager = FileManager.default
        for name in (try? manager.contentsOfDirectory(atPath: "/tmp")) ?? [] where name.hasPrefix(prefix) {
            let owner = name.dropFirst(prefix.count).split(separator: "-").first.flatMap { pid_t($0) }
            guard let owner, kill(owner, 0) != 0 else { continue }
            try? manager.removeItem(atPath: "/tmp/\(name)")
        }
        return "/tmp/\(prefix)\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    }
}
