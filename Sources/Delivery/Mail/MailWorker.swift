internal import EventLoop
internal import Provider

/// The state of a ``MailDispatcher``, confined to its loop.
final class MailWorker {
    private let loop: Loop
    private let desk: MailDesk
    private let configuration: MailDispatcher.Configuration
    private let report: @Sendable (MailDispatcher.Report) -> Void
    private let bell: Bell
    private let ended: Bell
    private var isStopping = false
    private var hasEnded = true

    init(
        on loop: Loop, desk: MailDesk, configuration: MailDispatcher.Configuration,
        report: @escaping @Sendable (MailDispatcher.Report) -> Void
    ) {
        self.loop = loop
        self.desk = desk
        self.configuration = configuration
        self.report = report
        bell = Bell(on: loop)
        ended = Bell(on: loop)
    }

    /// Round after round, until stopped or cancelled.
    func work() async {
        hasEnded = false
        while !isStopping, !Task.isCancelled {
            // What was just answered may have ordered mail, and what left may have left room for more.
            if await round() { continue }
            await bell.wait(atMost: configuration.pollInterval)
        }
        hasEnded = true
        ended.ring()
    }

    func stop(within patience: Duration) async {
        isStopping = true
        bell.ring()
        let deadline = loop.now + patience
        while !hasEnded, loop.now < deadline { await ended.wait(atMost: loop.now.duration(to: deadline)) }
    }

    /// - Returns: whether there was anything to do.
    private func round() async -> Bool {
        let now = desk.now
        let due: [DueMail]
        let notices: [DueApplicationNotice]
        do throws(OAuthError) {
            let leaseEndsAt = Instant(
                milliseconds: now.milliseconds + Int64(configuration.lease / .milliseconds(1)))
            due = try await desk.provider.stores.mails.take(
                limit: configuration.concurrency, leaseEndsAt: leaseEndsAt, at: now)
            notices = try await desk.provider.stores.applications.takeNotices(
                limit: configuration.concurrency, leaseEndsAt: leaseEndsAt, at: now)
        } catch {
            report(.storeFailed(error))
            return false
        }
        // What is for one user leaves one after the other: whether there was enough is counted by what has left.
        await withTaskGroup(of: Void.self) { [desk] group in
            for mails in Dictionary(grouping: due, by: \.userID).values {
                group.addTask { for mail in mails { await desk.handle(mail) } }
            }
            for notice in notices { group.addTask { await desk.handle(notice) } }
        }
        return !due.isEmpty || !notices.isEmpty
    }
}

extension DueMail {
    /// Whom it is for; nil where that is still to be found out.
    fileprivate var userID: UserID? {
        if case .order(let order) = matter { order.userID } else { nil }
    }
}
