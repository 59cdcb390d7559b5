import EventLoop
import Testing

@testable import Postgres

@Suite("Reads: pipelined, and each its own")
struct ReadLaneTests {
    @Test("32 tasks at once each get their own answer")
    func manyTasks() async throws {
        try await TestCluster.with { database, _ in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for task in 0..<32 {
                    group.addTask {
                        for round in 0..<50 {
                            let number = task * 1000 + round
                            let row = try await database.read("SELECT \(number), \("\(number)")::text").exactlyOne()
                            guard try row.values(Int.self, String.self) == (number, "\(number)") else { return false }
                        }
                        return true
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test("a failing read fails alone: what it aborted in the pipeline is run again")
    func abortedNeighbours() async throws {
        try await TestCluster.with { database, _ in
            _ = try await database.read("SELECT 1")
            let outcomes = await withTaskGroup(of: (Int, Result<Int, any Error>).self) { group in
                for number in 0..<60 {
                    group.addTask {
                        do {
                            let divisor = number % 7 == 0 ? 0 : 1
                            let row = try await database.read("SELECT \(number) / \(divisor)").exactlyOne()
                            return (number, .success(try row.int))
                        } catch {
                            return (number, .failure(error))
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for (number, outcome) in outcomes {
                switch outcome {
                case .success(let value): #expect(number % 7 != 0 && value == number)
                case .failure(let error):
                    #expect(number % 7 == 0)
                    #expect(error as? DatabaseError == .invalidValue(reason: "division by zero"))
                }
            }
            #expect(outcomes.count == 60)
        }
    }

    @Test("a statement that cannot be prepared fails alone, and again when repeated")
    func unpreparable() async throws {
        try await TestCluster.with { database, _ in
            for _ in 0..<3 {
                async let good = database.read("SELECT 5")
                async let bad = database.read("SELECT nonsense")
                async let alsoGood = database.read("SELECT 6")
                #expect(try await good.exactlyOne().value(0, as: Int32.self) == 5)
                #expect(try await alsoGood.exactlyOne().value(0, as: Int32.self) == 6)
                do {
                    _ = try await bad
                    Issue.record("was prepared")
                } catch {
                    guard case .refused(sqlState: "42703", _) = error as? DatabaseError else { throw error }
                }
            }
        }
    }

    @Test("a prepared statement that the server has forgotten is prepared anew")
    func forgottenPreparation() async throws {
        try await TestCluster.with { database, _ in
            for _ in 0..<4 {
                for number in 0..<4 { #expect(try await database.read("SELECT \(number)").exactlyOne().int == number) }
                // On whichever link it lands.
                _ = try await database.read("DEALLOCATE ALL")
            }
        }
    }

    @Test("a plan outdated by a change of the schema is made anew")
    func outdatedPlan() async throws {
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE changing (a bigint)")
            _ = try await database.write("INSERT INTO changing VALUES (1)")
            func read() async throws -> Row { try await database.read("SELECT * FROM changing").exactlyOne() }
            for _ in 0..<4 { #expect(try await read().int == 1) }
            _ = try await database.write("ALTER TABLE changing ALTER a TYPE text")
            for _ in 0..<4 { #expect(try await read().string == "1") }
        }
    }

    @Test("a read cannot write")
    func readOnly() async throws {
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE untouched (a int)")
            let error = await #expect(throws: DatabaseError.self) {
                try await database.read("INSERT INTO untouched VALUES (1)")
            }
            guard case .refused(sqlState: "25006", _) = error else { throw try #require(error) }
            let count = try await database.write("SELECT count(*) FROM untouched").exactlyOne().int
            #expect(count == 0)
        }
    }

    @Test("the server gives up after the statement time-out, and the next read is served")
    func timeOut() async throws {
        try await TestCluster.with(configure: { $0.statementTimeout = .milliseconds(100) }) { database, _ in
            await #expect(throws: DatabaseError.timedOut) { try await database.read("SELECT pg_sleep(30)") }
            let next = try await database.read("SELECT \(1)").exactlyOne().int
            #expect(next == 1)
        }
    }

    @Test("a full line refuses at once, and the line is served all the same")
    func overflow() async throws {
        try await TestCluster.with(configure: {
            $0.readers = 1
            $0.readsPerLink = 1
            $0.waitingLimit = 10
        }) { database, _ in
            let outcomes = await withTaskGroup(of: DatabaseError?.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        do {
                            _ = try await database.read("SELECT pg_sleep(0.01)")
                            return nil
                        } catch {
                            return error as? DatabaseError
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count >= 10)
            #expect(outcomes.contains(.overloaded))
            #expect(outcomes.allSatisfy { $0 == nil || $0 == .overloaded })
        }
    }

    @Test("who waits too long for its turn is refused, unexecuted")
    func patience() async throws {
        try await TestCluster.with(configure: {
            $0.readers = 1
            $0.readsPerLink = 1
            $0.patience = .milliseconds(300)
        }) { database, loop in
            while (try? await database.read("SELECT 1")) == nil {}
            let slow = loop.start { _ = try? await database.read("SELECT pg_sleep(1)") }
            // The loop runs jobs in order: after this the slow one has been handed in.
            await Task.yield()
            await #expect(throws: DatabaseError.overloaded) { try await database.read("SELECT 1") }
            await slow.value
        }
    }

    @Test("cancelling withdraws a waiting read and abandons a sent one")
    func cancellation() async throws {
        try await TestCluster.with(configure: {
            $0.readers = 1
            $0.readsPerLink = 1
        }) { database, loop in
            _ = try await database.read("SELECT 1")
            let outcomes = Outcomes()
            let sent = loop.start { await outcomes.note("sent") { try await database.read("SELECT pg_sleep(0.5)") } }
            let waiting = loop.start { await outcomes.note("waiting") { try await database.read("SELECT 1") } }
            try await loop.sleep(for: .milliseconds(50))
            sent.cancel()
            waiting.cancel()
            await sent.value
            await waiting.value
            #expect(outcomes.all == ["sent": .cancelled, "waiting": .cancelled])
            #expect(try await database.read("SELECT \(3)").exactlyOne().int == 3)
        }
    }
}
