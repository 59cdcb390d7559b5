public import EventLoop
public import Provider

/// Brings mail from the outbox to its transport, at least once each.
///
/// One worker a server, on one loop. The store keeps what is due and lets one server at a time have a mail (leases), so a
/// server that dies takes nothing with it.
public struct MailDispatcher: Sendable {
    /// How the worker works.
    public struct Configuration: Sendable {
        /// How long it sleeps before it looks for new mail.
        public var pollInterval = Duration.seconds(1)
        /// How long a mail is this server's. Longer than any transport may take, and its report.
        public var lease = Duration.seconds(90)
        /// How many leave at once.
        public var concurrency = 4
        /// When failed ones are tried again, as long as somebody may still want them.
        public var schedule = RetrySchedule(
            pauses: [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 21_600].map { .seconds($0) }, jitter: 0.2)

        /// The defaults.
        public init() {}
    }

    /// What the worker tells of its work, for the log. It never tells an address.
    public enum Report: Sendable {
        /// An attempt at a mail has ended.
        case settled(MailOrder, MailOutcome, attempts: Int)
        /// An attempt at the mail that tells of a decision about an application has ended.
        case noticed(DueApplicationNotice, MailOutcome)
        /// The store did not do what it was asked; the worker goes on by itself.
        case storeFailed(OAuthError)
    }

    private let loop: Loop
    private let worker: LoopBound<MailWorker>

    /// - Parameters:
    ///   - loop: where it works, which the provider's stores belong to.
    ///   - report: called on the loop.
    public init(
        on loop: Loop, provider: OpenIDProvider, transport: any MailTransport, templates: MailTemplates,
        sender: MailSender, configuration: Configuration = Configuration(),
        report: @escaping @Sendable (Report) -> Void = { _ in }
    ) {
        self.loop = loop
        let desk = MailDesk(
            loop: loop, provider: provider, transport: transport, templates: templates, sender: sender,
            configuration: configuration, report: report)
        worker = LoopBound(MailWorker(on: loop, desk: desk, configuration: configuration, report: report), on: loop)
    }

    /// Begins to work, until ``stop(within:)`` or the end of the loop. Called once.
    public func start() {
        loop.start { [worker] in await worker.value.work() }
    }

    /// Takes nothing new and returns when the mail that is leaving has left, or after `patience`.
    public func stop(within patience: Duration = .seconds(5)) async {
        try? await loop.run { [worker] in await worker.value.stop(within: patience) }
    }
}
