import EventLoop
import Postgres
import TestDatabases
import Testing

@Suite("Batches: each entry is answered by its key", .timeLimit(.minutes(2)))
struct BatchAnswerTests {
    private struct Use: Sendable {
        let key: Int
        let task: Int
    }

    private static let squares = Batch<Int>(
        """
        SELECT entry, entry * entry, statement_timestamp()::text FROM unnest(\(\.self)) AS entry WHERE entry % 3 <> 0
        """, key: \.self)

    /// Answers when nobody holds the advisory lock.
    private static let lockedSquares = Batch<Int>(
        """
        SELECT entry, entry * entry FROM pg_advisory_xact_lock_shared(4711), unnest(\(\.self)) AS entry
        """, key: \.self)

    @Test("finds of one turn are one statement; each caller has its row, or none where there is none")
    func find() async throws {
        try await TestCluster.with(configure: { $0.readers = 1 }) { database, _ in
            _ = try await database.read("SELECT 1")
            let times = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 1...90 {
                    group.addTask {
                        guard let row = try await database.find(Self.squares, number) else {
                            #expect(number % 3 == 0)
                            return nil
                        }
                        let (square, time) = (try row.value(1, as: Int.self), try row.value(2, as: String.self))
                        #expect(number % 3 != 0 && square == number * number)
                        return time
                    }
                }
                return try await group.reduce(into: [String?]()) { $0.append($1) }
            }
            #expect(times.filter { $0 == nil }.count == 30)
            #expect(Set(times.compactMap { $0 }).count == 1)
        }
    }

    @Test("callers with equal keys are all answered")
    func equalKeys() async throws {
        try await TestCluster.with(configure: { $0.readers = 1 }) { database, _ in
            let squares = try await withThrowingTaskGroup(of: Int?.self) { group in
                for number in 0..<12 {
                    group.addTask { try await database.find(Self.squares, number < 9 ? 5 : number)?.value(1) }
                }
                return try await group.reduce(into: [Int?]()) { $0.append($1) }
            }
            #expect(squares.filter { $0 == 25 }.count == 9)
            #expect(squares.filter { $0 == nil }.count == 1)
            #expect(Set(squares.compactMap { $0 }) == [25, 100, 121])
        }
    }

    @Test("finds whose link breaks are run again, however many of one kind were on their way")
    func brokenLink() async throws {
        try await TestCluster.with(configure: {
            $0.readers = 1
            $0.applicationName = "broken finds"
        }) { database, loop in
            _ = try await database.read("SELECT 1")
            let answers = Counter()
            @Sendable func ask(_ number: Int) -> Task<Void, Never> {
                loop.start {
                    let square = try? await database.find(Self.lockedSquares, number)?.value(1, as: Int.self)
                    if square == number * number { answers.increment() }
                }
            }
            let tasks = try await database.transaction { transaction throws(DatabaseError) in
                _ = try await transaction.query("SELECT pg_advisory_xact_lock(4711)")
                // Two turns and equal keys: three batches.
                var tasks = [ask(2)]
                _ = try await transaction.query("SELECT 1")
                tasks += [ask(3), ask(3)]
                while try await transaction.query(
                    """
                    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                    WHERE application_name = 'broken finds' AND wait_event = 'advisory'
                    """
                ).isEmpty {}
                return tasks
            }
            for task in tasks { await task.value }
            #expect(answers.value == 3)
        }
    }

    @Test("finds that a failing read aborted are run again, however many of one kind they were")
    func abortedFinds() async throws {
        try await TestCluster.with(configure: { $0.readers = 1 }) { database, _ in
            _ = try await database.read("SELECT 1")
            for _ in 0..<4 {
                async let bad = database.read("SELECT 1 / \(0)")
                async let one = database.find(Self.squares, 7)
                async let other = database.find(Self.squares, 7)
                do {
                    _ = try await bad
                    Issue.record("divided by zero")
                } catch {
                    #expect(error as? DatabaseError == .invalidValue(reason: "division by zero"))
                }
                #expect(try await one?.value(1) == 49)
                #expect(try await other?.value(1) == 49)
            }
        }
    }

    @Test("cancelling abandons a find that has been sent")
    func cancelledFind() async throws {
        try await TestCluster.with(configure: { $0.readers = 1 }) { database, loop in
            _ = try await database.read("SELECT 1")
            let cancelled = Counter()
            try await database.transaction { transaction throws(DatabaseError) in
                _ = try await transaction.query("SELECT pg_advisory_xact_lock(4711)")
                let task = loop.start {
                    do { _ = try await database.find(Self.lockedSquares, 2) } catch {
                        if error as? DatabaseError == .cancelled { cancelled.increment() }
                    }
                }
                _ = try await transaction.query("SELECT 1")
                task.cancel()
                // Before the lock is let go.
                await task.value
            }
            #expect(cancelled.value == 1)
            #expect(try await database.find(Self.lockedSquares, 3)?.value(1) == 9)
        }
    }

    @Test("of 32 tasks that change one row on a condition exactly one is given the row (CVE-2026-1035)")
    func conditionalChange() async throws {
        let consume = Batch<Use>(
            """
            UPDATE consumed SET used_by = asked.task
            FROM (SELECT * FROM unnest(\(\.key), \(\.task))) AS asked (key, task)
            WHERE consumed.key = asked.key AND used_by IS NULL RETURNING consumed.key, used_by
            """, key: \.key)
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE consumed (key bigint PRIMARY KEY, used_by bigint)")
            _ = try await database.write("INSERT INTO consumed SELECT generate_series(0, 9)")
            let winners = try await withThrowingTaskGroup(of: (key: Int, task: Int)?.self) { group in
                for task in 0..<32 {
                    for key in 0..<10 {
                        group.addTask {
                            guard let row = try await database.change(consume, Use(key: key, task: task)) else {
                                return nil
                            }
                            #expect(try row.values(Int.self, Int.self) == (key, task))
                            return (key, task)
                        }
                    }
                }
                var winners: [(key: Int, task: Int)] = []
                for try await winner in group { if let winner { winners.append(winner) } }
                return winners
            }
            #expect(winners.map(\.key).sorted() == Array(0..<10))
            for row in try await database.read("SELECT key, used_by FROM consumed") {
                let (key, task) = try row.values(Int.self, Int.self)
                #expect(winners.contains { $0 == (key, task) })
            }
        }
    }

    @Test("a statement that gives back a key of nobody, or one twice, answers nobody")
    func foreignKeys() async throws {
        let foreign = Batch<Int>("SELECT entry + 1 FROM unnest(\(\.self)) AS entry", key: \.self)
        let twice = Batch<Int>("SELECT entry FROM unnest(\(\.self)) AS entry, generate_series(1, 2)", key: \.self)
        let null = Batch<Int>("SELECT NULL::bigint FROM unnest(\(\.self)) AS entry", key: \.self)
        try await TestCluster.with { database, _ in
            for batch in [foreign, twice, null] {
                for _ in 0..<2 {
                    let error = await #expect(throws: DatabaseError.self) { try await database.find(batch, 1) }
                    guard case .unexpectedResult = error else { throw try #require(error) }
                }
                await #expect(throws: DatabaseError.self) { try await database.change(batch, 1) }
            }
        }
    }

    @Test("entries that are to be run by themselves wait no longer than others while the database is away")
    func singlesInAnOutage() async throws {
        // Fails for several entries, and takes long for one.
        let picky = Batch<Int>(
            """
            SELECT entry FROM unnest(\(\.self)) AS entry
            WHERE 1 / (CASE WHEN cardinality(\(\.self)) > 1 THEN 0 ELSE 1 END) = 1
              AND (SELECT pg_sleep(30)) IS NOT NULL
            """, key: \.self)
        let cluster = try await EmbeddedCluster.start(in: ThrowAwayDatabase.directory(), on: TestCluster.clusterLane)
        try await TestCluster.with(
            cluster.ownerConnection,
            configure: {
                $0.changers = 1
                $0.patience = .seconds(2)
                $0.statementTimeout = .seconds(40)
            }
        ) { database, loop in
            // Connecting may take longer than the patience.
            while (try? await database.read("SELECT 1")) == nil {}
            while (try? await database.change(Self.squares, 1)) == nil {}
            let outcomes = Outcomes()
            let tasks = (1...3).map { number in
                loop.start {
                    await outcomes.note("\(number)") {
                        _ = try await database.change(picky, number)
                        return try await database.read("SELECT 1")
                    }
                }
            }
            while try await database.read("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'").isEmpty {}
            await cluster.stop()
            for task in tasks { await task.value }
            #expect(outcomes.all.count == 3)
            #expect(outcomes.all.values.allSatisfy { $0?.isTemporary == true }, "\(outcomes.all)")
        }
    }
}
