internal import Provider

/// The logout tokens that are to be sent, on the dispatcher's loop. A receiver that is down must not keep the others
/// waiting: each client has a few of the attempts that run at once, and one alone after an attempt that failed.
final class LogoutQueue: DeliveryQueue {
    /// Attempts of one client that run at once.
    static let usualRoom = 4

    private let store: any LogoutStore
    private let sender: LogoutSender
    private var running: [ClientID: Int] = [:]
    /// Clients whose last attempt failed.
    private var failing: Set<ClientID> = []

    init(store: any LogoutStore, sender: LogoutSender) {
        self.store = store
        self.sender = sender
    }

    /// Notices are written with the sessions' ends.
    func gather(at now: Instant) async throws(OAuthError) -> Bool { false }

    func take(limit: Int, leaseEndsAt: Instant, at now: Instant) async throws(OAuthError) -> [DueLogoutNotice] {
        var room: [ClientID: Int] = [:]
        for client in failing.union(running.keys) {
            room[client] = (failing.contains(client) ? 1 : Self.usualRoom) - running[client, default: 0]
        }
        let taken = try await store.take(
            limit: limit, room: room, usualRoom: Self.usualRoom, leaseEndsAt: leaseEndsAt, at: now)
        for due in taken { running[due.notice.clientID, default: 0] += 1 }
        return taken
    }

    func attempt(_ due: DueLogoutNotice) async -> DeliveryOutcome? {
        let outcome = await sender.attempt(due)
        let client = due.notice.clientID
        let others = running[client, default: 1] - 1
        running[client] = others > 0 ? others : nil
        switch outcome {
        case .retry: failing.insert(client)
        case .delivered, .dead: failing.remove(client)
        case nil: break
        }
        return outcome
    }

    func settle(_ due: DueLogoutNotice, _ outcome: DeliveryOutcome, at now: Instant) async throws(OAuthError) {
        try await store.settle(due, outcome, at: now)
    }
}
