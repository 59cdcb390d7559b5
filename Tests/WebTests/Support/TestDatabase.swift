import EventLoop
import Postgres
import TestDatabases

/// The databases of the whole test process: one that serves, and one whose PostgreSQL was stopped. All tests share
/// their loops and few links, as the requests of one loop do.
enum TestDatabase {
    private static let serving = Task {
        try place(ThrowAwayDatabase.configuration(try await ThrowAwayDatabase.fresh().connection))
    }

    private static let stopped = Task {
        var configuration = ThrowAwayDatabase.configuration(try await ThrowAwayDatabase.stopped())
        // Nothing is worth waiting for.
        configuration.patience = .milliseconds(50)
        return try place(configuration)
    }

    private static func place(_ configuration: DatabaseConfiguration) throws -> (Loop, Database) {
        let loop = try Loop(name: "test")
        return (loop, Database(on: loop, lane: ThrowAwayDatabase.lane, configuration: configuration))
    }

    /// Runs a body on the loop of the database that serves.
    static func use<Answer: Sendable>(
        _ body: @escaping @Sendable (Database) async throws -> Answer
    ) async throws -> Answer {
        let (loop, database) = try await serving.value
        return try await loop.run { try await body(database) }
    }

    /// Runs a body on the loop of the database that is away.
    static func doWithout<Answer: Sendable>(
        _ body: @escaping @Sendable (Database) async throws -> Answer
    ) async throws -> Answer {
        let (loop, database) = try await stopped.value
        return try await loop.run { try await body(database) }
    }
}
