internal import EventLoop

/// An open transaction, valid inside the closure that it was given to.
public struct Transaction: Sendable {
    let session: LoopBound<TransactionSession>

    /// Runs a statement inside the transaction, reading or writing.
    ///
    /// After an error PostgreSQL refuses everything until the roll-back: let the error travel.
    /// - Throws: `DatabaseError`; `cancelled`, before sending, when the task has been cancelled.
    public func query(_ statement: SQL) async throws(DatabaseError) -> Rows {
        try await session.value.query(statement)
    }
}

/// A transaction on its link. It begins with its first statement, in the same packet. Belongs to its loop.
final class TransactionSession {
    private let link: Link
    private let loop: Loop
    private let timeout: Duration?
    private var hasBegun = false
    private var hasEnded = false

    init(on link: Link, loop: Loop, timeout: Duration?) {
        self.link = link
        self.loop = loop
        self.timeout = timeout
    }

    func query(_ statement: SQL) async throws(DatabaseError) -> Rows {
        if hasEnded { throw .unexpectedResult(reason: "the transaction has ended") }
        if statement.parameters.hasNULInText { throw .invalidValue(reason: "text with a NUL") }
        if Task.isCancelled { throw .cancelled }
        var opening: [SQL] = []
        if !hasBegun {
            opening.append("BEGIN")
            if let timeout {
                let milliseconds = String(DatabaseConfiguration.milliseconds(timeout))
                opening.append("SELECT set_config('statement_timeout', \(milliseconds), true)")
            }
        }
        hasBegun = true
        return Rows(try await send(opening, statement).get())
    }

    func commit() async throws(DatabaseError) {
        guard hasBegun, !hasEnded else { return }
        hasEnded = true
        let answer = try await send([], "COMMIT").get()
        // A transaction in which a statement failed is rolled back by its COMMIT, without an error.
        guard answer.command == "COMMIT" else {
            throw .refused(sqlState: "25P02", message: "a statement had failed; the transaction was rolled back")
        }
    }

    func rollBack() async {
        guard hasBegun, !hasEnded else { return }
        hasEnded = true
        _ = await send([], "ROLLBACK")
    }

    private func send(_ opening: [SQL], _ statement: SQL) async -> Result<ResultHandle, DatabaseError> {
        await withCheckedContinuation { continuation in
            let request = Request(.write, statement, deadline: loop.now)
            request.whenFinished { continuation.resume(returning: $0) }
            for statement in opening {
                guard link.append(Request(.write, statement, deadline: loop.now)) else { break }
            }
            guard link.append(request) else {
                return request.loseLink(wasSent: false, reason: "the link broke")
            }
            link.sync()
        }
    }
}
