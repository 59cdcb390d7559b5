internal import EventLoop

/// Lends the links of a small pool to transactions, one to each. Belongs to its loop.
final class TransactionLane {
    /// A transaction that waits for a link.
    private final class Borrower: Waiting {
        let deadline: ContinuousClock.Instant
        var onFinish: ((Result<LoopBound<Link>, DatabaseError>) -> Void)?

        init(deadline: ContinuousClock.Instant) {
            self.deadline = deadline
        }

        func finish(_ result: Result<LoopBound<Link>, DatabaseError>) {
            onFinish?(result)
            onFinish = nil
        }

        func refuse(_ error: DatabaseError) {
            finish(.failure(error))
        }
    }

    let pool: LinkPool
    private let loop: Loop
    private let configuration: DatabaseConfiguration
    private let waiting: WaitingList<Borrower>
    private let lending: EndOfTurn
    private var lent: [ObjectIdentifier: Link] = [:]

    var waitingCount: Int { waiting.count }
    var lentCount: Int { lent.count }

    init(on loop: Loop, configuration: DatabaseConfiguration, pool: LinkPool) {
        self.loop = loop
        self.configuration = configuration
        self.pool = pool
        waiting = WaitingList(on: loop, limit: configuration.waitingLimit) { [pool] in pool.reasonOfDelay }
        lending = EndOfTurn(on: loop)
        lending.body = { [weak self] in self?.lend() }
        pool.onChange = { [weak lending] in lending?.plan() }
    }

    /// Runs a transaction; see `Database.transaction`.
    func run<T>(
        timeout: Duration?, _ body: (Transaction) async throws(DatabaseError) -> T
    ) async throws(DatabaseError) -> T {
        let link = try await borrow()
        link.answerLimit = (timeout ?? configuration.statementTimeout) + .milliseconds(300)
        let session = TransactionSession(on: link, loop: loop, timeout: timeout)
        defer {
            link.answerLimit = configuration.answerLimit
            giveBack(link)
        }
        do {
            let value = try await body(Transaction(session: LoopBound(session, on: loop)))
            try await session.commit()
            return value
        } catch {
            await session.rollBack()
            throw error
        }
    }

    private func borrow() async throws(DatabaseError) -> Link {
        if pool.isAway { throw pool.reasonOfDelay }
        let borrower = Borrower(deadline: loop.now + configuration.patience)
        let cancellation = LoopBound((self, borrower), on: loop)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                borrower.onFinish = { continuation.resume(returning: $0) }
                if waiting.append(borrower) { lending.plan() }
            }
        } onCancel: { [loop] in
            loop.post {
                let (lane, borrower) = cancellation.value
                if lane.waiting.remove(borrower) { borrower.refuse(.cancelled) }
            }
        }
        return try result.get().value
    }

    private func lend() {
        for link in pool.links where link.isOpen && lent[ObjectIdentifier(link)] == nil {
            guard let borrower = waiting.removeFirst() else { return }
            lent[ObjectIdentifier(link)] = link
            borrower.finish(.success(LoopBound(link, on: loop)))
        }
    }

    /// A link that is still inside a transaction, for whatever reason, is not lent again.
    private func giveBack(_ link: Link) {
        lent[ObjectIdentifier(link)] = nil
        if link.isOpen, link.load > 0 || !link.isOutsideTransaction { link.end(reason: "left inside a transaction") }
        lending.plan()
    }

    func close() {
        pool.close()
        waiting.refuseAll(.unavailable(reason: "closed"))
    }
}
