import JOSE
import Provider
import Synchronization

/// A webhook store in memory with the promises of the real one: one delivery an endpoint at a time, in order, leased.
final class MemoryWebhooks: WebhookStore {
    struct Entry {
        let webhook: String
        var delivery: WebhookDelivery
    }

    private struct State {
        var webhooks: [String: Webhook] = [:]
        var outbox: [StoredEvent] = []
        var queued = 0
        var entries: [Entry] = []
        var leases: [String: Instant] = [:]
        var failures = 0
    }

    private let state = Mutex(State())

    /// Every entry of an endpoint's queue, oldest first.
    func entries(of id: String) -> [WebhookDelivery] {
        state.withLock { state in state.entries.filter { $0.webhook == id }.map(\.delivery) }
    }

    func emit(_ count: Int) {
        state.withLock { state in
            for _ in 0..<count {
                let id = String(state.outbox.count + 1)
                state.outbox.append(
                    StoredEvent(
                        id: id, cursor: id, type: "oauth2.token.issued", subject: "client:c",
                        time: Instant(seconds: 1_800_000_000), data: ["jti": .string("t\(id)")]))
            }
        }
    }

    /// Lets the next calls fail as those of a database that is away.
    func fail(_ count: Int) {
        state.withLock { $0.failures = count }
    }

    private func act<T: Sendable>(_ body: (inout State) -> sending T) throws(OAuthError) -> T {
        let result: T? = state.withLock { state in
            if state.failures > 0 {
                state.failures -= 1
                return nil
            }
            return body(&state)
        }
        guard let result else { throw .storeUnavailable("gone fishing") }
        return result
    }

    func create(_ webhook: Webhook, _: Record) async throws(OAuthError) {
        try act { $0.webhooks[webhook.id] = webhook }
    }
    func webhooks(toldOf _: String?, _: PageRequest) async throws(OAuthError) -> Page<Webhook> {
        Page(items: try act { Array($0.webhooks.values) }, nextCursor: nil)
    }
    func webhook(_ id: String) async throws(OAuthError) -> Webhook? { try act { $0.webhooks[id] } }
    func delete(_ id: String, _: Record) async throws(OAuthError) -> Bool {
        try act { $0.webhooks.removeValue(forKey: id) != nil }
    }
    func deliveries(of id: String, _: PageRequest) async throws(OAuthError) -> Page<WebhookDelivery> {
        Page(items: entries(of: id).reversed(), nextCursor: nil)
    }
    func replay(_: String, from _: Instant, to _: Instant, at _: Instant) async throws(OAuthError) -> Int { 0 }

    func enqueue(limit: Int, at now: Instant) async throws(OAuthError) -> Int {
        try act { state in
            let fresh = state.outbox[state.queued...].prefix(limit)
            for event in fresh {
                for id in state.webhooks.keys {
                    let delivery = WebhookDelivery(
                        id: "\(state.entries.count)", event: event, state: .pending, attempts: 0, nextAttemptAt: now,
                        lastStatus: nil, lastError: nil, deliveredAt: nil)
                    state.entries.append(Entry(webhook: id, delivery: delivery))
                }
            }
            state.queued += fresh.count
            return fresh.count
        }
    }

    func take(limit: Int, leaseEndsAt: Instant, at now: Instant) async throws(OAuthError) -> [DueDelivery] {
        try act { state in
            var due: [DueDelivery] = []
            for (id, webhook) in state.webhooks where due.count < limit {
                if let lease = state.leases[id], lease > now { continue }
                let head = state.entries.firstIndex { $0.webhook == id && $0.delivery.state == .pending }
                guard let head, let next = state.entries[head].delivery.nextAttemptAt, next <= now else { continue }
                state.leases[id] = leaseEndsAt
                state.entries[head].delivery.attempts += 1
                due.append(DueDelivery(delivery: state.entries[head].delivery, webhook: webhook))
            }
            return due
        }
    }

    func settle(_ due: DueDelivery, _ outcome: DeliveryOutcome, at now: Instant) async throws(OAuthError) {
        try act { state in
            guard let index = state.entries.firstIndex(where: { $0.delivery.id == due.delivery.id }),
                state.entries[index].delivery.attempts == due.delivery.attempts
            else { return }
            state.leases[due.webhook.id] = nil
            switch outcome {
            case .delivered(let status):
                state.entries[index].delivery.state = .delivered
                state.entries[index].delivery.lastStatus = status
                state.entries[index].delivery.deliveredAt = now
            case .retry(let moment, let status, let reason):
                state.entries[index].delivery.nextAttemptAt = moment
                state.entries[index].delivery.lastStatus = status
                state.entries[index].delivery.lastError = reason
            case .dead(let status, let reason):
                state.entries[index].delivery.state = .dead
                state.entries[index].delivery.lastStatus = status
                state.entries[index].delivery.lastError = reason
            }
        }
    }

    func lag(at _: Instant) async throws(OAuthError) -> (waiting: Int, oldestSeconds: Int) { (0, 0) }
}
