public import EventLoop
public import HTTPClient
public import Provider

/// Brings events from the outbox to the endpoints that want them, at least once each and in order for each endpoint.
///
/// One worker a server, on one loop. The store keeps several servers from serving one endpoint at once (leases), and
/// keeps what is due, so a server that dies takes nothing with it: its leases run out, and another goes on.
public struct WebhookDispatcher: Sendable {
    /// How the worker works.
    public struct Configuration: Sendable {
        /// How long it sleeps at most before it looks for new events: those that other servers wrote.
        public var pollInterval = Duration.seconds(1)
        /// How long an endpoint is this server's. Longer than any fetch may take, and its report.
        public var lease = Duration.seconds(60)
        /// How many endpoints are served at once.
        public var concurrency = 32
        /// How many events are moved into the queues in one statement.
        public var batch = 500
        /// When failed deliveries are tried again.
        public var schedule = RetrySchedule.standard

        /// The defaults.
        public init() {}
    }

    /// What the worker tells of its work, for the log and the metrics.
    public typealias Report = DispatchReport<DueDelivery>

    private let dispatch: Dispatch<WebhookQueue>

    /// - Parameters:
    ///   - loop: where it works; the fetcher should be of the same loop.
    ///   - fetcher: the way out, with its guard. Its total time must be well below the lease.
    ///   - master: opens the endpoints' secrets.
    ///   - source: CloudEvents `source`, the issuer.
    ///   - report: called on the loop.
    public init(
        on loop: Loop, store: any WebhookStore, fetcher: Fetcher, master: MasterKey, source: String,
        now: @escaping @Sendable () -> Instant, configuration: Configuration = Configuration(),
        report: @escaping @Sendable (Report) -> Void = { _ in }
    ) {
        let courier = Courier(fetcher: fetcher, rules: DeliveryRules(schedule: configuration.schedule), now: now)
        let queue = WebhookQueue(
            store: store, sender: WebhookSender(courier: courier, master: master, source: source),
            batch: configuration.batch)
        let pace = DispatchPace(
            pollInterval: configuration.pollInterval, lease: configuration.lease,
            concurrency: configuration.concurrency)
        dispatch = Dispatch(on: loop, queue: queue, pace: pace, now: now, report: report)
    }

    /// Begins to work, until ``stop(within:)`` or the end of the loop. Called once.
    public func start() { dispatch.start() }

    /// Says that this server has just written events. From any thread; costs nothing when said often.
    public func poke() { dispatch.poke() }

    /// Takes nothing new and returns when the attempts that run have ended. What still runs after `patience` is
    /// cancelled without a verdict: its lease runs out, and it is sent again.
    public func stop(within patience: Duration = .seconds(5)) async { await dispatch.stop(within: patience) }
}
