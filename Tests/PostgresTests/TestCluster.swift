import EventLoop
import Postgres
import TestDatabases

/// A throw-away PostgreSQL for the whole test process, ended with it.
enum TestCluster {
    /// Where databases connect.
    static let lane = Lane(name: "test-lane", threads: 8, capacity: 8)
    /// Where tests make clusters of their own; the shared one does not wait for them.
    static let clusterLane = Lane(name: "test-clusters", threads: 2, capacity: 2)

    private static let started = Task { try await EmbeddedCluster.start(in: ThrowAwayDatabase.directory(), on: lane) }

    /// The shared cluster, started by the first test that asks.
    static func shared() async throws -> EmbeddedCluster { try await started.value }

    /// Runs a test on a loop of its own, with a database of its own links, as the owner of the schema.
    static func with(
        _ connection: String? = nil,
        configure: (inout DatabaseConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (Database, Loop) async throws -> Void
    ) async throws {
        let loop = try Loop(name: "test")
        var connecting = connection
        if connecting == nil { connecting = try await shared().ownerConnection }
        var configuration = DatabaseConfiguration(connection: connecting ?? "")
        // Three builds may be running beside the tests; what is tested is not speed.
        configuration.patience = .seconds(10)
        configuration.statementTimeout = .seconds(10)
        configure(&configuration)
        let database = Database(on: loop, lane: lane, configuration: configuration)
        do {
            try await loop.run { try await body(database, loop) }
        } catch {
            await database.close()
            await loop.stop()
            throw error
        }
        await database.close()
        await loop.stop()
    }
}

extension Row {
    var int: Int { get throws { try value(0) } }
    var string: String { get throws { try value(0) } }
}
