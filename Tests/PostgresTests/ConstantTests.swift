import EventLoop
import Testing

@testable import Postgres

@Suite("Constants: numbers that a statement is planned for")
struct ConstantTests {
    private struct Dated: Sendable {
        let key: Int
        let day: Int32
    }

    private static let insert = Batch<Dated>(
        """
        INSERT INTO dated SELECT key, \(constant: \.day) FROM unnest(\(\.key)) AS entry (key)
        ON CONFLICT DO NOTHING RETURNING key
        """, key: \.key)

    @Test("a constant is part of the text and no parameter, in parentheses so that a sign meets no operator")
    func text() async throws {
        let statement: SQL = "SELECT \(5) -\(constant: -7), 1 = \(constant: 20_778)"
        #expect(statement.shape.text == "SELECT $1 -(-7), 1 = (20778)")
        #expect(statement.shape.parameterTypes == [20])
        try await TestCluster.with { database, _ in
            let row = try await database.read(
                "SELECT \(5) -\(constant: -7), \(constant: .min)::bigint, \(constant: .max)::bigint"
            ).exactlyOne()
            #expect(try row.values(Int.self, Int.self, Int.self) == (12, Int(Int32.min), Int(Int32.max)))
        }
    }

    @Test("equal constants make one statement, different ones or another order two")
    func identity() {
        func statement(_ one: Int32, _ other: Int32) -> SQL { "SELECT \(constant: one), \(constant: other)" }
        let shape = statement(1, 2).shape
        #expect(shape == statement(1, 2).shape)
        #expect(shape.hashValue == statement(1, 2).shape.hashValue)
        #expect(shape != statement(1, 3).shape)
        #expect(shape != statement(2, 1).shape)
        #expect(Set([shape, statement(1, 2).shape, statement(2, 1).shape]).count == 2)
    }

    @Test("constants are replaced in their order, and the result is the statement that was written with them")
    func replacing() {
        func statement(_ one: Int32, _ other: Int32) -> SQL { "SELECT \(constant: one), \(true), \(constant: other)" }
        let replaced = statement(0, 0).shape.replacingConstants(by: [3, -4])
        #expect(replaced.text == "SELECT (3), $1, (-4)")
        #expect(replaced == statement(3, -4).shape)
        #expect(replaced.hashValue == statement(3, -4).shape.hashValue)
        #expect(replaced.parameterTypes == statement(0, 0).shape.parameterTypes)
        #expect(replaced != statement(-4, 3).shape)
    }

    @Test("a batch's statement has the constants of its entries, and its limit their number")
    func batch() {
        let batch = Batch<Dated>(
            "SELECT key FROM t WHERE day = \(constant: \.day) AND key = ANY (\(\.key)) LIMIT \(.count)", key: \.key)
        let sql = batch.statement(for: [Dated(key: 1, day: 9), Dated(key: 2, day: 9)])
        #expect(sql.shape.text == "SELECT key FROM t WHERE day = (9) AND key = ANY ($1) LIMIT $2")
        #expect(sql.shape == batch.statement(for: [Dated(key: 3, day: 9)]).shape)
        #expect(sql.shape != batch.statement(for: [Dated(key: 1, day: 10)]).shape)
    }

    @Test("entries of equal constants are one statement, those of different ones never; one commit serves them all")
    func travel() async throws {
        try await TestCluster.with(configure: { $0.changers = 1 }) { database, _ in
            _ = try await database.write("CREATE TABLE dated (key bigint PRIMARY KEY, day integer)")
            #expect(try await database.insert(Self.insert, Dated(key: -1, day: 0)))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for key in 0..<40 {
                    group.addTask {
                        let isNew = try await database.insert(Self.insert, Dated(key: key, day: Int32(key % 4)))
                        #expect(isNew)
                    }
                }
                try await group.waitForAll()
            }
            let row = try await database.read(
                """
                SELECT count(*), count(DISTINCT xmin::text), count(DISTINCT cmin::text),
                       count(DISTINCT (cmin::text, day)), count(*) FILTER (WHERE day = key % 4)
                FROM dated WHERE key >= 0
                """
            ).exactlyOne()
            let (rows, commits, statements, statementsByDay, right) = try row.values(
                Int.self, Int.self, Int.self, Int.self, Int.self)
            #expect(rows == 40)
            #expect(right == 40)
            // All of them asked in one turn.
            #expect(commits == 1)
            #expect(statements == 4)
            #expect(statementsByDay == 4)
        }
    }

    @Test("queues of constants that are over are let go, and no entry is lost with them")
    func queues() async throws {
        let find = Batch<Dated>(
            "SELECT key, \(constant: \.day)::bigint FROM unnest(\(\.key)) AS entry (key)", key: \.key)
        try await TestCluster.with(configure: { $0.readers = 1 }) { database, _ in
            @Sendable func ask(_ key: Int, _ day: Int32) async throws {
                let row = try #require(try await database.find(find, Dated(key: key, day: day)))
                #expect(try row.values(Int.self, Int.self) == (key, Int(day)))
            }
            for day in 0..<200 {
                try await ask(day, Int32(day))
                #expect(database.lanes.value.finds.queueCount <= 64)
            }
            // All in use at once: none may go.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 { group.addTask { try await ask(number, Int32(number / 2)) } }
                try await group.waitForAll()
            }
            try await ask(0, 1000)
            #expect(database.lanes.value.finds.queueCount == 1)
        }
    }
}
