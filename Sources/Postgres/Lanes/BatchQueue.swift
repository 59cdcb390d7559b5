internal import EventLoop

/// A caller's entry.
final class PendingEntry: Waiting {
    let entry: EncodedEntry
    let deadline: ContinuousClock.Instant
    private var onFinish: ((Result<Row?, DatabaseError>) -> Void)?

    var key: [UInt8] { entry.key }
    var isFinished: Bool { onFinish == nil }

    init(_ entry: EncodedEntry, deadline: ContinuousClock.Instant) {
        self.entry = entry
        self.deadline = deadline
    }

    func whenFinished(_ body: @escaping (Result<Row?, DatabaseError>) -> Void) {
        onFinish = body
    }

    func finish(_ result: Result<Row?, DatabaseError>) {
        onFinish?(result)
        onFinish = nil
    }

    func refuse(_ error: DatabaseError) {
        finish(.failure(error))
    }
}

/// The entries of one batch and equal constants that wait, or are on their way. Belongs to its loop.
final class BatchQueue {
    let waiting: WaitingList<PendingEntry>
    private let batch: BatchDeclaration
    private let kind: Request.Kind
    private let loop: Loop
    private let patience: Duration
    private let entriesPerBatch: Int
    private let apart: StatementLane
    private let onIdle: () -> Void
    private var onTheirWay = 0
    /// Entries of a failed batch, each to be run by itself.
    private let singles: WaitingList<PendingEntry>
    /// Requests that were not executed for no fault of their entries: of reads several may be on their way.
    private let returned: WaitingList<Request>

    /// Entries that no batch has taken yet.
    var waitingCount: Int { waiting.count }
    /// Nothing waits and nothing is on its way.
    var isIdle: Bool { waiting.isEmpty && singles.isEmpty && returned.isEmpty && onTheirWay == 0 }

    /// - Parameter onIdle: called when the next batch may leave.
    init(
        _ batch: BatchDeclaration, kind: Request.Kind, on loop: Loop, configuration: DatabaseConfiguration,
        reasonOfDelay: @escaping () -> DatabaseError, apart: StatementLane, onIdle: @escaping () -> Void
    ) {
        self.batch = batch
        self.kind = kind
        self.loop = loop
        self.apart = apart
        self.onIdle = onIdle
        patience = configuration.patience
        entriesPerBatch = configuration.entriesPerBatch
        waiting = WaitingList(on: loop, limit: configuration.waitingLimit, reasonOfDelay: reasonOfDelay)
        // These have been let in already.
        singles = WaitingList(on: loop, limit: .max, reasonOfDelay: reasonOfDelay)
        returned = WaitingList(on: loop, limit: .max, reasonOfDelay: reasonOfDelay)
    }

    /// - Returns: whether it had not been sent.
    func withdraw(_ entry: PendingEntry) -> Bool {
        waiting.remove(entry) || singles.remove(entry)
    }

    /// The next batch as a request; nil when nothing waits, or nothing may leave now.
    func nextRequest() -> Request? {
        if let request = returned.removeFirst() { return request }
        // Of writes one batch at a time: two could wait for each other's keys.
        guard kind == .read || onTheirWay == 0 else { return nil }
        while true {
            let isRepeated = !singles.isEmpty
            guard let entries = nextBatch() else { return nil }
            let statement = batch.statement(for: questions(of: entries))
            if !statement.parameters.hasNULInText {
                return request(statement, for: entries, isRepeated: isRepeated)
            }
            settle(entries, .failure(.invalidValue(reason: "text with a NUL")))
        }
    }

    /// As many as may travel together, each key once, in the order of keys, so that no two servers' batches of a kind can
    /// wait for each other.
    private func nextBatch() -> [PendingEntry]? {
        if let entry = singles.removeFirst() { return [entry] }
        if waiting.isEmpty { return nil }
        if waiting.count == 1, let only = waiting.removeFirst() { return [only] }
        var keys: Set<[UInt8]> = []
        let entries = waiting.take { entry in
            guard keys.count < entriesPerBatch else { return false }
            return keys.insert(entry.key).inserted || kind == .read
        }
        return entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    /// Of reads with equal keys, which ask the same, only one travels.
    private func questions(of entries: [PendingEntry]) -> [EncodedEntry] {
        guard kind == .read, entries.count > 1 else { return entries.map(\.entry) }
        var questions: [EncodedEntry] = []
        for entry in entries where entry.key != questions.last?.key { questions.append(entry.entry) }
        return questions
    }

    /// - Parameter isRepeated: whether it has failed in a batch, and may fail again.
    private func request(_ statement: SQL, for entries: [PendingEntry], isRepeated: Bool) -> Request {
        onTheirWay += 1
        let deadline = entries.map(\.deadline).max() ?? .now
        let request = Request(kind, statement, deadline: deadline, isAlone: isRepeated) {
            [self] request in
            // It has been let in, and was not executed for no fault of its own: its time begins anew.
            request.deadline = loop.now + patience
            if returned.append(request) { onIdle() }
        }
        request.whenFinished { [self] result in
            onTheirWay -= 1
            settle(entries, result)
            onIdle()
        }
        return request
    }

    private func settle(_ entries: [PendingEntry], _ result: Result<ResultHandle, DatabaseError>) {
        switch result {
        case .success(let result):
            var answers: [[UInt8]: Row] = [:]
            for row in Rows(result) { answers[result.bytes(row: row.index, column: 0)] = row }
            guard answers.count == result.rowCount, Set(entries.map(\.key)).isSuperset(of: answers.keys)
            else {
                let error = DatabaseError.unexpectedResult(reason: "a batch gave back keys that are not its own")
                return entries.forEach { $0.refuse(error) }
            }
            for entry in entries { entry.finish(.success(answers[entry.key])) }
        case .failure(.locked):
            // Somebody holds one of the rows. Only who needs that row shall wait for it.
            for entry in entries where !entry.isFinished { runApart(entry) }
        case .failure(let error):
            if entries.count > 1, error.mayBeOneEntrysFault {
                for entry in entries where !entry.isFinished { _ = singles.append(entry) }
            } else {
                entries.forEach { $0.refuse(error) }
            }
        }
    }

    private func runApart(_ entry: PendingEntry) {
        apart.submit(batch.statement(for: [entry.entry])) { result in
            entry.finish(result.map { Rows($0).first })
        }
    }

    func refuseAll(_ error: DatabaseError) {
        waiting.refuseAll(error)
        singles.refuseAll(error)
        returned.refuseAll(error)
    }
}

extension DatabaseError {
    /// Whether it tells of the entries rather than of the database.
    fileprivate var mayBeOneEntrysFault: Bool {
        switch self {
        case .unavailable, .interrupted, .overloaded, .timedOut, .locked, .cancelled: false
        default: true
        }
    }
}
