public import EventLoop
public import HTTPClient
public import Provider

/// Tells relying parties that sessions have ended (OpenID Connect Back-Channel Logout 1.0), at least once each, by a token
/// that is new at every try.
///
/// One worker a server, on one loop. The store keeps what is due and lets one server at a time have a notice (leases), so
/// a server that dies takes nothing with it.
public struct LogoutDispatcher: Sendable {
    /// How the worker works.
    public struct Configuration: Sendable {
        /// How long it sleeps at most before it looks for sessions that have ended.
        public var pollInterval = Duration.milliseconds(500)
        /// How long a notice is this server's. Longer than any fetch may take, and its report.
        public var lease = Duration.seconds(60)
        /// How many attempts run at once.
        public var concurrency = 64
        /// When failed attempts are made again.
        public var schedule = RetrySchedule.logout
        /// How old a session's end may be that somebody is still told of.
        public var patience = Duration.seconds(3 * 86_400)

        /// The defaults.
        public init() {}
    }

    /// What the worker tells of its work, for the log.
    public typealias Report = DispatchReport<DueLogoutNotice>

    private let dispatch: Dispatch<LogoutQueue>

    /// - Parameters:
    ///   - loop: where it works, which the provider's stores and the fetcher belong to.
    ///   - provider: makes the tokens.
    ///   - fetcher: the way out, with its guard. Its total time must be well below the lease.
    ///   - report: called on the loop.
    public init(
        on loop: Loop, provider: OpenIDProvider, fetcher: Fetcher, configuration: Configuration = Configuration(),
        report: @escaping @Sendable (Report) -> Void = { _ in }
    ) {
        let now = provider.surroundings.now
        let rules = DeliveryRules(schedule: configuration.schedule, final: LogoutSender.final)
        let sender = LogoutSender(
            courier: Courier(fetcher: fetcher, rules: rules, now: now), provider: provider,
            patience: configuration.patience)
        let pace = DispatchPace(
            pollInterval: configuration.pollInterval, lease: configuration.lease,
            concurrency: configuration.concurrency)
        dispatch = Dispatch(
            on: loop, queue: LogoutQueue(store: provider.stores.logouts, sender: sender), pace: pace, now: now,
            report: report)
    }

    /// Begins to work, until ``stop(within:)`` or the end of the loop. Called once.
    public func start() { dispatch.start() }

    /// Says that a session has just ended. From any thread; costs nothing when said often.
    public func poke() { dispatch.poke() }

    /// Takes nothing new and returns when the attempts that run have ended. What still runs after `patience` is
    /// cancelled without a verdict: its lease runs out, and it is sent again.
    public func stop(within patience: Duration = .seconds(5)) async { await dispatch.stop(within: patience) }
}
