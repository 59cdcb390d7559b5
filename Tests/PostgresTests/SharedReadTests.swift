import EventLoop
import Postgres
import Testing

@Suite("Shared reads: asked once for all who ask before it leaves", .timeLimit(.minutes(2)))
struct SharedReadTests {
    private static let time: SQL = "SELECT clock_timestamp()::text"
    /// Answers when nobody holds the advisory lock.
    private static let lockedTime: SQL = "SELECT clock_timestamp()::text FROM pg_advisory_xact_lock_shared(4712)"
    private static let quotient: SQL = "SELECT 1 / count(*) FROM divisors"

    @Test("tasks that ask in one turn get one answer, and so the next turn's get another")
    func together() async throws {
        try await TestCluster.with { database, _ in
            _ = try await database.read("SELECT 1")
            var times: [Set<String>] = []
            for _ in 0..<3 {
                times.append(
                    try await withThrowingTaskGroup(of: String.self) { group in
                        for _ in 0..<32 {
                            group.addTask { try await database.readTogether(Self.time).exactlyOne().string }
                        }
                        return try await group.reduce(into: Set()) { $0.insert($1) }
                    })
            }
            #expect(times.map(\.count) == [1, 1, 1])
            #expect(Set(times.joined()).count == 3)
        }
    }

    @Test("who asks after the question has left is given a newer answer, although the first is still awaited")
    func afterItLeft() async throws {
        try await TestCluster.with(configure: { $0.readers = 1 }) { database, loop in
            _ = try await database.read("SELECT 1")
            let answers = Answers()
            @Sendable func ask(_ name: String) -> Task<Void, Never> {
                loop.start { await answers.note(name) { try await database.readTogether(Self.lockedTime) } }
            }
            let tasks = try await database.transaction { transaction throws(DatabaseError) in
                _ = try await transaction.query("SELECT pg_advisory_xact_lock(4712)")
                var tasks = [ask("first")]
                _ = try await transaction.query("SELECT 1")
                #expect(answers.all.isEmpty)
                tasks += [ask("second"), ask("third")]
                _ = try await transaction.query("SELECT 1")
                #expect(answers.all.isEmpty)
                return tasks
            }
            for task in tasks { await task.value }
            let (first, second) = (try #require(answers.all["first"]), try #require(answers.all["second"]))
            #expect(first < second)
            #expect(answers.all["third"] == second)
        }
    }

    @Test("a shared read that fails, fails for all who asked, and the next is served")
    func failure() async throws {
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE divisors (n int)")
            for _ in 0..<2 {
                let outcomes = await withTaskGroup(of: DatabaseError?.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            do {
                                _ = try await database.readTogether(Self.quotient)
                                return nil
                            } catch { return error as? DatabaseError }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(outcomes == Array(repeating: .invalidValue(reason: "division by zero"), count: 8))
            }
            _ = try await database.write("INSERT INTO divisors VALUES (1)")
            #expect(try await database.readTogether(Self.quotient).exactlyOne().int == 1)
        }
    }

    @Test("a shared read whose link breaks is run again for all who asked")
    func brokenLink() async throws {
        try await TestCluster.with(configure: {
            $0.readers = 1
            $0.applicationName = "broken shared reads"
        }) { database, loop in
            _ = try await database.read("SELECT 1")
            let answers = Answers()
            let tasks = try await database.transaction { transaction throws(DatabaseError) in
                _ = try await transaction.query("SELECT pg_advisory_xact_lock(4712)")
                let tasks = (0..<5).map { number in
                    loop.start {
                        await answers.note("\(number)") { try await database.readTogether(Self.lockedTime) }
                    }
                }
                while try await transaction.query(
                    """
                    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                    WHERE application_name = 'broken shared reads' AND wait_event = 'advisory'
                    """
                ).isEmpty {}
                return tasks
            }
            for task in tasks { await task.value }
            #expect(answers.all.count == 5)
            #expect(Set(answers.all.values).count == 1)
        }
    }

    @Test("however many join a question that cannot leave yet, all are answered; who is cancelled ends nobody")
    func manyJoin() async throws {
        try await TestCluster.with(configure: {
            $0.readers = 1
            $0.readsPerLink = 1
            $0.waitingLimit = 2
        }) { database, loop in
            _ = try await database.read("SELECT 1")
            let answers = Answers()
            let tasks = try await database.transaction { transaction throws(DatabaseError) in
                _ = try await transaction.query("SELECT pg_advisory_xact_lock(4712)")
                let held = loop.start { _ = try? await database.read(Self.lockedTime) }
                _ = try await transaction.query("SELECT 1")
                let joined = (0..<50_000).map { number in
                    loop.start { await answers.note("\(number)") { try await database.readTogether(Self.time) } }
                }
                _ = try await transaction.query("SELECT 1")
                joined[0].cancel()
                return joined + [held]
            }
            for task in tasks { await task.value }
            #expect(answers.all.count == 50_000)
            #expect(Set(answers.all.values).count == 1)
        }
    }
}
