import EventLoop
import Postgres
import Testing

private struct Token: Sendable {
    let hash: [UInt8]
    let owner: String
    var weight = 1

    init(_ number: Int, _ owner: String, weight: Int = 1) {
        hash = Array("hash \(number)".utf8)
        self.owner = owner
        self.weight = weight
    }
}

@Suite("Batches: coalesced into one commit")
struct BatchLaneTests {
    @Test("rows of many callers travel together, each is told its own fate, and each key has one winner")
    func race() async throws {
        let insert = Batch<Token>(
            """
            INSERT INTO raced (hash, owner, weight) SELECT * FROM unnest(\(\.hash), \(\.owner), \(\.weight))
            ON CONFLICT DO NOTHING RETURNING hash
            """, key: \.hash)
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE raced (hash bytea PRIMARY KEY, owner text, weight bigint)")
            let winners = try await withThrowingTaskGroup(of: String?.self) { group in
                for task in 0..<32 {
                    for number in 0..<10 {
                        group.addTask {
                            let owner = "task \(task)"
                            return try await database.insert(insert, Token(number, owner)) ? "\(number) \(owner)" : nil
                        }
                    }
                }
                return try await group.reduce(into: Set()) { if let winner = $1 { $0.insert(winner) } }
            }
            #expect(winners.count == 10)
            let rows = try await database.read("SELECT substr(encode(hash, 'escape'), 6) || ' ' || owner FROM raced")
            #expect(Set(try rows.map { try $0.string }) == winners)
        }
    }

    @Test("what arrives while a batch is on its way leaves in the next")
    func coalescing() async throws {
        let insert = Batch<Token>(
            "INSERT INTO batched SELECT * FROM unnest(\(\.hash)) ON CONFLICT DO NOTHING RETURNING hash", key: \.hash)
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE batched (hash bytea PRIMARY KEY)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        let isInserted = try await database.insert(insert, Token(number, ""))
                        #expect(isInserted)
                    }
                }
                try await group.waitForAll()
            }
            let row = try await database.read("SELECT count(*), count(DISTINCT xmin::text) FROM batched").exactlyOne()
            let (rows, commits) = try row.values(Int.self, Int.self)
            #expect(rows == 300)
            #expect(commits < 30)
        }
    }

    @Test("batches of different kinds share a commit, and one that fails takes no other with it")
    func sharedCommit() async throws {
        let good = Batch<Token>(
            "INSERT INTO good SELECT * FROM unnest(\(\.hash)) ON CONFLICT DO NOTHING RETURNING hash", key: \.hash)
        let bad = Batch<Token>(
            "INSERT INTO bad SELECT * FROM unnest(\(\.hash), \(\.weight)) ON CONFLICT DO NOTHING RETURNING hash",
            key: \.hash)
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE good (hash bytea PRIMARY KEY)")
            _ = try await database.write(
                "CREATE TABLE bad (hash bytea PRIMARY KEY, weight bigint CHECK (weight < 10))")
            let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask { try await database.insert(good, Token(number, "")) }
                    group.addTask {
                        do {
                            return try await database.insert(bad, Token(number, "", weight: number))
                        } catch {
                            return false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 0 : 1) }
            }
            #expect(refused == 10)
            let row = try await database.read("SELECT (SELECT count(*) FROM good), (SELECT count(*) FROM bad)")
                .exactlyOne()
            let (goodOnes, badOnes) = try row.values(Int.self, Int.self)
            #expect(goodOnes == 20)
            #expect(badOnes == 10)
        }
    }

    @Test("a row that somebody holds keeps only those waiting who need it")
    func lockedRow() async throws {
        let raise = Batch<Token>(
            """
            UPDATE held SET weight = held.weight + 1 FROM unnest(\(\.hash)) AS asked (hash)
            WHERE held.hash = asked.hash RETURNING held.hash
            """, key: \.hash, locksRows: true)
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE held (hash bytea PRIMARY KEY, weight bigint)")
            _ = try await database.write(
                "INSERT INTO held SELECT convert_to('hash ' || n, 'UTF8'), 0 FROM generate_series(0, 9) n")
            let (held, hold) = AsyncStream.makeStream(of: Void.self)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                // Answered once the row is free.
                group.addTask {
                    for await _ in held { break }
                    return try await database.change(raise, Token(0, "")) != nil
                }
                // Answered while it is held.
                group.addTask {
                    try await database.transaction { transaction throws(DatabaseError) in
                        _ = try await transaction.query("SELECT FROM held WHERE hash = \(Token(0, "").hash) FOR UPDATE")
                        hold.finish()
                        return await withTaskGroup(of: Bool.self) { others in
                            for number in 1..<10 {
                                others.addTask { (try? await database.change(raise, Token(number, ""))) != nil }
                            }
                            return await others.reduce(true) { $0 && $1 }
                        }
                    }
                }
                for try await isAnswered in group { #expect(isAnswered) }
            }
            let sum = try await database.read("SELECT sum(weight)::bigint FROM held").exactlyOne()
            #expect(try sum.value(0, as: Int.self) == 10)
        }
    }

    @Test("an entry brings the rows of another table with it: as many as its lists have, none, or one that is NULL")
    func lists() async throws {
        struct Order: Sendable {
            let hash: [UInt8]
            let notes: [String?]
        }
        let batch = Batch<Order>(
            """
            WITH ordered AS (
                INSERT INTO orders SELECT * FROM unnest(\(\.hash)) ON CONFLICT DO NOTHING RETURNING hash
            ), noted AS (
                INSERT INTO notes
                SELECT note.* FROM unnest(\(each: { order in order.notes.map { _ in order.hash } }),
                    \(each: \.notes)) AS note (hash, text)
                WHERE note.hash IN (SELECT hash FROM ordered)
            )
            SELECT hash FROM ordered
            """, key: \.hash)
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE orders (hash bytea PRIMARY KEY)")
            _ = try await database.write("CREATE TABLE notes (hash bytea, text text)")
            let orders: [Order] = [
                Order(hash: [1], notes: []), Order(hash: [2], notes: ["a", nil, "c"]), Order(hash: [3], notes: ["d"]),
                Order(hash: [4], notes: []),
            ]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for order in orders {
                    group.addTask {
                        let isNew = try await database.insert(batch, order)
                        #expect(isNew)
                    }
                }
                try await group.waitForAll()
            }
            // One that lost brings nothing.
            #expect(try await database.insert(batch, Order(hash: [3], notes: ["e"])) == false)
            let notes = try await database.read(
                "SELECT encode(hash, 'hex') || coalesce(text, '-') FROM notes ORDER BY hash, text")
            #expect(try notes.map { try $0.string } == ["02a", "02c", "02-", "03d"])
        }
    }

    @Test("one bad row never fails its neighbours")
    func badRow() async throws {
        let insert = Batch<Token>(
            """
            INSERT INTO picky SELECT * FROM unnest(\(\.hash), \(\.weight))
            ON CONFLICT DO NOTHING RETURNING hash
            """, key: \.hash)
        try await TestCluster.with { database, _ in
            _ = try await database.write(
                "CREATE TABLE picky (hash bytea PRIMARY KEY, weight bigint CONSTRAINT light CHECK (weight < 10))")
            let outcomes = await withTaskGroup(of: (Int, Result<Bool, any Error>).self) { group in
                for number in 0..<40 {
                    group.addTask {
                        do {
                            let token = Token(number, "", weight: number == 17 ? 11 : 1)
                            return (number, .success(try await database.insert(insert, token)))
                        } catch {
                            return (number, .failure(error))
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for (number, outcome) in outcomes {
                switch outcome {
                case .success(let isInserted): #expect(isInserted && number != 17)
                case .failure(let error):
                    #expect(number == 17)
                    #expect(error as? DatabaseError == .checkViolation(constraint: "light"))
                }
            }
            #expect(try await database.read("SELECT count(*) FROM picky").exactlyOne().int == 39)
        }
    }

    @Test("a row with a NUL is refused before it can spoil a batch")
    func nul() async throws {
        let insert = Batch<Token>(
            "INSERT INTO nuls SELECT * FROM unnest(\(\.hash), \(\.owner)) ON CONFLICT DO NOTHING RETURNING hash",
            key: \.hash)
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE nuls (hash bytea PRIMARY KEY, owner text)")
            async let good = database.insert(insert, Token(1, "fine"))
            await #expect(throws: DatabaseError.self) { try await database.insert(insert, Token(2, "a\0b")) }
            #expect(try await good)
        }
    }

    @Test("nothing is acknowledged before its commit: a failing commit acknowledges nobody")
    func failingCommit() async throws {
        let insert = Batch<Token>(
            """
            INSERT INTO committed SELECT * FROM unnest(\(\.hash), \(\.owner))
            ON CONFLICT (hash) DO NOTHING RETURNING hash
            """, key: \.hash)
        try await TestCluster.with { database, _ in
            _ = try await database.write(
                """
                CREATE TABLE committed (
                    hash bytea PRIMARY KEY, owner text CONSTRAINT once UNIQUE DEFERRABLE INITIALLY DEFERRED)
                """)
            let outcomes = await withTaskGroup(of: DatabaseError?.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do {
                            // Two rows of one owner: the second to commit is refused only by its commit.
                            let isInserted = try await database.insert(insert, Token(number, "owner \(number / 2)"))
                            #expect(isInserted)
                            let rows = try await database.read(
                                "SELECT 1 FROM committed WHERE hash = \(Array("hash \(number)".utf8))")
                            #expect(rows.count == 1, "acknowledged and not there")
                            return nil
                        } catch {
                            return error as? DatabaseError
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 10)
            #expect(outcomes.filter { $0 == .uniqueViolation(constraint: "once") }.count == 10)
        }
    }

    @Test("acknowledged rows are seen by another connection at once")
    func visibleWhenAcknowledged() async throws {
        let insert = Batch<Token>(
            "INSERT INTO seen SELECT * FROM unnest(\(\.hash)) ON CONFLICT DO NOTHING RETURNING hash", key: \.hash)
        try await TestCluster.with { database, _ in
            _ = try await database.write("CREATE TABLE seen (hash bytea PRIMARY KEY)")
            // Each commit takes a while, long enough for a premature answer to be caught.
            _ = try await database.write(
                """
                CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(0.02); RETURN NULL; END $$
                """)
            _ = try await database.write(
                """
                CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON seen
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()
                """)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let token = Token(number, "")
                        #expect(try await database.insert(insert, token))
                        let rows = try await database.read("SELECT 1 FROM seen WHERE hash = \(token.hash)")
                        #expect(rows.count == 1)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a full line refuses at once; who is cancelled while waiting is not inserted")
    func overflowAndCancellation() async throws {
        let insert = Batch<Token>(
            """
            INSERT INTO narrow SELECT hash FROM unnest(\(\.hash)) AS t (hash), pg_sleep(0.3)
            ON CONFLICT DO NOTHING RETURNING hash
            """, key: \.hash)
        try await TestCluster.with(configure: {
            $0.changers = 1
            $0.waitingLimit = 3
        }) { database, loop in
            _ = try await database.write("CREATE TABLE narrow (hash bytea PRIMARY KEY)")
            #expect(try await database.insert(insert, Token(0, "")))
            let refused = Counter()
            let tasks = (1...6).map { (number: Int) in
                loop.start {
                    do {
                        _ = try await database.insert(insert, Token(number, ""))
                    } catch {
                        if error as? DatabaseError == .overloaded { refused.increment() }
                    }
                }
            }
            try await loop.sleep(for: .milliseconds(50))
            let waiting = loop.start { _ = try? await database.insert(insert, Token(99, "")) }
            try await loop.sleep(for: .milliseconds(50))
            waiting.cancel()
            for task in tasks { await task.value }
            await waiting.value
            #expect(refused.value == 3)
            #expect(try await database.insert(insert, Token(99, "")))
        }
    }
}
