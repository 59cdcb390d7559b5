import Crypto
import Delivery
import EventLoop
import Foundation
import HTTPClient
import Postgres
import Provider
import Storage
import TLS
import TestDatabases

/// One server of several: a loop with its own links to one database, and a dispatcher.
struct Node: Sendable {
    static let secret = [UInt8](repeating: 9, count: 32)

    let loop: Loop
    let stores: Stores
    let database: Database
    let dispatcher: WebhookDispatcher

    static func start(
        over place: ThrowAwayDatabase, master: MasterKey, lease: Duration = .seconds(30)
    ) throws -> Node {
        let loop = try Loop(name: "node")
        let database = Database(
            on: loop, lane: ThrowAwayDatabase.lane, configuration: ThrowAwayDatabase.configuration(place.connection))
        let stores = Stores(on: database)
        let fetcher = Fetcher(
            on: loop, lane: ThrowAwayDatabase.lane, egress: EgressGuard(allowing: try EgressAllowance("127.0.0.1")),
            trust: try TLSClientContext(trustingSystem: false))
        var work = WebhookDispatcher.Configuration()
        work.pollInterval = .milliseconds(20)
        work.lease = lease
        work.schedule = RetrySchedule(pauses: Array(repeating: .milliseconds(20), count: 100), jitter: 0.2)
        let dispatcher = WebhookDispatcher(
            on: loop, store: stores.webhooks, fetcher: fetcher, master: master, source: "https://id.example",
            now: wallClock, configuration: work)
        return Node(loop: loop, stores: stores, database: database, dispatcher: dispatcher)
    }

    func stop() async {
        await dispatcher.stop()
        await database.close()
        await loop.stop()
    }

    /// Registers an endpoint for `user.updated`; answers its id.
    func register(at url: String, master: MasterKey) async throws -> String {
        let id = UUID().uuidString
        let webhook = Webhook(
            id: id, url: url, types: ["user.updated"], description: nil,
            sealedSecret: try master.seal(Self.secret, context: Webhook.sealContext(id)), createdAt: wallClock())
        try await loop.run { try await stores.webhooks.create(webhook, Record(trail)) }
        return id
    }

    /// Writes an event about each of these users, one after the other.
    func happen(_ users: [String]) async throws {
        try await loop.run {
            for user in users {
                try await stores.events.append(Record(trail, events: [.userUpdated(UserID(user))]))
            }
        }
    }

    func deliveries(of id: String) async throws -> [WebhookDelivery] {
        try await loop.run { try await stores.webhooks.deliveries(of: id, PageRequest(limit: 200)).items.reversed() }
    }

    /// Returns once all of so many deliveries of the endpoint have ended.
    func hasSettled(_ count: Int, of id: String) async throws {
        while try await deliveries(of: id).count(where: { $0.state != .pending }) < count {
            try await loop.run { try await loop.sleep(for: .milliseconds(20)) }
        }
    }

    private var trail: Trail { Trail(actor: "system", requestID: UUID().uuidString, address: "", now: wallClock()) }
}
