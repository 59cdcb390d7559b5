internal import EventLoop

/// Single statements of one kind before the links of one pool. What arrives during a turn leaves at its end: reads
/// together, with one Sync on each link; writes one to a link. Belongs to its loop.
final class StatementLane {
    let pool: LinkPool
    private let loop: Loop
    private let kind: Request.Kind
    private let patience: Duration
    /// How many may be in flight on one link.
    private let depth: Int
    private let waiting: WaitingList<Request>
    private let flush: EndOfTurn
    /// Shared reads that have not left: who asks the same joins them.
    private var shareable: [StatementShape: Request] = [:]
    /// Where batches come from that travel with the statements.
    var nextBatch: () -> Request? = { nil }

    var waitingCount: Int { waiting.count }

    init(_ kind: Request.Kind, on loop: Loop, patience: Duration, depth: Int, limit: Int, pool: LinkPool) {
        self.loop = loop
        self.kind = kind
        self.patience = patience
        self.depth = depth
        self.pool = pool
        waiting = WaitingList(on: loop, limit: limit) { [pool] in pool.reasonOfDelay }
        flush = EndOfTurn(on: loop)
        flush.body = { [weak self] in self?.sendWhatFits() }
        pool.onChange = { [weak flush] in flush?.plan() }
    }

    /// Runs a statement; see `Database.read` and `write`.
    func run(_ statement: SQL) async throws(DatabaseError) -> Rows {
        if statement.parameters.hasNULInText { throw .invalidValue(reason: "text with a NUL") }
        if pool.isAway { throw pool.reasonOfDelay }
        let request = Request(kind, statement, deadline: loop.now + patience) { [waiting, flush] request in
            waiting.prepend(request)
            flush.plan()
        }
        let cancellation = LoopBound((self, request), on: loop)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                request.whenFinished { continuation.resume(returning: $0) }
                if waiting.append(request) { flush.plan() }
            }
        } onCancel: { [loop] in
            loop.post {
                let (lane, request) = cancellation.value
                lane.cancel(request)
            }
        }
        return Rows(try result.get())
    }

    /// Runs a read without values once for all who ask the same before it leaves; see `Database.readTogether`.
    func share(_ statement: SQL) async throws(DatabaseError) -> Rows {
        precondition(statement.parameters.isEmpty, "what is shared has no values")
        if pool.isAway { throw pool.reasonOfDelay }
        let result = await withCheckedContinuation { continuation in
            if let request = shareable[statement.shape] {
                return request.whenFinished { continuation.resume(returning: $0) }
            }
            let request = Request(kind, statement, deadline: loop.now + patience) { [waiting, flush] request in
                waiting.prepend(request)
                flush.plan()
            }
            shareable[statement.shape] = request
            request.whenFinished { [self] in
                hasLeft(request)
                continuation.resume(returning: $0)
            }
            if waiting.append(request) { flush.plan() }
        }
        return Rows(try result.get())
    }

    /// From here on an answer may be older than who asks.
    private func hasLeft(_ request: Request) {
        if shareable[request.shape] === request { shareable[request.shape] = nil }
    }

    /// Unsent it is withdrawn; a sent read is abandoned; a sent write is awaited.
    private func cancel(_ request: Request) {
        if waiting.remove(request) || kind == .read { request.finish(.failure(.cancelled)) }
    }

    /// Runs a statement and tells the caller's closure; nobody withdraws it.
    func submit(_ statement: SQL, _ finished: @escaping (Result<ResultHandle, DatabaseError>) -> Void) {
        let request = Request(kind, statement, deadline: loop.now + patience) { [waiting, flush] request in
            waiting.prepend(request)
            flush.plan()
        }
        request.whenFinished(finished)
        if waiting.append(request) { flush.plan() }
    }

    /// Sees to it that what waits leaves at the end of this turn.
    func plan() {
        flush.plan()
    }

    private func sendWhatFits() {
        while let batch = nextBatch(), waiting.append(batch) {}
        while let link = pool.leastLoaded, link.load < depth, let request = waiting.removeFirst() {
            if !shareable.isEmpty { hasLeft(request) }
            let travelsAlone = request.isAlone || kind == .write
            if travelsAlone { link.sync() }
            guard link.append(request) else {
                request.loseLink(wasSent: false, reason: "the link broke")
                continue
            }
            if travelsAlone { link.sync() }
        }
        for link in pool.links { link.sync() }
    }

    func close() {
        pool.close()
        waiting.refuseAll(.unavailable(reason: "closed"))
    }
}
