internal import EventLoop

/// Batches of one kind, reads or writes, before the links of a pool. A batch waits for nothing: it leaves at the end of
/// the turn if there is room, and what arrives while it is on its way travels in the next. Belongs to its loop.
final class BatchLane {
    let pool: LinkPool
    private let kind: Request.Kind
    private let loop: Loop
    private let configuration: DatabaseConfiguration
    /// Called when there may be something to send.
    private let onWork: () -> Void
    private var queues: [AnyHashable: any BatchQueue] = [:]
    /// The queues in the order in which they are served next.
    private var order: [any BatchQueue] = []

    /// Constants come and go; with more queues than this the idle ones are let go.
    private static let queuesKept = 64

    var queueCount: Int { queues.count }
    var waitingCount: Int { order.reduce(0) { $0 + $1.waitingCount } }

    init(
        _ kind: Request.Kind, on loop: Loop, configuration: DatabaseConfiguration, pool: LinkPool,
        onWork: @escaping () -> Void
    ) {
        self.kind = kind
        self.loop = loop
        self.configuration = configuration
        self.pool = pool
        self.onWork = onWork
    }

    /// Runs a batch's statement for this entry among others; see `Database.find` and `change`.
    func run<Entry>(_ batch: Batch<Entry>, _ entry: Entry) async throws(DatabaseError) -> Row? {
        if pool.isAway { throw pool.reasonOfDelay }
        let queue = queue(for: batch, entry)
        let pending = PendingEntry(entry, key: batch.key(entry), deadline: loop.now + configuration.patience)
        let cancellation = LoopBound((queue, pending), on: loop)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                pending.whenFinished { continuation.resume(returning: $0) }
                if queue.waiting.append(pending) { onWork() }
            }
        } onCancel: { [loop, kind] in
            loop.post {
                let (queue, pending) = cancellation.value
                // A sent read is abandoned, a sent write is awaited.
                if queue.withdraw(pending) || kind == .read { pending.refuse(.cancelled) }
            }
        }
        return try result.get()
    }

    private func queue<Entry>(for batch: Batch<Entry>, _ entry: Entry) -> EntryQueue<Entry> {
        let name = AnyHashable(batch.kind(of: entry))
        if let queue = queues[name] as? EntryQueue<Entry> { return queue }
        if queues.count >= Self.queuesKept { letIdleQueuesGo() }
        let queue = EntryQueue(
            batch, kind: kind, on: loop, configuration: configuration,
            reasonOfDelay: { [pool] in pool.reasonOfDelay }, onIdle: onWork)
        queues[name] = queue
        order.append(queue)
        return queue
    }

    private func letIdleQueuesGo() {
        queues = queues.filter { !$0.value.isIdle }
        order = order.filter { !$0.isIdle }
    }

    /// The next batch that may leave; who was served goes to the end of the order.
    func nextRequest() -> Request? {
        for (place, queue) in order.enumerated() {
            guard let request = queue.nextRequest() else { continue }
            order.append(order.remove(at: place))
            return request
        }
        return nil
    }

    /// Sends one batch on each idle link of the pool.
    func sendOnIdleLinks() {
        while let link = pool.leastLoaded, link.load == 0, let request = nextRequest() {
            if link.append(request) {
                link.sync()
            } else {
                request.loseLink(wasSent: false, reason: "the link broke")
            }
        }
    }

    func refuseAll(_ error: DatabaseError) {
        for queue in order { queue.refuseAll(error) }
    }
}
