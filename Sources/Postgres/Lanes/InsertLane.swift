internal import EventLoop

/// Coalesced inserts. A batch waits for nothing: it leaves at the end of the turn if a link is free, and what arrives
/// while it is on its way travels in the next. Belongs to its loop.
final class InsertLane {
    let pool: LinkPool
    private let loop: Loop
    private let configuration: DatabaseConfiguration
    private let flush: EndOfTurn
    private var queues: [StatementShape: any InsertQueue] = [:]
    /// The queues in the order in which they are served next.
    private var order: [any InsertQueue] = []

    var waitingCount: Int { order.reduce(0) { $0 + $1.waitingCount } }

    init(on loop: Loop, configuration: DatabaseConfiguration, pool: LinkPool) {
        self.loop = loop
        self.configuration = configuration
        self.pool = pool
        flush = EndOfTurn(on: loop)
        flush.body = { [weak self] in self?.sendWhatFits() }
        pool.onChange = { [weak flush] in flush?.plan() }
    }

    /// Inserts a row; see `Database.insert`.
    func insert<Row>(_ insert: Insert<Row>, _ row: Row) async throws(DatabaseError) -> Bool {
        if pool.isAway { throw pool.reasonOfDelay }
        let queue = queue(for: insert)
        let pending = PendingRow(row, key: insert.key(row), deadline: loop.now + configuration.patience)
        let cancellation = LoopBound((queue, pending), on: loop)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                pending.whenFinished { continuation.resume(returning: $0) }
                if queue.waiting.append(pending) { flush.plan() }
            }
        } onCancel: { [loop] in
            loop.post {
                let (queue, pending) = cancellation.value
                if queue.waiting.remove(pending) { pending.refuse(.cancelled) }
            }
        }
        return try result.get()
    }

    private func queue<Row>(for insert: Insert<Row>) -> RowQueue<Row> {
        if let queue = queues[insert.statement.shape] as? RowQueue<Row> { return queue }
        let waiting = WaitingList<PendingRow<Row>>(on: loop, limit: configuration.waitingLimit) { [pool] in
            pool.reasonOfDelay
        }
        let queue = RowQueue(insert, rowsPerBatch: configuration.rowsPerInsert, waiting: waiting) {
            [flush] in flush.plan()
        }
        queues[insert.statement.shape] = queue
        order.append(queue)
        return queue
    }

    /// One batch to each free link; who was served goes to the end of the order.
    private func sendWhatFits() {
        for queue in order {
            guard let link = pool.leastLoaded, link.load == 0 else { return }
            guard let request = queue.nextRequest() else { continue }
            order.removeAll { $0 === queue }
            order.append(queue)
            if link.append(request) {
                link.sync()
            } else {
                request.loseLink(wasSent: false, reason: "the link broke")
            }
        }
    }

    func close() {
        pool.close()
        for queue in order { queue.refuseAll(.unavailable(reason: "closed")) }
    }
}
