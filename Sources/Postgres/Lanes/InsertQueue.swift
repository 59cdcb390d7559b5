internal import EventLoop

/// The rows of one declared insert that wait, or are on their way. One batch at a time: two could wait for each
/// other's keys. Belongs to its loop.
protocol InsertQueue: AnyObject {
    /// The next batch as a request; nil when nothing waits or one is on its way.
    func nextRequest() -> Request?
    func refuseAll(_ error: DatabaseError)
    /// Rows that no batch has taken yet.
    var waitingCount: Int { get }
}

/// A caller's row.
final class PendingRow<Row>: Waiting {
    let row: Row
    let key: [UInt8]
    let deadline: ContinuousClock.Instant
    private var onFinish: ((Result<Bool, DatabaseError>) -> Void)?

    init(_ row: Row, key: [UInt8], deadline: ContinuousClock.Instant) {
        self.row = row
        self.key = key
        self.deadline = deadline
    }

    func whenFinished(_ body: @escaping (Result<Bool, DatabaseError>) -> Void) {
        onFinish = body
    }

    func finish(_ result: Result<Bool, DatabaseError>) {
        onFinish?(result)
        onFinish = nil
    }

    func refuse(_ error: DatabaseError) {
        finish(.failure(error))
    }
}

/// The queue of one kind of row.
final class RowQueue<Row: Sendable>: InsertQueue {
    let waiting: WaitingList<PendingRow<Row>>
    private let insert: Insert<Row>
    private let rowsPerBatch: Int
    private let onIdle: () -> Void
    private var isOnItsWay = false
    /// Rows of a failed batch, each to be run by itself.
    private var singles = FIFO<PendingRow<Row>>()
    /// A request that was not executed for no fault of its rows.
    private var returned: Request?

    var waitingCount: Int { waiting.count }

    /// - Parameter onIdle: called when the next batch may leave.
    init(
        _ insert: Insert<Row>, rowsPerBatch: Int, waiting: WaitingList<PendingRow<Row>>, onIdle: @escaping () -> Void
    ) {
        self.insert = insert
        self.rowsPerBatch = rowsPerBatch
        self.waiting = waiting
        self.onIdle = onIdle
    }

    func nextRequest() -> Request? {
        if let request = returned {
            returned = nil
            return request
        }
        guard !isOnItsWay else { return nil }
        while let batch = nextBatch() {
            let statement = insert.statement(for: batch.map(\.row))
            if !statement.parameters.hasNULInText { return request(statement, for: batch) }
            settle(batch, .failure(.invalidValue(reason: "text with a NUL")))
        }
        return nil
    }

    /// As many as may travel together, each key once, in the order of keys, so that no two servers' batches can wait
    /// for each other.
    private func nextBatch() -> [PendingRow<Row>]? {
        if let row = singles.first {
            singles.removeFirst()
            return [row]
        }
        if waiting.isEmpty { return nil }
        var keys: Set<[UInt8]> = []
        let batch = waiting.take { keys.count < rowsPerBatch && keys.insert($0.key).inserted }
        return batch.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    private func request(_ statement: SQL, for batch: [PendingRow<Row>]) -> Request {
        isOnItsWay = true
        let deadline = batch.map(\.deadline).max() ?? .now
        let request = Request(.write, statement, deadline: deadline) {
            [self] request in
            returned = request
            onIdle()
        }
        request.onFinish = { [self] result in
            isOnItsWay = false
            settle(batch, result)
            onIdle()
        }
        return request
    }

    private func settle(_ batch: [PendingRow<Row>], _ result: Result<ResultHandle, DatabaseError>) {
        switch result {
        case .success(let result):
            let inserted = Set((0..<result.rowCount).map { result.bytes(row: $0, column: 0) })
            guard inserted.isSubset(of: batch.map(\.key)) else {
                let error = DatabaseError.unexpectedResult(reason: "an insert gave back keys that are not its own")
                return batch.forEach { $0.refuse(error) }
            }
            for row in batch { row.finish(.success(inserted.contains(row.key))) }
        case .failure(let error):
            if batch.count > 1, error.mayBeOneRowsFault {
                batch.forEach { singles.append($0) }
            } else {
                batch.forEach { $0.refuse(error) }
            }
        }
    }

    func refuseAll(_ error: DatabaseError) {
        waiting.refuseAll(error)
        while let row = singles.first {
            singles.removeFirst()
            row.refuse(error)
        }
        returned?.refuse(error)
        returned = nil
    }
}

extension DatabaseError {
    /// Whether it tells of the rows rather than of the database.
    fileprivate var mayBeOneRowsFault: Bool {
        switch self {
        case .unavailable, .interrupted, .overloaded, .timedOut, .cancelled: false
        default: true
        }
    }
}
