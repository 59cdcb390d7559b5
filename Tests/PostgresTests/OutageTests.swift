import EventLoop
import Glibc
import Postgres
import TestDatabases
import Testing

@Suite("Outages: told quickly, over by themselves", .serialized, .timeLimit(.minutes(3)))
struct OutageTests {
    @Test("an unreachable database is told of, in every lane, without being waited for")
    func unreachable() async throws {
        let nowhere = "host=/tmp/martlet-nowhere user=martlet"
        try await TestCluster.with(nowhere, configure: { $0.patience = .milliseconds(300) }) { database, _ in
            let insert = Batch<[UInt8]>("INSERT INTO t SELECT unnest(\(\.self)) RETURNING 1", key: \.self)
            func isUnavailable(_ body: () async throws -> Void) async -> Bool {
                do {
                    try await body()
                    return false
                } catch {
                    guard case .unavailable = error as? DatabaseError else { return false }
                    return (error as? DatabaseError)?.isTemporary == true
                }
            }
            #expect(await isUnavailable { _ = try await database.read("SELECT 1") })
            #expect(await isUnavailable { _ = try await database.write("SELECT 1") })
            #expect(await isUnavailable { _ = try await database.insert(insert, [1]) })
            #expect(await isUnavailable { try await database.transaction { _ throws(DatabaseError) in } })
        }
    }

    @Test("a frozen backend is given up, and the others serve")
    func frozen() async throws {
        let cluster = try await EmbeddedCluster.start(in: ThrowAwayDatabase.directory(), on: TestCluster.clusterLane)
        try await TestCluster.with(
            cluster.ownerConnection,
            configure: {
                $0.statementTimeout = .milliseconds(200)
                $0.writers = 2
            }
        ) { database, _ in
            let pid = try await database.write("SELECT pg_backend_pid()").exactlyOne().value(0, as: Int32.self)
            #expect(kill(pid, SIGSTOP) == 0)
            // Only the client's own watch can end what waits for a process that does not run.
            let outcomes = await withTaskGroup(of: DatabaseError?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            _ = try await database.write("SELECT 1")
                            return nil
                        } catch {
                            return error as? DatabaseError
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == .interrupted }.count == 1)
            #expect(outcomes.filter { $0 == nil }.count == 7)
            kill(pid, SIGCONT)
        }
        await cluster.stop()
    }

    @Test("of several hosts the one that takes writes is chosen, and followed when it changes")
    func severalHosts() async throws {
        let first = try await EmbeddedCluster.start(in: ThrowAwayDatabase.directory(), on: TestCluster.clusterLane)
        let second = try await EmbeddedCluster.start(in: ThrowAwayDatabase.directory(), on: TestCluster.clusterLane)
        @Sendable func setReadOnly(_ cluster: EmbeddedCluster, _ value: StaticString) async throws {
            let superuser = cluster.ownerConnection.replacing("user=martlet_owner", with: "user=postgres")
            // A superuser's session may write if it says so itself.
            try await TestCluster.with("\(superuser) target_session_attrs=any") { database, _ in
                _ = try await database.write(SQL(stringLiteral: value))
                _ = try await database.write("SELECT pg_reload_conf()")
            }
        }
        func path(_ cluster: EmbeddedCluster) -> Substring { cluster.connection.split(separator: "'")[1] }
        try await setReadOnly(first, "ALTER SYSTEM SET default_transaction_read_only = on")
        let hosts = "host='/tmp/martlet-nowhere,\(path(first)),\(path(second))' user=martlet_owner dbname=martlet"
        try await TestCluster.with(hosts) { database, loop in
            func server() async throws -> PostgresTimestamp {
                try await database.write("SELECT pg_postmaster_start_time()").exactlyOne().value(0)
            }
            _ = try await database.write("CREATE TABLE here (n int)")
            let before = try await server()
            try await setReadOnly(first, "ALTER SYSTEM RESET default_transaction_read_only")
            try await setReadOnly(second, "ALTER SYSTEM SET default_transaction_read_only = on")
            // A session that may no longer write is replaced by one of the other server.
            var now = before
            while now == before {
                _ = try? await database.write("CREATE TABLE IF NOT EXISTS there (n int)")
                try await loop.sleep(for: .milliseconds(10))
                now = (try? await server()) ?? before
            }
            while (try? await database.write("CREATE TABLE IF NOT EXISTS there (n int)")) == nil {
                try await loop.sleep(for: .milliseconds(10))
            }
        }
        await first.stop()
        await second.stop()
    }

    @Test("killed backends cost at most what was on its way; reads do not notice")
    func killedBackends() async throws {
        try await TestCluster.with(configure: { $0.applicationName = "victims" }) { database, loop in
            _ = try await database.write("CREATE TABLE kept (id bigint PRIMARY KEY)")
            let killer = loop.start {
                for _ in 0..<10 {
                    try? await loop.sleep(for: .milliseconds(30))
                    _ = try? await database.write(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE application_name = 'victims' AND pid <> pg_backend_pid()
                        """)
                }
            }
            let acknowledged = try await withThrowingTaskGroup(of: [Int].self) { group in
                for task in 0..<32 {
                    group.addTask {
                        var acknowledged: [Int] = []
                        for round in 0..<30 {
                            let id = task * 1000 + round
                            do {
                                _ = try await database.write("INSERT INTO kept VALUES (\(id))")
                                acknowledged.append(id)
                            } catch DatabaseError.interrupted, DatabaseError.unavailable {
                                // Told so; it may be there or not.
                            }
                            #expect(try await database.read("SELECT \(id)").exactlyOne().int == id)
                        }
                        return acknowledged
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            await killer.value
            let kept = Set(try await database.read("SELECT id FROM kept").map { try $0.int })
            #expect(kept.isSuperset(of: acknowledged))
            #expect(acknowledged.count > 32 * 15)
        }
    }

    @Test("a restart of the database under load loses nothing acknowledged; service resumes without a new process")
    func restart() async throws {
        let directory = ThrowAwayDatabase.directory()
        var cluster = try await EmbeddedCluster.start(in: directory, on: TestCluster.clusterLane)
        let connection = cluster.ownerConnection
        let loop = try Loop(name: "test")
        var configuration = DatabaseConfiguration(connection: connection)
        configuration.patience = .seconds(5)
        let database = Database(on: loop, lane: TestCluster.lane, configuration: configuration)
        let insert = Batch<Int>(
            "INSERT INTO lasting SELECT * FROM unnest(\(\.self)) ON CONFLICT DO NOTHING RETURNING id", key: \.self)
        try await loop.run {
            _ = try await database.write("CREATE TABLE lasting (id bigint PRIMARY KEY)")
        }
        let stop = Counter()
        let strangeErrors = Counter()
        let load = Task {
            try await loop.run {
                await withTaskGroup(of: [Int].self) { group in
                    for task in 0..<16 {
                        group.addTask {
                            var acknowledged: [Int] = []
                            var id = task * 1_000_000
                            while stop.value == 0 {
                                id += 1
                                do {
                                    if task % 2 == 0 {
                                        _ = try await database.write("INSERT INTO lasting VALUES (\(id))")
                                    } else {
                                        _ = try await database.insert(insert, id)
                                    }
                                    acknowledged.append(id)
                                } catch {
                                    if (error as? DatabaseError)?.isTemporary != true { strangeErrors.increment() }
                                    try? await loop.sleep(for: .milliseconds(5))
                                }
                            }
                            return acknowledged
                        }
                    }
                    return await group.reduce(into: []) { $0 += $1 }
                }
            }
        }
        try await loop.run { try await loop.sleep(for: .milliseconds(300)) }
        await cluster.stop()
        cluster = try await EmbeddedCluster.start(in: directory, on: TestCluster.clusterLane)
        try await loop.run {
            // Resumed: something new is acknowledged after the restart.
            var resumed = false
            while !resumed {
                resumed = (try? await database.write("INSERT INTO lasting VALUES (-1)")) != nil
                if !resumed { try await loop.sleep(for: .milliseconds(20)) }
            }
            try await loop.sleep(for: .milliseconds(300))
        }
        stop.increment()
        let acknowledged = try await load.value
        let kept = try await loop.run {
            Set(try await database.read("SELECT id FROM lasting").map { try $0.int })
        }
        #expect(kept.isSuperset(of: acknowledged))
        #expect(acknowledged.count > 100)
        #expect(strangeErrors.value == 0)
        await database.close()
        await loop.stop()
        await cluster.stop()
    }
}
