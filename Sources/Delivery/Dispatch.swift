internal import EventLoop
internal import Provider

/// A worker and its bell, for whoever holds a dispatcher on any thread.
struct Dispatch<Queue: DeliveryQueue>: Sendable {
    private let loop: Loop
    private let worker: LoopBound<DispatchWorker<Queue>>
    private let bell: Bell

    init(
        on loop: Loop, queue: Queue, pace: DispatchPace, now: @escaping @Sendable () -> Instant,
        report: @escaping @Sendable (DispatchReport<Queue.Item>) -> Void
    ) {
        self.loop = loop
        bell = Bell(on: loop)
        worker = LoopBound(
            DispatchWorker(on: loop, bell: bell, queue: queue, pace: pace, now: now, report: report), on: loop)
    }

    func start() {
        loop.start { [worker] in await worker.value.work() }
    }

    func poke() { bell.ring() }

    func stop(within patience: Duration) async {
        // A loop that has ended runs no attempts.
        try? await loop.run { [worker] in await worker.value.stop(within: patience) }
    }
}
