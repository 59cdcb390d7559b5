internal import EventLoop
internal import Provider

/// The state of a dispatcher, confined to its loop.
final class DispatchWorker<Queue: DeliveryQueue> {
    /// How long events gather after the bell: it may ring for each of thousands a second.
    private static var gathering: Duration { .milliseconds(20) }

    private let loop: Loop
    private let bell: Bell
    private let ended: Bell
    private let queue: Queue
    private let pace: DispatchPace
    private let now: @Sendable () -> Instant
    private let report: @Sendable (DispatchReport<Queue.Item>) -> Void

    private var running: [Int: Task<Void, Never>] = [:]
    private var lastNumber = 0
    private var isStopping = false

    init(
        on loop: Loop, bell: Bell, queue: Queue, pace: DispatchPace, now: @escaping @Sendable () -> Instant,
        report: @escaping @Sendable (DispatchReport<Queue.Item>) -> Void
    ) {
        self.loop = loop
        self.bell = bell
        self.queue = queue
        self.pace = pace
        self.now = now
        self.report = report
        ended = Bell(on: loop)
    }

    /// Round after round, until stopped or cancelled.
    func work() async {
        while !isStopping, !Task.isCancelled {
            let hasMore = await round()
            if hasMore { continue }
            await bell.wait(atMost: pace.pollInterval)
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

    /// Queues what is new and begins what is due.
    /// - Returns: whether more is waiting to be queued.
    private func round() async -> Bool {
        do throws(OAuthError) {
            let hasMore = try await queue.gather(at: now())
            let free = pace.concurrency - running.count
            if free > 0, !isStopping {
                for due in try await take(free) { begin(due) }
            }
            return hasMore
        } catch {
            report(.storeFailed(error))
            return false
        }
    }

    private func take(_ limit: Int) async throws(OAuthError) -> [Queue.Item] {
        let now = now()
        return try await queue.take(limit: limit, leaseEndsAt: leaseEnd(from: now), at: now)
    }

    private func leaseEnd(from now: Instant) -> Instant {
        Instant(milliseconds: now.milliseconds + Int64(pace.lease / .milliseconds(1)))
    }

    private func begin(_ due: Queue.Item) {
        lastNumber += 1
        let number = lastNumber
        let worker = LoopBound(self, on: loop)
        running[number] = loop.start { await worker.value.deliver(due, as: number) }
    }

    /// Delivers, and then whatever is due next: the receiver just served may have a queue.
    private func deliver(_ first: Queue.Item, as number: Int) async {
        var next: Queue.Item? = first
        while let due = next {
            next = nil
            guard let outcome = await queue.attempt(due) else { break }
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
    private func settle(_ due: Queue.Item, _ outcome: DeliveryOutcome) async {
        let leaseEndsAt = leaseEnd(from: now())
        while true {
            do throws(OAuthError) {
                return try await queue.settle(due, outcome, at: now())
            } catch {
                report(.storeFailed(error))
            }
            do throws(CancellationError) {
                try await loop.sleep(for: pace.pollInterval)
            } catch {
                return
            }
            if now() >= leaseEndsAt { return }
        }
    }
}
