import EventLoop
import Postgres
import Testing

@Suite("Writes: single, acknowledged after their commit")
struct WriteLaneTests {
    @Test("of 32 tasks that consume one row exactly one wins (CVE-2026-1035, CVE-2026-53517)")
    func race() async throws {
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE codes (hash text PRIMARY KEY, used_by bigint)")
            for round in 0..<10 {
                _ = try await database.write("INSERT INTO codes VALUES (\("code \(round)"))")
                let winners = try await withThrowingTaskGroup(of: Int.self) { group in
                    for task in 0..<32 {
                        group.addTask {
                            try await database.write(
                                """
                                UPDATE codes SET used_by = \(task)
                                WHERE hash = \("code \(round)") AND used_by IS NULL RETURNING used_by
                                """
                            ).count
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(winners == 1)
            }
        }
    }

    @Test("what breaks a constraint is told by its name, without harm to others")
    func violations() async throws {
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE parents (id bigint PRIMARY KEY)")
            _ = try await database.write(
                """
                CREATE TABLE children (
                    id bigint PRIMARY KEY, parent bigint NOT NULL CONSTRAINT of_parent REFERENCES parents,
                    age bigint CONSTRAINT adult CHECK (age > 17))
                """)
            _ = try await database.write("INSERT INTO parents VALUES (1)")
            _ = try await database.write("INSERT INTO children VALUES (1, 1, 18)")
            func insert(_ id: Int, _ parent: Int?, _ age: Int) async throws(DatabaseError) {
                _ = try await database.write("INSERT INTO children VALUES (\(id), \(parent), \(age))")
            }
            await #expect(throws: DatabaseError.uniqueViolation(constraint: "children_pkey")) {
                try await insert(1, 1, 20)
            }
            await #expect(throws: DatabaseError.foreignKeyViolation(constraint: "of_parent")) {
                try await insert(2, 2, 20)
            }
            await #expect(throws: DatabaseError.checkViolation(constraint: "adult")) { try await insert(2, 1, 2) }
            await #expect(throws: DatabaseError.notNullViolation(column: "parent")) { try await insert(2, nil, 20) }
            try await insert(2, 1, 20)
            let changed = try await database.write("UPDATE children SET age = age + 1")
            #expect(changed.affected == 2)
        }
    }

    @Test("an error at the commit itself is the statement's error")
    func deferredConstraint() async throws {
        try await TestCluster.with { database, _ in
            _ = try await database.write(
                "CREATE TABLE deferred (id bigint CONSTRAINT late UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            _ = try await database.write("INSERT INTO deferred VALUES (1)")
            await #expect(throws: DatabaseError.uniqueViolation(constraint: "late")) {
                try await database.write("INSERT INTO deferred VALUES (1)")
            }
            #expect(try await database.read("SELECT count(*) FROM deferred").exactlyOne().int == 1)
        }
    }

    @Test("five megabytes leave in pieces, while other statements go on")
    func partialFlush() async throws {
        try await TestCluster.with(configure: { $0.patience = .seconds(60) }) { database, _ in
            _ = try await database.write("CREATE TABLE large (id bigint, content bytea)")
            let content = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in 0..<3 {
                    group.addTask {
                        _ = try await database.write("INSERT INTO large VALUES (\(id), \(content))")
                        let row = try await database.read("SELECT content FROM large WHERE id = \(id)").exactlyOne()
                        let back: [UInt8] = try row.value(0)
                        #expect(back == content)
                    }
                }
                for number in 0..<50 {
                    group.addTask { _ = try await database.write("SELECT \(number)") }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a deadlock is a conflict for one and nothing to the other")
    func deadlock() async throws {
        try await TestCluster.with { database, loop in
            _ = try await database.write("CREATE TABLE locked (id bigint PRIMARY KEY, n bigint)")
            _ = try await database.write("INSERT INTO locked SELECT generate_series(1, 2), 0")
            let outcomes = try await withThrowingTaskGroup(of: DatabaseError?.self) { group in
                for order in [(1, 2), (2, 1)] {
                    group.addTask {
                        do {
                            try await database.transaction { transaction throws(DatabaseError) in
                                _ = try await transaction.query("UPDATE locked SET n = n + 1 WHERE id = \(order.0)")
                                _ = try await transaction.query("SELECT pg_sleep(0.2)")
                                _ = try await transaction.query("UPDATE locked SET n = n + 1 WHERE id = \(order.1)")
                            }
                            return nil
                        } catch {
                            return error as? DatabaseError
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.contains(nil))
            #expect(outcomes.contains(.conflict))
        }
    }

    @Test("a sent write is awaited although its task was cancelled")
    func cancelledWrite() async throws {
        try await TestCluster.with { database, loop in
            _ = try await database.write("CREATE TABLE awaited (id bigint)")
            let outcomes = Outcomes()
            let task = loop.start {
                await outcomes.note("write") {
                    try await database.write("INSERT INTO awaited SELECT 1 FROM pg_sleep(0.3)")
                }
            }
            try await loop.sleep(for: .milliseconds(50))
            task.cancel()
            await task.value
            #expect(outcomes.all == ["write": DatabaseError?.none])
            #expect(try await database.read("SELECT count(*) FROM awaited").exactlyOne().int == 1)
        }
    }

    @Test("a write whose link breaks is neither denied nor acknowledged")
    func interrupted() async throws {
        try await TestCluster.with { database, _ in
            await #expect(throws: DatabaseError.self) {
                try await database.write("SELECT pg_terminate_backend(pg_backend_pid())")
            }
            let next = try await database.write("SELECT \(1)").exactlyOne().int
            #expect(next == 1)
        }
    }
}
