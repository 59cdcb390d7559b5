public import Provider

/// What a ``DispatchWorker`` works off: where deliveries come from, and how one is attempted. Its methods run on the
/// worker's loop.
protocol DeliveryQueue: SendableMetatype {
    associatedtype Item: Sendable

    /// Puts what is new into the queue.
    ///
    /// - Returns: whether there is more of it.
    func gather(at now: Instant) async throws(OAuthError) -> Bool
    /// Takes up to `limit` deliveries that are due and that no other server has, and holds them until `leaseEndsAt`.
    func take(limit: Int, leaseEndsAt: Instant, at now: Instant) async throws(OAuthError) -> [Item]
    /// How an attempt ended; nil when it was cancelled, which says nothing about the receiver. Called once for each that
    /// was taken.
    func attempt(_ item: Item) async -> DeliveryOutcome?
    /// Writes how an attempt ended.
    func settle(_ item: Item, _ outcome: DeliveryOutcome, at now: Instant) async throws(OAuthError)
}

/// How a ``DispatchWorker`` works.
struct DispatchPace {
    /// How long it sleeps at most before it looks for new deliveries.
    var pollInterval: Duration
    /// How long what it took is its own.
    var lease: Duration
    /// How many attempts run at once.
    var concurrency: Int
}

/// What a dispatcher tells of its work, for the log and the metrics.
public enum DispatchReport<Item: Sendable>: Sendable {
    /// An attempt has ended.
    case attempted(Item, DeliveryOutcome)
    /// The store did not do what it was asked; the worker goes on by itself.
    case storeFailed(OAuthError)
}
