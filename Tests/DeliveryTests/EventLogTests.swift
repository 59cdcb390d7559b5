import Delivery
import EventLoop
import HTTPClient
import JOSE
import Postgres
import Provider
import Storage
import Synchronization
import TestDatabases
import Testing

@Suite("Events: from the outbox to the log", .timeLimit(.minutes(2)))
struct EventLogTests {
    /// Follows the outbox of a database, and lets `body` wait for what is seen.
    private func follow(
        _ body: @escaping @Sendable (Outbox, EventLog, Seen) async throws -> Void
    ) async throws {
        let outbox = try Outbox(try await ThrowAwayDatabase.fresh())
        let seen = Seen()
        let log = EventLog(
            on: outbox.loop, store: outbox.followed, pollInterval: .milliseconds(10), failed: { _ in seen.fail() },
            sink: { seen.add($0.subject ?? "") })
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(outbox, log, seen)) } catch { outcome = .failure(error) }
        await outbox.close()
        try outcome.get()
    }

    @Test("every event once and in order, over many pages and an outage of the database")
    func everything() async throws {
        try await follow { outbox, log, seen in
            let beginning = try await outbox.end()
            try await outbox.emit(1...1000)
            try await outbox.place.shut()
            log.start(after: beginning)
            try await outbox.until { seen.failures >= 2 }
            try await outbox.place.open()
            try await outbox.until { seen.subjects.count >= 1000 }
            try await outbox.emit(1001...1007)
            log.poke()
            try await outbox.until { seen.subjects.count >= 1007 }
            #expect(seen.subjects == (1...1007).map { "u\($0)" })
        }
    }

    @Test("without a cursor it begins with what happens from now on, and misses nothing from there")
    func fromNow() async throws {
        try await follow { outbox, log, seen in
            try await outbox.emit(1...50)
            // Transactions of other tests hold the end of the outbox back for as long as they run.
            while try await outbox.all().count < 50 {}
            log.start()
            var last = 50
            while seen.subjects.isEmpty {
                last += 1
                try await outbox.emit(last...last)
            }
            try await outbox.emit(last + 1...last + 250)
            try await outbox.until { seen.subjects.last == "u\(last + 250)" }
            let first = try #require(seen.subjects.first.flatMap { Int($0.dropFirst()) })
            #expect(first > 50)
            #expect(seen.subjects == (first...last + 250).map { "u\($0)" })
        }
    }
}

/// The outbox of a database of its own, by links that wait for an outage to end and by some that do not.
private struct Outbox: Sendable {
    let loop: Loop
    let place: ThrowAwayDatabase
    let followed: any EventStore
    private let own: any EventStore
    private let databases: [Database]

    init(_ place: ThrowAwayDatabase) throws {
        self.place = place
        loop = try Loop(name: "events")
        var links = ThrowAwayDatabase.configuration(place.connection)
        let patient = Database(on: loop, lane: ThrowAwayDatabase.lane, configuration: links)
        links.patience = .milliseconds(200)
        let followed = Database(on: loop, lane: ThrowAwayDatabase.lane, configuration: links)
        databases = [patient, followed]
        (own, self.followed) = (Stores(on: patient).events, Stores(on: followed).events)
    }

    /// Writes an event about each of these users.
    func emit(_ users: ClosedRange<Int>) async throws {
        let trail = Trail(actor: "system", requestID: "r", address: "", now: wallClock())
        let events = users.map { Event.userUpdated(UserID("u\($0)")) }
        try await loop.run { try await own.append(Record(trail, events: events)) }
    }

    /// The cursor after everything so far.
    func end() async throws -> String { try await loop.run { try await own.endOfEvents() } }

    /// What a reader sees now, up to a page.
    func all() async throws -> [StoredEvent] {
        try await loop.run { try await own.events(after: nil, types: [], limit: 200).items }
    }

    /// Returns once `condition` holds, however long that takes.
    func until(_ condition: () -> Bool) async throws {
        while !condition() { try await loop.run { try await loop.sleep(for: .milliseconds(5)) } }
    }

    func close() async {
        for database in databases { await database.close() }
        await loop.stop()
    }
}

/// What reached the log.
final class Seen: Sendable {
    private let state = Mutex<(subjects: [String], failures: Int)>(([], 0))

    var subjects: [String] { state.withLock { $0.subjects } }
    var failures: Int { state.withLock { $0.failures } }

    func add(_ subject: String) { state.withLock { $0.subjects.append(subject) } }
    func fail() { state.withLock { $0.failures += 1 } }
}

@Suite("Egress: what the guard would refuse is refused at registration")
struct GuardedEgressTests {
    @Test(
        "CVE-2026-1180, CVE-2026-1518 (FAILURES 13, 15): only public https, unless allowed",
        arguments: [
            ("https://hooks.example/x", nil), ("http://hooks.example/x", "must use https"),
            ("https://10.0.0.7/", "not public"), ("https://[::1]/", "not public"),
            ("https://169.254.169.254/latest/meta-data", "not public"), ("https://localhost/", "not public"),
            ("https://user@hooks.example/", "user information"), ("ftp://hooks.example/", "must use https"),
            ("https://2130706433/", "must name a host"), ("hooks.example", "not an absolute URL"),
        ] as [(String, String?)])
    func refusals(url: String, reason: String?) throws {
        let refusal = GuardedEgress(EgressGuard()).refusal(of: url)
        if let reason {
            #expect(try #require(refusal).contains(reason))
        } else {
            #expect(refusal == nil)
        }
    }

    @Test("the operator's exceptions hold at registration too")
    func exceptions() throws {
        let egress = GuardedEgress(EgressGuard(allowing: try EgressAllowance("hooks.internal, 127.0.0.0/8")))
        #expect(egress.refusal(of: "http://hooks.internal:8080/") == nil)
        #expect(egress.refusal(of: "http://127.0.0.1:9000/") == nil)
        #expect(egress.refusal(of: "http://10.0.0.1/") != nil)
    }
}
