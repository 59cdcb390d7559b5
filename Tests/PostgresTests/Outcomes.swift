import Postgres
import Synchronization

/// What became of some calls, by name; nil for success.
final class Outcomes: Sendable {
    private let outcomes = Mutex<[String: DatabaseError?]>([:])

    var all: [String: DatabaseError?] { outcomes.withLock { $0 } }

    func note(_ name: String, _ body: () async throws -> Rows) async {
        var outcome: DatabaseError?
        do {
            _ = try await body()
        } catch {
            outcome = error as? DatabaseError
        }
        let result = outcome
        outcomes.withLock { $0[name] = .some(result) }
    }
}

/// Counts from several tasks.
final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func increment() { count.withLock { $0 += 1 } }
}

/// The texts that some calls were answered with, by name; nothing of those that failed.
final class Answers: Sendable {
    private let answers = Mutex<[String: String]>([:])

    var all: [String: String] { answers.withLock { $0 } }

    func note(_ name: String, _ body: () async throws -> Rows) async {
        guard let answer = try? await body().exactlyOne().string else { return }
        answers.withLock { $0[name] = answer }
    }
}
