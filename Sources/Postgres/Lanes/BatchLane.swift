internal import EventLoop

/// Batches of one kind, reads or writes, before the links of a pool. A batch waits for nothing: it leaves at the end of
/// the turn if there is room, and what arrives while it is on its way travels in the next. Belongs to its loop.
final class BatchLane {
    let pool: LinkPool
    private let kind: Request.Kind
    private let loop: Loop
    private let configuration: DatabaseConfiguration
    /// Where an entry is run by itself that would keep others waiting here.
    private let apart: StatementLane
    /// Called when there may be something to send.
    private let onWork: () -> Void
    private var queues: [Kind: BatchQueue] = [:]
    /// The queues in the order in which they are served next.
    private var order: [BatchQueue] = []

    /// Which entries may travel together.
    private struct Kind: Hashable {
        let declaration: ObjectIdentifier
        let constants: [Int32]
    }

    /// Constants come and go; with more queues than this the idle ones are let go.
    private static let queuesKept = 64

    var queueCount: Int { queues.count }
    var waitingCount: Int { order.reduce(0) { $0 + $1.waitingCount } }

    init(
        _ kind: Request.Kind, on loop: Loop, configuration: DatabaseConfiguration, pool: LinkPool,
        apart: StatementLane, onWork: @escaping () -> Void
    ) {
        self.kind = kind
        self.loop = loop
        self.configuration = configuration
        self.pool = pool
        self.apart = apart
        self.onWork = onWork
    }

    /// Runs a batch's statement for this entry among others; see `Database.find` and `change`.
    func run<Entry>(_ batch: Batch<Entry>, _ entry: Entry) async throws(DatabaseError) -> Row? {
        try await run(batch.declaration, batch.encoded(entry))
    }

    private func run(_ batch: BatchDeclaration, _ entry: EncodedEntry) async throws(DatabaseError) -> Row? {
        if pool.isAway { throw pool.reasonOfDelay }
        let queue = queue(for: batch, entry)
        let pending = PendingEntry(entry, deadline: loop.now + configuration.patience)
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

    private func queue(for batch: BatchDeclaration, _ entry: EncodedEntry) -> BatchQueue {
        let wanted = Kind(declaration: ObjectIdentifier(batch), constants: entry.constants)
        if let queue = queues[wanted] { return queue }
        if queues.count >= Self.queuesKept { letIdleQueuesGo() }
        let queue = BatchQueue(
            batch, kind: kind, on: loop, configuration: configuration,
            reasonOfDelay: { [pool] in pool.reasonOfDelay }, apart: apart, onIdle: onWork)
        queues[wanted] = queue
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

    /// Sends what waits on an idle link: batches of every kind with one commit, which is most of what a small batch costs.
    /// Should one of them fail, the others are run again alone. Only for batches that wait for nobody: one that did would
    /// hold up the others, and two such groups could wait for each other.
    func sendSharingCommits() {
        while let link = pool.leastLoaded, link.load == 0 {
            var hasSent = false
            while let request = nextRequest() {
                if request.isAlone { link.sync() }
                guard link.append(request) else {
                    request.loseLink(wasSent: false, reason: "the link broke")
                    break
                }
                if request.isAlone { link.sync() }
                hasSent = true
            }
            guard hasSent else { return }
            link.sync()
        }
    }

    /// Sends one batch on each idle link.
    func sendEachAlone() {
        while let link = pool.leastLoaded, link.load == 0, let request = nextRequest() {
            guard link.append(request) else {
                request.loseLink(wasSent: false, reason: "the link broke")
                continue
            }
            link.sync()
        }
    }

    func refuseAll(_ error: DatabaseError) {
        for queue in order { queue.refuseAll(error) }
    }
}
