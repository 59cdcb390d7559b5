import EventLoop
import Foundation
import Postgres
import Provider
import Storage
import Synchronization
import Testing

/// A throw-away PostgreSQL for the whole test process, with Martlet's schema, ended with the process.
enum TestDatabase {
    static let lane = Lane(name: "test-lane", threads: 4, capacity: 4)

    /// One database of the cluster, by its two roles.
    struct Place: Sendable {
        var name = "martlet"
        var serving: String
        var owner: String
    }

    private static let startedCluster = Task { try await EmbeddedCluster.start(in: directory(), on: lane) }
    private static let sharedPlace = Task {
        let cluster = try await startedCluster.value
        return try await prepare(Place(serving: cluster.connection, owner: cluster.ownerConnection))
    }

    /// The database that most tests share: each keeps to rows of its own.
    static func shared() async throws -> Place { try await sharedPlace.value }

    /// A database of its own, for tests that look at all rows of a table.
    ///
    /// - Parameter prepared: with Martlet's schema, else empty.
    static func fresh(prepared: Bool = true) async throws -> Place {
        await gate.enter()
        defer { gate.leave() }
        return try await database(from: prepared ? try await template.value : "template1")
    }

    /// A database with the schema, to be copied: nobody connects to it any more.
    private static let template = Task {
        let place = try await database(from: "template1")
        _ = try await prepare(place)
        return place.name
    }

    private static func database(from template: String) async throws -> Place {
        let cluster = try await startedCluster.value
        let name = "t\(UInt64.random(in: 0...UInt64.max))"
        try await on(cluster.ownerConnection.replacing("user=martlet_owner", with: "user=postgres")) { database in
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
        func named(_ connection: String) -> String { connection.replacing("dbname=martlet", with: "dbname=\(name)") }
        return Place(name: name, serving: named(cluster.connection), owner: named(cluster.ownerConnection))
    }

    private static func prepare(_ place: Place) async throws -> Place {
        _ = try await Schema(ownerConnection: place.owner, servingRole: "martlet").migrate(on: lane)
        try await on(place.serving) { database in _ = try await Partitions(on: database).ensure() }
        return place
    }

    /// Runs a body on a loop of its own, with links of its own.
    static func on<Answer: Sendable>(
        _ connection: String, writers: Int = 4, _ body: @escaping @Sendable (Database) async throws -> Answer
    ) async throws -> Answer {
        let loop = try Loop(name: "test")
        let database = Database(on: loop, lane: lane, configuration: configuration(connection, writers: writers))
        let result: Result<Answer, any Error>
        do {
            result = .success(try await loop.run { try await body(database) })
        } catch {
            result = .failure(error)
        }
        await database.close()
        await loop.stop()
        return try result.get()
    }

    /// Few links, and patient ones: builds may be running beside the tests; what is tested is not speed.
    static func configuration(_ connection: String, writers: Int) -> DatabaseConfiguration {
        var configuration = DatabaseConfiguration(connection: connection)
        configuration.readers = 1
        configuration.changers = 1
        configuration.writers = writers
        configuration.patience = .seconds(20)
        configuration.statementTimeout = .seconds(20)
        return configuration
    }

    /// A new directory; those of earlier test runs, which nobody uses any more, are removed.
    private static func directory() -> String {
        let prefix = "martlet-storage-"
        let manager = FileManager.default
        for name in (try? manager.contentsOfDirectory(atPath: "/tmp")) ?? [] where name.hasPrefix(prefix) {
            let owner = name.dropFirst(prefix.count).split(separator: "-").first.flatMap { pid_t($0) }
            guard let owner, kill(owner, 0) != 0 else { continue }
            try? manager.removeItem(atPath: "/tmp/\(name)")
        }
        return "/tmp/\(prefix)\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    }
}

/// Runs a test with the stores over the shared database, or over the place given.
func withStores(
    at place: TestDatabase.Place? = nil, _ body: @escaping @Sendable (World) async throws -> Void
) async throws {
    let connection: String
    if let place { connection = place.serving } else { connection = try await TestDatabase.shared().serving }
    await gate.enter()
    defer { gate.leave() }
    try await TestDatabase.on(connection, writers: 8) { database in
        try await body(World(database: database, stores: Stores(on: database)))
    }
}

/// Runs a test with the stores of two servers over one PostgreSQL: each has links and a memory of its own.
func withTwoNodes(
    at place: TestDatabase.Place? = nil, _ body: @escaping @Sendable (_ a: World, _ b: World) async throws -> Void
) async throws {
    let connection: String
    if let place { connection = place.serving } else { connection = try await TestDatabase.shared().serving }
    try await withStores(at: place) { a in
        let other = Database(
            on: try #require(Loop.current), lane: TestDatabase.lane,
            configuration: TestDatabase.configuration(connection, writers: 2))
        do { try await body(a, World(database: other, stores: Stores(on: other))) } catch {
            await other.close()
            throw error
        }
        await other.close()
    }
}

/// As many tests at once as the server has connections for.
private let gate = Gate(places: 6)

/// Lets a number of tests in at a time; the others wait without a thread.
private final class Gate: Sendable {
    private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

    init(places: Int) { state = Mutex((places, [])) }

    func enter() async {
        await withCheckedContinuation { continuation in
            let mayEnter = state.withLock { state in
                if state.free == 0 {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if mayEnter { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state in
            if state.waiting.isEmpty {
                state.free += 1
                return CheckedContinuation<Void, Never>?.none
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}

/// As many at once as asked for, on the loop of the caller; their answers in the order in which they came.
func atOnce<Answer: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Answer
) async throws -> [Answer] {
    try await withThrowingTaskGroup(of: Answer.self) { group in
        for index in 0..<count { group.addTask { try await body(index) } }
        var answers: [Answer] = []
        for try await answer in group { answers.append(answer) }
        return answers
    }
}

/// The refusal that an act is expected to end with.
func refusal(_ act: () async throws(OAuthError) -> some Any) async -> OAuthError? {
    do {
        _ = try await act()
        return nil
    } catch {
        return error
    }
}
