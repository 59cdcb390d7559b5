import EventLoop
import Postgres
import Testing

@Suite("Transactions: an ordinary link each")
struct TransactionTests {
    private struct Setting {
        let database: Database
        func count() async throws -> Int { try await database.read("SELECT count(*) FROM entries").exactlyOne().int }
    }

    @Test("commits what returns, rolls back what throws, hides a failed statement from nobody")
    func commitAndRollback() async throws {
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE entries (id bigint PRIMARY KEY)")
            let setting = Setting(database: database)
            let sum = try await database.transaction { transaction throws(DatabaseError) in
                _ = try await transaction.query("INSERT INTO entries VALUES (1)")
                _ = try await transaction.query("INSERT INTO entries VALUES (2)")
                return try await transaction.query("SELECT sum(id)::bigint FROM entries").exactlyOne().value(
                    0, as: Int.self)
            }
            #expect(sum == 3)
            #expect(try await setting.count() == 2)

            await #expect(throws: DatabaseError.conflict) {
                try await database.transaction { transaction throws(DatabaseError) in
                    _ = try await transaction.query("INSERT INTO entries VALUES (3)")
                    throw DatabaseError.conflict
                }
            }
            #expect(try await setting.count() == 2)

            await #expect(throws: DatabaseError.uniqueViolation(constraint: "entries_pkey")) {
                try await database.transaction { transaction throws(DatabaseError) in
                    _ = try await transaction.query("INSERT INTO entries VALUES (4)")
                    _ = try await transaction.query("INSERT INTO entries VALUES (1)")
                }
            }
            #expect(try await setting.count() == 2)

            // PostgreSQL would answer such a COMMIT with a quiet ROLLBACK.
            await #expect(throws: DatabaseError.self) {
                try await database.transaction { transaction throws(DatabaseError) in
                    _ = try await transaction.query("INSERT INTO entries VALUES (5)")
                    _ = try? await transaction.query("INSERT INTO entries VALUES (1)")
                }
            }
            #expect(try await setting.count() == 2)
            try await database.transaction { _ throws(DatabaseError) in }
        }
    }

    @Test("a link serves one transaction at a time, in order, and none is left inside one")
    func lending() async throws {
        try await TestCluster.with(configure: { $0.transactors = 1 }) { database, _ in
            _ = try await database.write("CREATE TABLE balance (n bigint)")
            _ = try await database.write("INSERT INTO balance VALUES (0)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<32 {
                    group.addTask {
                        try? await database.transaction { transaction throws(DatabaseError) in
                            let n = try await transaction.query("SELECT n FROM balance").exactlyOne().value(
                                0, as: Int.self)
                            _ = try await transaction.query("UPDATE balance SET n = \(n + 1)")
                            if task % 4 == 0 { throw DatabaseError.cancelled }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.read("SELECT n FROM balance").exactlyOne().int == 24)
        }
    }

    @Test("a cancelled transaction is rolled back, and its link serves the next")
    func cancellation() async throws {
        try await TestCluster.with(configure: { $0.transactors = 1 }) { database, loop in
            _ = try await database.write("CREATE TABLE unfinished (id bigint)")
            let task = loop.start {
                try? await database.transaction { transaction throws(DatabaseError) in
                    _ = try await transaction.query("INSERT INTO unfinished SELECT 1 FROM pg_sleep(0.2)")
                    _ = try await transaction.query("INSERT INTO unfinished VALUES (2)")
                }
            }
            try await loop.sleep(for: .milliseconds(50))
            task.cancel()
            await task.value
            try await database.transaction { transaction throws(DatabaseError) in
                let count: Int = try await transaction.query("SELECT count(*) FROM unfinished").exactlyOne().value(0)
                if count != 0 { throw .unexpectedResult(reason: "\(count)") }
            }
        }
    }

    @Test("its own limit of time holds inside it, and no longer")
    func timeout() async throws {
        try await TestCluster.with(configure: {
            $0.transactors = 1
            $0.statementTimeout = .milliseconds(200)
        }) { database, _ in
            try await database.transaction(timeout: .seconds(20)) { transaction throws(DatabaseError) in
                _ = try await transaction.query("SELECT pg_sleep(0.7)")
            }
            await #expect(throws: DatabaseError.timedOut) {
                try await database.transaction { transaction throws(DatabaseError) in
                    _ = try await transaction.query("SELECT pg_sleep(20)")
                }
            }
        }
    }

    @Test("a transaction whose backend dies is interrupted, and the pool recovers")
    func killedBackend() async throws {
        try await TestCluster.with(configure: { $0.transactors = 1 }) { database, _ in
            await #expect(throws: DatabaseError.self) {
                try await database.transaction { transaction throws(DatabaseError) in
                    _ = try await transaction.query("SELECT 1")
                    _ = try await transaction.query("SELECT pg_terminate_backend(pg_backend_pid())")
                }
            }
            let answer = try await database.transaction { transaction throws(DatabaseError) in
                try await transaction.query("SELECT \(7)").exactlyOne().value(0, as: Int.self)
            }
            #expect(answer == 7)
        }
    }
}
