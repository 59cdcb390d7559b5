/// One statement on its way: waiting, sent, finished. Belongs to its loop.
final class Request: Waiting {
    enum Kind {
        /// May be sent again, and its answer may be left lying.
        case read
        /// Once sent it is awaited, and acknowledged only after its commit.
        case write
    }

    /// What came back for it.
    enum Outcome {
        case result(ResultHandle)
        case failed(DatabaseError)
        /// Not executed, because another statement of its group failed.
        case aborted
        /// Not executed, because its preparation is unknown or outdated.
        case stale
    }

    let kind: Kind
    let shape: StatementShape
    let parameters: ParameterList
    /// Until when it may wait unsent.
    var deadline: ContinuousClock.Instant

    /// Must not share a group with others: it was not executed once for another's sake, or may keep others from it.
    private(set) var isAlone: Bool
    private(set) var isFinished = false
    /// Held until the request may be settled: a write's until its commit.
    private(set) var outcome: Outcome?
    private var attempts = 0
    private var onFinish: ((Result<ResultHandle, DatabaseError>) -> Void)?
    private let resubmit: ((Request) -> Void)?

    /// - Parameter resubmit: takes the request back into its lane's line; nil where order forbids it.
    init(
        _ kind: Kind, _ statement: SQL, deadline: ContinuousClock.Instant, isAlone: Bool = false,
        resubmit: ((Request) -> Void)? = nil
    ) {
        self.kind = kind
        shape = statement.shape
        parameters = statement.parameters
        self.deadline = deadline
        self.isAlone = isAlone
        self.resubmit = resubmit
    }

    /// Calls once, behind those who asked before.
    func whenFinished(_ body: @escaping (Result<ResultHandle, DatabaseError>) -> Void) {
        guard let earlier = onFinish else { return onFinish = body }
        onFinish = {
            earlier($0)
            body($0)
        }
    }

    /// Ends it; what comes later is not told any more.
    func finish(_ result: Result<ResultHandle, DatabaseError>) {
        isFinished = true
        onFinish?(result)
        onFinish = nil
    }

    func refuse(_ error: DatabaseError) {
        finish(.failure(error))
    }

    /// The first outcome counts: what follows the error of a preparation is only «aborted».
    func note(_ outcome: Outcome) {
        if self.outcome == nil { self.outcome = outcome }
    }

    /// Whether it was executed without an error.
    var hasResult: Bool {
        if case .result = outcome { true } else { false }
    }

    /// Another statement of its group failed, and took with it what this one had done.
    func rollBack() {
        if hasResult { outcome = .aborted }
    }

    /// The commit failed after the statement had succeeded.
    func overrule(_ error: DatabaseError) {
        if case .result = outcome { outcome = .failed(error) }
    }

    /// Tells the outcome, or tries again what was not executed.
    func settle() {
        switch outcome {
        case .result(let result): finish(.success(result))
        case .failed(let error): finish(.failure(error))
        case .aborted, .stale: tryAgainAlone()
        case nil: loseLink(wasSent: true, reason: "no outcome")
        }
    }

    private func tryAgainAlone() {
        guard !isFinished else { return }
        guard let resubmit, attempts == 0 else { return finish(.failure(.conflict)) }
        attempts += 1
        isAlone = true
        outcome = nil
        resubmit(self)
    }

    /// Its link broke.
    /// - Parameter wasSent: whether the server may have executed it.
    func loseLink(wasSent: Bool, reason: String) {
        guard !isFinished else { return }
        if kind == .write, case .failed(let error) = outcome { return finish(.failure(error)) }
        if kind == .write, wasSent { return finish(.failure(.interrupted)) }
        guard let resubmit, attempts < 2 else { return finish(.failure(.unavailable(reason: reason))) }
        attempts += 1
        outcome = nil
        resubmit(self)
    }
}
