internal import EventLoop
internal import Provider

/// The state of a ``WebhookDispatcher``, confined to its loop.
final class DispatchWorker {
    /// How long events gather after the bell: it may ring for each of thousands a second.
    private static let gathering = Duration.milliseconds(20)

    private let loop: Loop
    private let bell: Bell
    private let ended: Bell
    private let store: any WebhookStore
    private let sender: WebhookSender
    private let configuration: WebhookDispatcher.Configuration
    private let report: @Sendable (WebhookDispatcher.Report) -> Void

    private var running: [Int: Task<Void, Never>] = [:]
    private var lastNumber = 0
    private var isStopping = false

    init(
        on loop: Loop, bell: Bell, store: any WebhookStore, sender: WebhookSender,
        configuration: WebhookDispatcher.Configuration, report: @escaping @Sendable (WebhookDispatcher.Report) -> Void
    ) {
        self.loop = loop
        self.bell = bell
        self.store = store
        self.sender = sender
        self.configuration = configuration
        self.report = report
        ended = Bell(on: loop)
    }

    /// Round after round, until stopped or cancelled.
    func work() async {
        while !isStopping, !Task.isCancelled {
            let hasMore = await round()
            if hasMore { continue }
            await bell.wait(atMost: configuration.pollInterval)
            // Cancelled here, the loop ends above.
            try? await loop.sleep(for: Self.gathering)
        }
    }

    func stop(within patience: Duration) async {
        isStopping = true
        bell.ring()
        let deadline = loop.now + patience
        while !running.isEmpty, loop.now < deadline {
            await ended.wait(atMost: loop.now.duration(to: deadline))
        }
        for task in running.values { task.cancel() }
    }

    /// Queues new events and begins what is due.
    /// - Returns: whether more events are waiting to be queued.
    private func round() async -> Bool {
        do throws(OAuthError) {
            let queued = try await store.enqueue(limit: configuration.batch, at: sender.now())
            let free = configuration.concurrency - running.count
            if free > 0, !isStopping {
                for due in try await take(free) { begin(due) }
            }
            return queued == configuration.batch
        } catch {
            report(.storeFailed(error))
            return false
        }
    }

    private func take(_ limit: Int) async throws(OAuthError) -> [DueDelivery] {
        let now = sender.now()
        return try await store.take(limit: limit, leaseEndsAt: leaseEnd(from: now), at: now)
    }

    private func leaseEnd(from now: Instant) -> Instant {
        Instant(milliseconds: now.milliseconds + Int64(configuration.lease / .milliseconds(1)))
    }

    private func begin(_ due: DueDelivery) {
        lastNumber += 1
        let number = lastNumber
        let worker = LoopBound(self, on: loop)
        running[number] = loop.start { await worker.value.deliver(due, as: number) }
    }

    /// Delivers, and then whatever is due next: the endpoint just served may have a queue.
    private func deliver(_ first: DueDelivery, as number: Int) async {
        var next: DueDelivery? = first
        while let due = next {
            next = nil
            guard let outcome = await sender.attempt(due) else { break }
            report(.attempted(due, outcome))
            await settle(due, outcome)
            guard !isStopping, !Task.isCancelled else { break }
            do throws(OAuthError) {
                next = try await take(1).first
            } catch {
                report(.storeFailed(error))
            }
        }
        running[number] = nil
        ended.ring()
    }

    /// Insists while the lease lasts: an outcome that is not written means a delivery made twice.
    private func settle(_ due: DueDelivery, _ outcome: DeliveryOutcome) async {
        let leaseEndsAt = leaseEnd(from: sender.now())
        while true {
            do throws(OAuthError) {
                return try await store.settle(due, outcome, at: sender.now())
            } catch {
                report(.storeFailed(error))
            }
            do throws(CancellationError) {
                try await loop.sleep(for: configuration.pollInterval)
            } catch {
                return
            }
            if sender.now() >= leaseEndsAt { return }
        }
    }
}
