internal import CLibPQ
internal import EventLoop

/// One connection in libpq's pipeline mode, driven by its loop. Whoever sends appends requests and ends the group
/// with a Sync; answers come in the same order. Belongs to its loop.
///
/// A group is one implicit transaction. An error in it aborts what follows up to the Sync: reads are then run again
/// alone. A write is acknowledged after its Sync only, since the commit happens there.
final class Link {
    /// What libpq still owes an answer to, in order.
    private enum Step {
        case prepare(Request, name: String)
        case execute(Request, name: String)
        /// A preparation that was given up for newer ones.
        case release(name: String)
        case sync([Request])
    }

    /// Whether it may be sent on.
    private(set) var isOpen = true
    /// Requests appended and not yet settled.
    private(set) var load = 0

    private let connection: Connection
    private let isReadOnly: Bool
    private let loop: Loop
    private let watchdog: Watchdog
    private var watch: Watch?
    private var steps = FIFO<Step>()
    private var groupsInFlight = 0
    private var openGroup: [Request] = []
    private var prepared = PreparedStatements()
    /// The link has room again.
    private let onProgress: () -> Void
    /// The link has ended, and its requests have been told; in a turn of its own, once.
    private let onEnd: (Link) -> Void

    /// - Parameters:
    ///   - isReadOnly: whether the session refuses to write.
    ///   - answerLimit: how long the server may be silent with something in flight before the link counts as dead;
    ///     longer than its `statement_timeout`.
    init(
        _ connection: Connection, on loop: Loop, isReadOnly: Bool, answerLimit: Duration,
        onProgress: @escaping () -> Void, onEnd: @escaping (Link) -> Void
    ) throws(LoopError) {
        self.connection = connection
        self.isReadOnly = isReadOnly
        self.loop = loop
        self.onProgress = onProgress
        self.onEnd = onEnd
        PQsetnonblocking(connection.pointer, 1)
        PQenterPipelineMode(connection.pointer)
        watchdog = Watchdog(on: loop, limit: answerLimit)
        watchdog.onSilence = { [unowned self] in end(reason: "no answer in time") }
        watch = try loop.watch(PQsocket(connection.pointer), for: .read) { [unowned self] readiness in
            // Room in the socket means that the server takes what it is sent.
            if readiness.contains(.writable) { watchdog.heardAnswer() }
            if readiness != .writable { receive() }
            if isOpen { flush() }
        }
    }

    /// Whether the session is outside any transaction.
    var isOutsideTransaction: Bool { PQtransactionStatus(connection.pointer) == PQTRANS_IDLE }

    /// How long the server may be silent.
    var answerLimit: Duration {
        get { watchdog.limit }
        set { watchdog.limit = newValue }
    }

    // MARK: Sending

    /// Adds a request to the open group.
    /// - Returns: false when the link turned out to be dead; this request has not left.
    func append(_ request: Request) -> Bool {
        guard isOpen, let name = preparation(of: request) else { return false }
        let sent = request.parameters.withLibPQ { count, values, lengths, formats in
            PQsendQueryPrepared(connection.pointer, name, count, values, lengths, formats, 1)
        }
        guard sent == 1 else {
            end(reason: connection.message)
            return false
        }
        steps.append(.execute(request, name: name))
        openGroup.append(request)
        load += 1
        return true
    }

    /// The name that the statement is prepared under, or will be by the time it is executed.
    private func preparation(of request: Request) -> String? {
        if let name = prepared.name(of: request.shape) { return name }
        for name in prepared.makeRoom() {
            guard PQsendQueryParams(connection.pointer, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 1) == 1 else {
                end(reason: connection.message)
                return nil
            }
            steps.append(.release(name: name))
        }
        let name = prepared.newName()
        let types = request.shape.parameterTypes
        guard PQsendPrepare(connection.pointer, name, request.shape.text, Int32(types.count), types) == 1 else {
            end(reason: connection.message)
            return nil
        }
        prepared.add(request.shape, as: name)
        steps.append(.prepare(request, name: name))
        return name
    }

    /// Ends the open group, if there is one, and sends what the socket takes.
    func sync() {
        guard isOpen, !openGroup.isEmpty else { return }
        guard PQpipelineSync(connection.pointer) == 1 else { return end(reason: connection.message) }
        steps.append(.sync(openGroup))
        openGroup = []
        groupsInFlight += 1
        watchdog.expectAnswer()
        flush()
    }

    private func flush() {
        let status = PQflush(connection.pointer)
        guard status >= 0 else { return end(reason: connection.message) }
        watch?.update(status == 1 ? [.read, .write] : .read)
    }

    // MARK: Receiving

    private func receive() {
        guard PQconsumeInput(connection.pointer) == 1 else { return end(reason: connection.message) }
        while isOpen, let step = steps.first, PQisBusy(connection.pointer) == 0 {
            take(PQgetResult(connection.pointer), for: step)
        }
        if PQstatus(connection.pointer) != CONNECTION_OK { end(reason: connection.message) }
    }

    /// Takes one result, or the nil that ends the results of a prepare or an execute.
    private func take(_ result: OpaquePointer?, for step: Step) {
        watchdog.heardAnswer()
        switch step {
        case .prepare(let request, let name):
            guard let result else { return steps.removeFirst() }
            let outcome = outcome(of: result)
            if case .result = outcome { return }
            prepared.forget(request.shape, as: name)
            request.note(outcome)
        case .execute(let request, let name):
            if let result {
                let outcome = outcome(of: result)
                if case .stale = outcome { prepared.forget(request.shape, as: name) }
                return request.note(outcome)
            }
            steps.removeFirst()
            if request.kind == .read { settle(request) }
        case .release(let name):
            guard let result else { return steps.removeFirst() }
            switch outcome(of: result) {
            case .result, .stale: return
            case .aborted, .failed: prepared.releaseLater(name)
            }
        case .sync(let group):
            guard let result else { return end(reason: "libpq lost its order") }
            guard PQresultStatus(result) != PGRES_PIPELINE_SYNC else {
                PQclear(result)
                return committed(group)
            }
            // The commit itself failed: a deferred constraint, say.
            guard case .failed(let error) = outcome(of: result) else { return }
            for request in group { request.overrule(error) }
        }
    }

    private func outcome(of result: OpaquePointer) -> Request.Outcome {
        let handle = ResultHandle(result)
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return .result(handle)
        case PGRES_PIPELINE_ABORTED: return .aborted
        default:
            let failure = ServerFailure(result, refusesWrites: isReadOnly)
            if failure.endsLink { end(reason: "\(failure.error)") }
            return failure.isStalePreparation ? .stale : .failed(failure.error)
        }
    }

    private func committed(_ group: [Request]) {
        steps.removeFirst()
        groupsInFlight -= 1
        if groupsInFlight == 0 { watchdog.rest() }
        let isRolledBack = group.contains { !$0.hasResult }
        for request in group where request.kind == .write {
            if isRolledBack { request.rollBack() }
            settle(request)
        }
        onProgress()
    }

    private func settle(_ request: Request) {
        load -= 1
        if !request.isFinished { request.settle() }
    }

    // MARK: The end

    /// Closes the link. What was in flight is told in the next turn, so that nobody is called back while sending.
    func end(reason: String) {
        guard isOpen else { return }
        isOpen = false
        watch?.cancel()
        watchdog.stop()
        loop.after(.zero) { [self] in
            for case .sync(let group) in steps.all {
                for request in group { request.loseLink(wasSent: true, reason: reason) }
            }
            // Without a Sync the server executes and rolls back.
            for request in openGroup { request.loseLink(wasSent: false, reason: reason) }
            onEnd(self)
        }
    }
}
