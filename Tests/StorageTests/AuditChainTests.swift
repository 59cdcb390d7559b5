import Crypto
import Postgres
import Provider
import TestDatabases
import Testing

@testable import Storage

@Suite("The audit log's chain")
struct AuditChainTests {
    /// Writes a line with an act of its own.
    private func write(_ world: World, _ action: String) async throws {
        try await world.stores.events.append(
            Record(
                world.trail(), events: [.loginFailed(nil)],
                audit: AuditEntry(action: action, subject: "client:\(world.name())")))
    }

    /// What the owner of the tables can do when nobody looks.
    private func tamper(_ place: ThrowAwayDatabase, _ statements: [SQL]) async throws {
        try await ThrowAwayDatabase.on(place.ownerConnection) { owner in
            try await owner.transaction { transaction throws(DatabaseError) in
                for table in ["audit_logs", "audit_chain"] {
                    _ = try await transaction.query("ALTER TABLE \(identifier: table) DISABLE TRIGGER USER")
                }
                for statement in statements { _ = try await transaction.query(statement) }
                for table in ["audit_logs", "audit_chain"] {
                    _ = try await transaction.query("ALTER TABLE \(identifier: table) ENABLE TRIGGER USER")
                }
            }
        }
    }

    /// A fresh log of five lines with its chain.
    private func five(
        _ body: @escaping @Sendable (World, AuditChain, String, ThrowAwayDatabase) async throws -> Void
    ) async throws {
        let place = try await TestDatabase.fresh()
        try await withStores(at: place) { world in
            let chain = AuditChain(over: world.stores.audit, MasterKey(try .random()))
            for number in 1...5 { try await write(world, "test.\(number)") }
            let checkpoint = try #require(try await chain.checkpoint())
            #expect(try await chain.verify(checkpoint: checkpoint) == AuditVerdict(length: 5, findings: []))
            try await body(world, chain, checkpoint, place)
        }
    }

    private func line(_ world: World, at position: Int64) async throws -> Int64 {
        try await world.database.read("SELECT line_id FROM audit_chain WHERE position = \(position)").exactlyOne()
            .value(0)
    }

    @Test("An edited line is named with its position")
    func edited() async throws {
        try await five { world, chain, _, place in
            let third = try await line(world, at: 3)
            try await tamper(place, ["UPDATE audit_logs SET actor = 'client:somebody' WHERE id = \(third)"])
            #expect(try await chain.verify().findings == [.edited(position: 3, line: third)])
        }
    }

    @Test("A removed line is named, and so are its links")
    func removed() async throws {
        try await five { world, chain, _, place in
            let (second, fourth) = (try await line(world, at: 2), try await line(world, at: 4))
            try await tamper(place, ["DELETE FROM audit_logs WHERE id = \(second)"])
            #expect(try await chain.verify().findings == [.removed(position: 2, line: second)])
            try await tamper(
                place,
                ["DELETE FROM audit_logs WHERE id = \(fourth)", "DELETE FROM audit_chain WHERE line_id = \(fourth)"])
            #expect(
                try await chain.verify().findings
                    == [.removed(position: 2, line: second), .linksMissing(after: 3, before: 5)])
        }
    }

    @Test("A line that was slipped in is named")
    func inserted() async throws {
        try await five { world, chain, _, place in
            try await tamper(
                place,
                [
                    """
                    INSERT INTO audit_logs (time, actor, action, subject, request_id, address)
                    VALUES (now() - interval '1 hour', 'client:x', 'client.delete', 'client:y', 'z', '')
                    """
                ])
            let id = try await world.database.read("SELECT max(id) FROM audit_logs").exactlyOne().value(
                0, as: Int64.self)
            #expect(try await chain.verify().findings == [.inserted(line: id)])
        }
    }

    @Test("Swapped lines and swapped links are named")
    func swapped() async throws {
        try await five { world, chain, _, place in
            let (second, third) = (try await line(world, at: 2), try await line(world, at: 3))
            try await tamper(
                place,
                [
                    """
                    UPDATE audit_logs a SET action = b.action, subject = b.subject, request_id = b.request_id
                    FROM audit_logs b
                    WHERE (a.id, b.id) IN ((\(second), \(third)), (\(third), \(second)))
                    """
                ])
            #expect(
                try await chain.verify().findings
                    == [.edited(position: 2, line: second), .edited(position: 3, line: third)])
        }
    }

    @Test("A tail that was cut off is found by a checkpoint, also when the log went on since")
    func cut() async throws {
        try await five { world, chain, checkpoint, place in
            try await tamper(
                place,
                [
                    "DELETE FROM audit_logs WHERE id IN (SELECT line_id FROM audit_chain WHERE position > 3)",
                    "DELETE FROM audit_chain WHERE position > 3",
                ])
            #expect(try await chain.verify().findings == [], "nothing tells of it without one")
            #expect(try await chain.verify(checkpoint: checkpoint).findings == [.behindCheckpoint(position: 5)])
            for number in 6...8 { try await write(world, "test.\(number)") }
            try await chain.extend()
            #expect(try await chain.verify(checkpoint: checkpoint).findings == [.behindCheckpoint(position: 5)])
            for garbage in ["", "x", checkpoint + "x", String(checkpoint.dropLast()), "1.1.AA.AA"] {
                await #expect(throws: OAuthError.self) { try await chain.verify(checkpoint: garbage) }
            }
        }
    }

    @Test("Twenty writers and three linkers at once make one chain without gaps")
    func writers() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let chain = AuditChain(over: world.stores.audit, MasterKey(try .random()))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<20 {
                    group.addTask { for number in 0..<10 { try await write(world, "w\(writer).\(number)") } }
                }
                for _ in 0..<3 { group.addTask { for _ in 0..<10 { try await chain.extend() } } }
                try await group.waitForAll()
            }
            try await chain.extend()
            #expect(try await chain.verify() == AuditVerdict(length: 200, findings: []))
        }
    }

    @Test("Another key's chain is not taken for one's own")
    func otherKey() async throws {
        try await five { world, _, checkpoint, _ in
            let other = AuditChain(over: world.stores.audit, MasterKey(try .random()))
            #expect(try await other.verify().findings.count == 5)
            await #expect(throws: OAuthError.self) { try await other.verify(checkpoint: checkpoint) }
        }
    }

    @Test("Lines are listed newest first by actor, action, subject and time; reading them is a line")
    func lines() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            for action in ["client.create", "client.delete", "user.create"] { try await write(world, action) }
            let audit = world.stores.audit
            let record = Record(world.trail(), audit: AuditEntry(action: "audit.read", subject: "audit"))
            var filter = AuditFilter()
            filter.action = "client."
            let page = try await audit.lines(filter, PageRequest(limit: 1), record)
            #expect(page.items.map(\.action) == ["client.delete"])
            let next = try await audit.lines(filter, PageRequest(limit: 1, cursor: page.nextCursor), record)
            #expect(next.items.map(\.action) == ["client.create"])
            #expect(next.nextCursor == nil)
            var reads = AuditFilter()
            reads.action = "audit.read"
            #expect(try await audit.lines(reads, PageRequest(), record).items.count == 2)
            var later = AuditFilter()
            later.from = world.now + 1
            #expect(try await audit.lines(later, PageRequest(), record).items.isEmpty)
            for cursor in ["x", "0", "-1"] {
                await #expect(throws: OAuthError.self) {
                    _ = try await audit.lines(filter, PageRequest(cursor: cursor), record)
                }
            }
        }
    }
}
