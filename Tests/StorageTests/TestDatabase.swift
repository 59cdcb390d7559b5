import EventLoop
import Foundation
import Postgres
import Provider
import Storage
import Synchronization
import TestDatabases
import Testing

/// The databases of these tests: one that most share, and others of their own, no more at once than connections allow.
enum TestDatabase {
    private static let sharedPlace = Task { try await ThrowAwayDatabase.fresh() }

    /// The database that most tests share: each keeps to rows of its own.
    static func shared() async throws -> ThrowAwayDatabase { try await sharedPlace.value }

    /// A database of its own, for tests that look at all rows of a table.
    ///
    /// - Parameter prepared: with Martlet's schema, else empty.
    static func fresh(prepared: Bool = true) async throws -> ThrowAwayDatabase {
        await gate.enter()
        defer { gate.leave() }
        return try await ThrowAwayDatabase.fresh(prepared: prepared)
    }
}

/// Runs a test with the stores over the shared database, or over the place given.
func withStores(
    at place: ThrowAwayDatabase? = nil, _ body: @escaping @Sendable (World) async throws -> Void
) async throws {
    let connection: String
    if let place { connection = place.connection } else { connection = try await TestDatabase.shared().connection }
    await gate.enter()
    defer { gate.leave() }
    try await ThrowAwayDatabase.on(connection, writers: 8) { database in
        try await body(World(database: database, stores: Stores(on: database)))
    }
}

/// Runs a test with the stores of two servers over one PostgreSQL: each has links and a memory of its own.
func withTwoNodes(
    at place: ThrowAwayDatabase? = nil, _ body: @escaping @Sendable (_ a: World, _ b: World) async throws -> Void
) async throws {
    let connection: String
    if let place { connection = place.connection } else { connection = try await TestDatabase.shared().connection }
    try await withStores(at: place) { a in
        let other = Database(
            on: try #require(Loop.current), lane: ThrowAwayDatabase.lane,
            configuration: ThrowAwayDatabase.configuration(connection, transactors: 2))
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

/// As many at once as asked for, on the loop of the caller; their answers in the order of their numbers.
func atOnce<Answer: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Answer
) async throws -> [Answer] {
    try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
        for index in 0..<count { group.addTask { (index, try await body(index)) } }
        var answers: [Int: Answer] = [:]
        for try await (index, answer) in group { answers[index] = answer }
        return (0..<count).compactMap { answers[$0] }
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
