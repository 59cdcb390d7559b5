import Crypto
import Delivery
import EventLoop
import Foundation
import HTTP
import HTTPClient
import JOSE
import Postgres
import Provider
import Storage
import Synchronization
import TLS
import TestDatabases

/// A dispatcher over a database of its own, with pauses of milliseconds, and the means to wait for what it does.
final class Bench: Sendable {
    let loop: Loop
    /// The test's own links, which outlast an outage.
    let stores: Stores
    let place: ThrowAwayDatabase
    let master: MasterKey
    let dispatcher: WebhookDispatcher
    static let secret = [UInt8](repeating: 7, count: 32)

    private let reports: Reports
    private let databases: [Database]
    private let emitted = Atomic(0)

    /// Runs `body` beside a working dispatcher, which is stopped afterwards.
    /// - Parameters:
    ///   - patience: how long the dispatcher waits for its database.
    ///   - lease: how long an endpoint is the dispatcher's.
    static func run(
        allowing allowance: String = "127.0.0.1", pauses: [Duration] = [.milliseconds(10), .milliseconds(20)],
        patience: Duration = .seconds(20), lease: Duration = .seconds(60), _ body: (Bench) async throws -> Void
    ) async throws {
        let bench = try Bench(
            over: try await ThrowAwayDatabase.fresh(), allowing: allowance, pauses: pauses, patience: patience,
            lease: lease)
        bench.dispatcher.start()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(bench))
        } catch {
            outcome = .failure(error)
        }
        await bench.dispatcher.stop()
        for database in bench.databases { await database.close() }
        await bench.loop.stop()
        try outcome.get()
    }

    private init(
        over place: ThrowAwayDatabase, allowing allowance: String, pauses: [Duration], patience: Duration,
        lease: Duration
    ) throws {
        self.place = place
        loop = try Loop(name: "delivery")
        var links = ThrowAwayDatabase.configuration(place.connection)
        let patient = Database(on: loop, lane: ThrowAwayDatabase.lane, configuration: links)
        links.patience = patience
        let served = Database(on: loop, lane: ThrowAwayDatabase.lane, configuration: links)
        databases = [patient, served]
        stores = Stores(on: patient)
        master = MasterKey(try .random())
        let fetcher = Fetcher(
            on: loop, lane: Lane(name: "names", threads: 1, capacity: 1),
            egress: EgressGuard(allowing: try EgressAllowance(allowance)),
            trust: try TLSClientContext(trustingSystem: false))
        var configuration = WebhookDispatcher.Configuration()
        configuration.pollInterval = .milliseconds(20)
        configuration.lease = lease
        configuration.schedule = RetrySchedule(pauses: pauses, jitter: 0.2)
        let reports = Reports()
        self.reports = reports
        dispatcher = WebhookDispatcher(
            on: loop, store: Stores(on: served).webhooks, fetcher: fetcher, master: master,
            source: "https://id.example",
            now: wallClock, configuration: configuration,
            report: { reports.add($0) })
    }

    /// Registers an endpoint for everything that happens.
    /// - Parameter owner: whose secret it is given, as a row moved by hand would have it.
    func register(_ id: String, at url: String, secretOf owner: String? = nil) async throws {
        let webhook = Webhook(
            id: id, url: url, types: ["*"], description: nil,
            sealedSecret: try master.seal(Self.secret, context: Webhook.sealContext(owner ?? id)),
            createdAt: wallClock())
        try await loop.run { [stores, trail] in try await stores.webhooks.create(webhook, Record(trail)) }
    }

    /// Lets so many tokens be issued: `t1`, `t2` …
    func emit(_ count: Int) async throws {
        let last = emitted.add(count, ordering: .relaxed).newValue
        let events = (last - count + 1...last).map { number in
            Event.tokenIssued(
                Event.TokenFacts(
                    kind: .accessToken, id: TokenID("t\(number)"), grantID: nil, clientID: ClientID("c"), userID: nil))
        }
        try await loop.run { [stores, trail] in try await stores.events.append(Record(trail, events: events)) }
    }

    /// Every delivery to an endpoint, oldest first.
    func deliveries(to id: String) async throws -> [WebhookDelivery] {
        try await loop.run { [stores] in
            var (found, cursor): ([WebhookDelivery], String?) = ([], nil)
            repeat {
                let page = try await stores.webhooks.deliveries(of: id, PageRequest(limit: 200, cursor: cursor))
                found += page.items
                cursor = page.nextCursor
            } while cursor != nil
            return found.reversed()
        }
    }

    private var trail: Trail { Trail(actor: "cli", requestID: "r", address: "", now: wallClock()) }

    /// How the attempts at an endpoint have ended so far.
    func outcomes(of id: String) -> [DeliveryOutcome] { reports.outcomes(of: id) }

    /// How often the store has failed the dispatcher.
    var storeFailures: Int { reports.failures }

    /// Returns once `condition` holds, however long that takes.
    func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await loop.run { [loop] in try await loop.sleep(for: .milliseconds(5)) } }
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
