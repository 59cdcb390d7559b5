import Delivery
import EventLoop
import HTTPClient
import JOSE
import Provider
import Synchronization
import Testing

/// An outbox in memory whose cursors are counts.
private final class MemoryOutbox: EventStore {
    private let state = Mutex<(count: Int, failures: Int)>((0, 0))

    func emit(_ count: Int) { state.withLock { $0.count += count } }
    func fail(_ count: Int) { state.withLock { $0.failures = count } }

    private func visible() throws(OAuthError) -> Int {
        let count: Int? = state.withLock { state in
            state.failures -= 1
            return state.failures >= 0 ? nil : state.count
        }
        guard let count else { throw .storeUnavailable("away") }
        return count
    }

    func append(_: Record) async throws(OAuthError) {}
    func endOfEvents() async throws(OAuthError) -> String { String(try visible()) }
    func events(after cursor: String?, types _: [String], limit: Int) async throws(OAuthError) -> Page<StoredEvent> {
        let first = (cursor.flatMap { Int($0) } ?? 0) + 1
        let last = min(try visible(), first + limit - 1)
        let events =
            first > last
            ? []
            : (first...last).map { number in
                StoredEvent(
                    id: "\(number)", cursor: "\(number)", type: "user.created", subject: nil,
                    time: Instant(seconds: 1_800_000_000), data: .null)
            }
        return Page(items: events, nextCursor: events.count == limit ? events.last?.cursor : nil)
    }
}

@Suite("Events: from the outbox to the log", .timeLimit(.minutes(1)))
struct EventLogTests {
    private func follow(
        _ outbox: MemoryOutbox, after cursor: String?, _ body: (EventLog, Loop, Seen) async throws -> Void
    ) async throws {
        let loop = try Loop(name: "events")
        let seen = Seen()
        let log = EventLog(
            on: loop, store: outbox, pollInterval: .milliseconds(10), failed: { _ in seen.fail() },
            sink: { seen.add($0.id) })
        log.start(after: cursor)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(log, loop, seen)) } catch { outcome = .failure(error) }
        await loop.stop()
        try outcome.get()
    }

    @Test("every event once and in order, over many pages and failures of the database")
    func everything() async throws {
        let outbox = MemoryOutbox()
        outbox.emit(1000)
        outbox.fail(2)
        try await follow(outbox, after: "0") { log, loop, seen in
            try await loop.run { while seen.ids.count < 1000 { try await loop.sleep(for: .milliseconds(5)) } }
            outbox.emit(7)
            log.poke()
            try await loop.run { while seen.ids.count < 1007 { try await loop.sleep(for: .milliseconds(5)) } }
            #expect(seen.ids == (1...1007).map(String.init))
            #expect(seen.failures == 2)
        }
    }

    @Test("without a cursor it begins with what happens from now on")
    func fromNow() async throws {
        let outbox = MemoryOutbox()
        outbox.emit(50)
        try await follow(outbox, after: nil) { _, loop, seen in
            try await loop.run {
                while seen.ids.isEmpty {
                    outbox.emit(1)
                    try await loop.sleep(for: .milliseconds(5))
                }
            }
            #expect(seen.ids.allSatisfy { (Int($0) ?? 0) > 50 })
        }
    }
}

/// What reached the log.
final class Seen: Sendable {
    private let state = Mutex<(ids: [String], failures: Int)>(([], 0))

    var ids: [String] { state.withLock { $0.ids } }
    var failures: Int { state.withLock { $0.failures } }

    func add(_ id: String) { state.withLock { $0.ids.append(id) } }
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
