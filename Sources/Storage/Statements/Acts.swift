internal import Postgres
internal import Provider

/// How every store speaks to the database: a statement and what its rows mean. The only place where a database error
/// becomes the provider's.
extension Database {
    /// Runs a statement that only reads.
    func ask<Answer>(
        _ statement: SQL, _ meaning: (Rows) throws(DatabaseError) -> Answer
    ) async throws(OAuthError) -> Answer {
        do { return try meaning(try await read(statement)) } catch { throw OAuthError(error) }
    }

    /// Runs one statement that changes something.
    func act<Answer>(
        _ statement: SQL, _ meaning: (Rows) throws(DatabaseError) -> Answer
    ) async throws(OAuthError) -> Answer {
        try await persistently { () throws(DatabaseError) in try meaning(try await write(statement)) }
    }

    /// Runs one statement that changes something and has nothing to say.
    func act(_ statement: SQL) async throws(OAuthError) {
        try await act(statement) { _ in }
    }

    /// Runs several statements as one transaction.
    ///
    /// - Parameter timeout: another limit for each of them than that of all statements.
    func transact<Answer>(
        timeout: Duration? = nil, _ body: (Transaction) async throws(DatabaseError) -> Answer
    ) async throws(OAuthError) -> Answer {
        try await persistently { () throws(DatabaseError) in try await transaction(timeout: timeout, body) }
    }

    /// Looks something up together with others; nil when there is none.
    func ask<Entry: Sendable, Answer>(
        _ batch: Batch<Entry>, _ entry: Entry, _ meaning: (Row) throws(DatabaseError) -> Answer
    ) async throws(OAuthError) -> Answer? {
        do { return try await find(batch, entry).map { row throws(DatabaseError) in try meaning(row) } } catch {
            throw OAuthError(error)
        }
    }

    /// Inserts a row together with those of others. A row whose answer was lost with its link is sent once more: its
    /// key is random, so one that is there already is this very row.
    func add<Entry: Sendable>(_ insert: Batch<Entry>, _ entry: Entry) async throws(OAuthError) {
        do {
            let isNew: Bool
            do { isNew = try await self.insert(insert, entry) } catch .interrupted {
                do { _ = try await self.insert(insert, entry) } catch .uniqueViolation {}
                return
            }
            guard isNew else { throw DatabaseError.uniqueViolation(constraint: "key") }
        } catch let error as DatabaseError {
            throw OAuthError(error)
        } catch {
            throw OAuthError(.unexpectedResult(reason: "\(error)"))
        }
    }

    /// Deadlocks and serialization failures changed nothing: the same act is tried again.
    private func persistently<Answer>(
        _ act: () async throws(DatabaseError) -> Answer
    ) async throws(OAuthError) -> Answer {
        for _ in 1..<3 {
            do { return try await act() } catch {
                guard error == .conflict else { throw OAuthError(error) }
            }
        }
        do { return try await act() } catch { throw OAuthError(error) }
    }
}

/// Why a statement gave nobody a row: `raced` when nothing is wrong any more, so that only another attempt can tell.
enum Attempt<Outcome> {
    case settled(Outcome)
    case raced
}

extension Database {
    /// Changes something if it is in the state to be changed, as it mostly is, and asks otherwise, in a snapshot that has
    /// whatever change came first, why it is not.
    ///
    /// - Parameters:
    ///   - change: gives a row only for what it changed.
    ///   - question: gives one row, or none where there is nothing to change.
    func settle<Outcome>(
        _ change: () async throws(DatabaseError) -> Row?, _ done: (Row) throws(DatabaseError) -> Outcome,
        whyNot question: @autoclosure () -> SQL, _ refused: (Row?) throws(DatabaseError) -> Attempt<Outcome>
    ) async throws(OAuthError) -> Outcome {
        for _ in 1...4 {
            let outcome = try await persistently { () throws(DatabaseError) in
                try await change().map { row throws(DatabaseError) in try done(row) }
            }
            if let outcome { return outcome }
            let reason = try await ask(question()) { rows throws(DatabaseError) in try refused(try rows.atMostOne()) }
            if case .settled(let outcome) = reason { return outcome }
        }
        throw .storeUnavailable("a statement lost a race four times")
    }
}

extension OAuthError {
    /// What a caller of the provider may know of a database error; the rest is for the log.
    init(_ error: DatabaseError) {
        switch error {
        case .uniqueViolation(let constraint):
            self.init(.conflict, "It exists already.", detail: "unique key \(constraint)")
        case .foreignKeyViolation(let constraint):
            self.init(
                .conflict, "Something that it belongs to was removed at the same moment.",
                detail: "foreign key \(constraint)")
        case .invalidValue(let reason):
            self.init(.invalidRequest, "The request has a value that cannot be stored.", detail: reason)
        case _ where error.isTemporary:
            self = .storeUnavailable("\(error)")
        default:
            self.init(.serverError, "The server could not do what was asked.", detail: "\(error)")
        }
    }
}
