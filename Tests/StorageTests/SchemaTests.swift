import EventLoop
import Postgres
import Provider
import Storage
import TestDatabases
import Testing

@Suite("Schema: rights and readiness")
struct SchemaTests {
    /// The SQLSTATE with which a statement is refused.
    private func refusal(of statement: SQL, _ database: Database) async -> String? {
        do {
            _ = try await database.write(statement)
            return nil
        } catch {
            if case .refused(let state, _) = error { return state }
            return "\(error)"
        }
    }

    private static let insufficientPrivilege = "42501"

    @Test("the serving role appends to the audit log and can change nothing in it")
    func auditLog() async throws {
        try await withStores { world in
            let record = world.record()
            try await world.stores.events.append(record)
            #expect(try await world.written(record) == [1, 1])
            let attempts: [SQL] = [
                "UPDATE audit_logs SET actor = 'nobody'", "DELETE FROM audit_logs", "TRUNCATE audit_logs",
                "ALTER TABLE audit_logs DISABLE TRIGGER ALL", "DROP TABLE audit_logs",
            ]
            for attempt in attempts {
                #expect(await refusal(of: attempt, world.database) == Self.insufficientPrivilege)
            }
        }
    }

    @Test("not even the owner changes the audit log")
    func auditTrigger() async throws {
        let place = try await TestDatabase.shared()
        try await ThrowAwayDatabase.on(place.ownerConnection) { owner in
            for attempt: SQL in [
                "UPDATE audit_logs SET actor = 'nobody'", "DELETE FROM audit_logs", "TRUNCATE audit_logs",
            ] {
                #expect(await refusal(of: attempt, owner) == Self.insufficientPrivilege)
            }
        }
    }

    @Test("the serving role can neither make nor drop tables, nor choose the moment of a partition")
    func servingRole() async throws {
        try await withStores { world in
            let attempts: [SQL] = [
                "CREATE TABLE mine (a integer)", "DROP TABLE users", "DELETE FROM outbox",
                "UPDATE outbox SET type = ''",
                "SELECT make_partitions('grants', '2030-01-01')", "SELECT grant_serving_rights('martlet')",
                "SELECT drop_detached_partition('users')", "DELETE FROM grants", "UPDATE partition_plans SET keep = 1",
                "UPDATE schema_migrations SET name = ''",
                "CREATE FUNCTION f() RETURNS integer LANGUAGE sql RETURN 1",
            ]
            for attempt in attempts {
                #expect(await refusal(of: attempt, world.database) == Self.insufficientPrivilege)
            }
        }
    }

    @Test("what runs with the owner's rights cannot be turned by the caller's search path")
    func pinnedPath() async throws {
        try await withStores { world in
            let made = try await world.database.transaction { (transaction) throws(DatabaseError) in
                _ = try await transaction.query("CREATE TEMPORARY TABLE partition_plans (table_name name)")
                _ = try await transaction.query("SET LOCAL search_path = pg_temp, public")
                return try await transaction.query("SELECT public.ensure_partitions('grants')").exactlyOne().value(
                    0, as: Int.self)
            }
            #expect(made == 0)
        }
    }

    @Test("a single role owns and serves: nothing is granted, everything works")
    func singleRole() async throws {
        var place = try await TestDatabase.fresh(prepared: false)
        place.connection = place.ownerConnection
        let schema = Schema(ownerConnection: place.ownerConnection, servingRole: "martlet_owner")
        for _ in 0..<2 { _ = try await schema.migrate(on: ThrowAwayDatabase.lane) }
        try await withStores(at: place) { world in
            _ = try await Partitions(on: world.database).ensure()
            let tokens = try await world.minted()
            #expect(try await world.state(tokens.access)?.isActive == true)
        }
    }

    @Test("migrating again changes nothing, and a role that is named later gets its rights then")
    func laterRole() async throws {
        let place = try await TestDatabase.fresh(prepared: false)
        let alone = try await Schema(ownerConnection: place.ownerConnection, servingRole: "martlet_owner")
            .migrate(on: ThrowAwayDatabase.lane)
        #expect(!alone.applied.isEmpty)
        let refused = try await ThrowAwayDatabase.on(place.connection) { database in
            await refusal(of: "SELECT FROM users", database)
        }
        #expect(refused == Self.insufficientPrivilege)
        let separate = Schema(ownerConnection: place.ownerConnection, servingRole: "martlet")
        #expect(try await separate.migrate(on: ThrowAwayDatabase.lane).applied.isEmpty)
        #expect(try await separate.check(on: ThrowAwayDatabase.lane).pending.isEmpty)
        try await withStores(at: place) { world in
            _ = try await Partitions(on: world.database).ensure()
            _ = try await world.minted()
        }
    }

    @Test("an empty database, one without partitions and one that is away are told apart from a ready one")
    func health() async throws {
        let place = try await TestDatabase.fresh(prepared: false)
        func problem() async throws -> StorageHealth.Problem? {
            try await ThrowAwayDatabase.on(place.connection) { await StorageHealth(on: $0).problem() }
        }
        #expect(try await problem() == .pendingMigrations(Migration.embedded.map(\.name)))
        _ = try await Schema(ownerConnection: place.ownerConnection, servingRole: "martlet").migrate(
            on: ThrowAwayDatabase.lane)
        guard case .shortHorizon(let tables)? = try await problem() else {
            return #expect(Bool(false), "the horizon is not short")
        }
        #expect(tables.contains("grants") && tables.contains("outbox"))
        try await ThrowAwayDatabase.on(place.connection) { _ = try await Partitions(on: $0).ensure() }
        #expect(try await problem() == nil)
        try await ThrowAwayDatabase.on(place.ownerConnection) { owner in
            _ = try await owner.write("DELETE FROM schema_migrations WHERE name LIKE '0017%'")
        }
        #expect(try await problem() == .pendingMigrations(["0017_audit_logs"]))
        let away = try await ThrowAwayDatabase.on("host=/nonexistent dbname=none") {
            await StorageHealth(on: $0).problem()
        }
        guard case .unreachable? = away else { return #expect(Bool(false), "reachable") }
    }

    @Test("without its database a store answers 503 with Retry-After (temporarily_unavailable)")
    func unavailable() async throws {
        try await ThrowAwayDatabase.on("host=/nonexistent dbname=none") { database in
            let error = await StorageTests.refusal { () throws(OAuthError) in
                try await Stores(on: database).users.user(UserID("u"))
            }
            #expect(error?.code == .temporarilyUnavailable)
            #expect(error?.retryAfter != nil)
        }
    }
}
