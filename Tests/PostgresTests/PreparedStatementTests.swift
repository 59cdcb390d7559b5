import EventLoop
import Testing

@testable import Postgres

@Suite("Prepared statements: as many as are kept, and no more")
struct PreparedStatementTests {
    private func prepared(_ database: Database) async throws -> Int {
        try await database.read("SELECT count(*) FROM pg_prepared_statements").exactlyOne().int
    }

    @Sendable private func ask(_ database: Database, _ number: Int) async throws {
        let row = try await database.read("SELECT \(constant: Int32(number))::bigint + \(1)").exactlyOne()
        #expect(try row.int == number + 1)
    }

    @Test("a link keeps 256 preparations, those used last, and each statement works before and after")
    func limit() async throws {
        try await TestCluster.with(configure: { $0.readers = 1 }) { database, _ in
            for round in 0..<2 {
                for burst in 0..<10 {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<50 { group.addTask { try await ask(database, burst * 50 + number) } }
                        try await group.waitForAll()
                    }
                    // In use all the time.
                    try await ask(database, -1)
                }
                #expect(try await prepared(database) == 256, "round \(round)")
            }
            let kept = try await database.read(
                "SELECT name FROM pg_prepared_statements WHERE statement LIKE 'SELECT (-1)::bigint%'")
            // The number of its preparation: there was no second one.
            let number = try #require(Int(try kept.exactlyOne().string.dropFirst()))
            #expect(number < 60)
        }
    }

    @Test("preparations whose release was aborted by a failing neighbour are released later")
    func abortedRelease() async throws {
        try await TestCluster.with(configure: { $0.readers = 1 }) { database, _ in
            for number in 0..<300 { try await ask(database, number) }
            for burst in 0..<20 {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await #expect(throws: DatabaseError.self) { try await database.read("SELECT 1 / \(0)") }
                    }
                    for number in 0..<5 {
                        group.addTask {
                            do { try await ask(database, 1000 + burst * 5 + number) } catch { Issue.record(error) }
                        }
                    }
                }
            }
            try await ask(database, -1)
            #expect(try await prepared(database) <= 257)
            try await ask(database, -2)
            #expect(try await prepared(database) == 256)
        }
    }

    @Test("more statements in one turn than a link keeps, on links of every kind: all are answered, none is left over")
    func oneTurn() async throws {
        let change = Batch<Int32>("SELECT \(constant: \.self) FROM unnest(\(\.self))", key: \.self)
        try await TestCluster.with(configure: {
            $0.readers = 1
            $0.writers = 1
            $0.changers = 1
            $0.readsPerLink = 1000
        }) { database, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<600 {
                    group.addTask { try await ask(database, number) }
                    if number < 300 {
                        group.addTask {
                            let row = try await database.write("SELECT \(constant: Int32(number))::bigint").exactlyOne()
                            #expect(try row.int == number)
                        }
                        group.addTask {
                            let row = try await database.change(change, Int32(number))
                            #expect(try row?.value(0) == Int32(number))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await prepared(database) <= 256)
            let written = try await database.write("SELECT count(*) FROM pg_prepared_statements").exactlyOne().int
            #expect(written <= 256)
        }
    }
}
