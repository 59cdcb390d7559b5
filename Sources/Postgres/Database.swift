public import EventLoop

/// The database as one loop sees it: statements go out and rows come back without leaving the loop.
///
/// Make one for each loop. All calls are made from tasks of that loop. Every call throws `DatabaseError` and nothing
/// else; `error.isTemporary` says whether to answer «try again later». With the database away, calls fail in well
/// under two seconds, and work again by themselves when it is back.
///
/// Cancelling the calling task withdraws what has not been sent; an unanswered read is abandoned; a write that has
/// been sent is awaited, for at most the statement time-out.
public struct Database: Sendable {
    private let loop: Loop
    let lanes: LoopBound<DatabaseLanes>

    /// Starts connecting, and returns at once; from any thread.
    /// - Parameter lane: where connections are opened, which may take seconds while the database is away; give the
    ///   databases a lane of their own.
    public init(on loop: Loop, lane: Lane, configuration: DatabaseConfiguration) {
        self.loop = loop
        let lanes = LoopBound(DatabaseLanes(on: loop, lane: lane, configuration: configuration), on: loop)
        self.lanes = lanes
        loop.post { lanes.value.connect() }
    }

    /// Runs a statement that only reads. The reads of a turn leave together, and one that is interrupted is run again
    /// by itself; a statement that writes is refused here.
    ///
    /// Statements on one link are answered in order: what may take long (a report, a list without limit) belongs into
    /// a `transaction`.
    public func read(_ statement: SQL) async throws(DatabaseError) -> Rows {
        try await lanes.value.reads.run(statement)
    }

    /// Runs a statement without values that only reads, once for all tasks that ask the same before it leaves: its answer
    /// is no older than any of their questions. Nobody's cancellation withdraws it.
    public func readTogether(_ statement: SQL) async throws(DatabaseError) -> Rows {
        try await lanes.value.reads.share(statement)
    }

    /// Runs one statement that writes, as a transaction of its own; it has been committed when this returns.
    ///
    /// `interrupted` leaves open whether it took effect: the statement should bear being repeated.
    public func write(_ statement: SQL) async throws(DatabaseError) -> Rows {
        try await lanes.value.writes.run(statement)
    }

    /// Runs a declared statement that only reads for this entry, together with those of others. Entries with equal keys
    /// ask the same and are answered once, by what one of them says beside its key. As with `read`, one that
    /// is interrupted is run again by itself.
    /// - Returns: the row with the entry's key; nil when there is none.
    public func find<Entry: Sendable>(_ batch: Batch<Entry>, _ entry: Entry) async throws(DatabaseError) -> Row? {
        try await lanes.value.finds.run(batch, entry)
    }

    /// Runs a declared statement that writes for this entry, together with those of others; it has been committed when
    /// this returns. `interrupted` leaves open whether it took effect.
    /// - Returns: the row with the entry's key; nil when there is none.
    public func change<Entry: Sendable>(_ batch: Batch<Entry>, _ entry: Entry) async throws(DatabaseError) -> Row? {
        let lanes = lanes.value
        return try await (batch.declaration.locksRows ? lanes.changes : lanes.inserts).run(batch, entry)
    }

    /// Inserts by a declared statement, as `change` does.
    /// - Returns: false when a row with its key exists already, and nothing was inserted.
    public func insert<Entry: Sendable>(_ batch: Batch<Entry>, _ entry: Entry) async throws(DatabaseError) -> Bool {
        try await change(batch, entry) != nil
    }

    /// Runs several statements as one transaction (READ COMMITTED): commits when `body` returns, rolls back when it
    /// throws. `body` should await nothing but the transaction: it holds one of a few links.
    ///
    ///     let n = try await database.transaction { transaction throws(DatabaseError) in
    ///         _ = try await transaction.query("UPDATE …")
    ///         return try await transaction.query("SELECT …").exactlyOne().value(0, as: Int.self)
    ///     }
    ///
    /// - Parameter timeout: another limit for each of its statements than the configuration's.
    /// - Throws: what `body` throws; `conflict` when the same transaction may be tried again; `interrupted` when the
    ///   link broke, perhaps after the commit.
    public func transaction<T>(
        timeout: Duration? = nil, _ body: (Transaction) async throws(DatabaseError) -> T
    ) async throws(DatabaseError) -> T {
        try await lanes.value.transactions.run(timeout: timeout, body)
    }

    /// Closes all links; what waits is refused. From any task.
    public func close() async {
        let lanes = lanes
        try? await loop.run { lanes.value.close() }
    }
}

/// The lanes behind the door. Belongs to its loop.
final class DatabaseLanes {
    let reads: StatementLane
    let writes: StatementLane
    /// Batches that read; they leave with the other reads.
    let finds: BatchLane
    /// Batches that only insert.
    let inserts: BatchLane
    /// Batches that may wait for locked rows.
    let changes: BatchLane
    let transactions: TransactionLane

    /// Its links are watched by the loop, so it lives until it is closed, whoever lets go of it.
    private var untilClosed: DatabaseLanes?

    init(on loop: Loop, lane: Lane, configuration: DatabaseConfiguration) {
        func pool(_ purpose: LinkPurpose, _ size: Int) -> LinkPool {
            LinkPool(on: loop, lane: lane, configuration: configuration, purpose: purpose, size: size)
        }
        reads = StatementLane(
            .read, on: loop, patience: configuration.patience, depth: configuration.readsPerLink,
            limit: configuration.waitingLimit, pool: pool(.reads, configuration.readers))
        writes = StatementLane(
            .write, on: loop, patience: configuration.patience, depth: 1,
            limit: configuration.waitingLimit, pool: pool(.writes, configuration.writers))
        finds = BatchLane(
            .read, on: loop, configuration: configuration, pool: reads.pool, apart: reads
        ) { [reads] in reads.plan() }
        // Requests that are here already travel in the same batch.
        let inserting = EndOfTurn(on: loop, waitingForLull: true)
        inserts = BatchLane(
            .write, on: loop, configuration: configuration, pool: pool(.inserts, configuration.inserters), apart: writes
        ) { inserting.plan() }
        let changing = EndOfTurn(on: loop, waitingForLull: true)
        changes = BatchLane(
            .write, on: loop, configuration: configuration, pool: pool(.changes, configuration.changers), apart: writes
        ) { changing.plan() }
        transactions = TransactionLane(
            on: loop, configuration: configuration, pool: pool(.transactions, configuration.transactors))
        reads.nextBatch = { [weak finds] in finds?.nextRequest() }
        inserting.body = { [weak inserts] in inserts?.sendSharingCommits() }
        inserts.pool.onChange = { inserting.plan() }
        changing.body = { [weak changes] in changes?.sendEachAlone() }
        changes.pool.onChange = { changing.plan() }
    }

    private var pools: [LinkPool] { [reads.pool, writes.pool, inserts.pool, changes.pool, transactions.pool] }

    func connect() {
        untilClosed = self
        for pool in pools { pool.connect() }
    }

    func close() {
        for pool in pools { pool.close() }
        reads.close()
        writes.close()
        finds.refuseAll(.unavailable(reason: "closed"))
        inserts.refuseAll(.unavailable(reason: "closed"))
        changes.refuseAll(.unavailable(reason: "closed"))
        transactions.close()
        untilClosed = nil
    }
}
