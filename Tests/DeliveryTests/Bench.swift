import Crypto
import Delivery
import EventLoop
import Foundation
import HTTP
import HTTPClient
import JOSE
import Provider
import Synchronization
import TLS

/// A dispatcher over a store in memory, with pauses of milliseconds, and the means to wait for what it does.
final class Bench: Sendable {
    let loop: Loop
    let store = MemoryWebhooks()
    let master: MasterKey
    let dispatcher: WebhookDispatcher
    static let secret = [UInt8](repeating: 7, count: 32)

    private let reports: Reports

    /// Runs `body` beside a working dispatcher, which is stopped afterwards.
    static func run(
        allowing allowance: String = "127.0.0.1", pauses: [Duration] = [.milliseconds(10), .milliseconds(20)],
        _ body: (Bench) async throws -> Void
    ) async throws {
        let bench = try Bench(allowing: allowance, pauses: pauses)
        bench.dispatcher.start()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(bench))
        } catch {
            outcome = .failure(error)
        }
        await bench.dispatcher.stop()
        await bench.loop.stop()
        try outcome.get()
    }

    private init(allowing allowance: String, pauses: [Duration]) throws {
        loop = try Loop(name: "delivery")
        master = MasterKey(try .random())
        let fetcher = Fetcher(
            on: loop, lane: Lane(name: "names", threads: 1, capacity: 1),
            egress: EgressGuard(allowing: try EgressAllowance(allowance)),
            trust: try TLSClientContext(trustingSystem: false))
        var configuration = WebhookDispatcher.Configuration()
        configuration.pollInterval = .milliseconds(20)
        configuration.schedule = RetrySchedule(pauses: pauses, jitter: 0.2)
        let reports = Reports()
        self.reports = reports
        dispatcher = WebhookDispatcher(
            on: loop, store: store, fetcher: fetcher, master: master, source: "https://id.example",
            now: wallClock, configuration: configuration,
            report: { reports.add($0) })
    }

    func register(_ id: String, at url: String) async throws {
        let webhook = Webhook(
            id: id, url: url, types: ["*"], description: nil,
            sealedSecret: try master.seal(Self.secret, context: Webhook.sealContext(id)),
            createdAt: Instant(seconds: 1_800_000_000))
        let trail = Trail(actor: "cli", requestID: "r", address: "", now: webhook.createdAt)
        try await store.create(webhook, Record(trail))
    }

    /// How the attempts at an endpoint have ended so far.
    func outcomes(of id: String) -> [DeliveryOutcome] { reports.outcomes(of: id) }

    /// How often the store has failed the dispatcher.
    var storeFailures: Int { reports.failures }

    /// Returns once `condition` holds, however long that takes.
    func until(_ condition: @escaping @Sendable () -> Bool) async throws {
        let loop = loop
        try await loop.run {
            while !condition() { try await loop.sleep(for: .milliseconds(5)) }
        }
    }
}

/// What the dispatcher has told.
final class Reports: Sendable {
    private struct State {
        var outcomes: [(webhook: String, outcome: DeliveryOutcome)] = []
        var failures = 0
    }

    private let state = Mutex(State())

    var failures: Int { state.withLock { $0.failures } }

    func outcomes(of id: String) -> [DeliveryOutcome] {
        state.withLock { state in state.outcomes.filter { $0.webhook == id }.map(\.outcome) }
    }

    func add(_ report: WebhookDispatcher.Report) {
        state.withLock { state in
            switch report {
            case .attempted(let due, let outcome): state.outcomes.append((due.webhook.id, outcome))
            case .storeFailed: state.failures += 1
            }
        }
    }
}

/// The time now.
@Sendable func wallClock() -> Instant {
    Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
}
