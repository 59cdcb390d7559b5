/// Where the database is and how many links each loop keeps to it.
public struct DatabaseConfiguration: Sendable {
    /// Any libpq connection string or URL; with several hosts the one that takes writes is chosen.
    public var connection: String
    /// Shown in `pg_stat_activity`, unless the connection string says otherwise.
    public var applicationName = "martlet"

    /// Links for pipelined reads.
    public var readers = 2
    /// Links for batches that only insert. One is enough, and two would make the batches smaller: what arrives while one
    /// is on its way travels together in the next.
    public var inserters = 1
    /// Links for batches that change rows, and so may wait for whoever has locked them.
    public var changers = 2
    /// Links for single writes.
    public var writers = 4
    /// Links for transactions.
    public var transactors = 2

    /// How long the server works on one statement (`statement_timeout`).
    public var statementTimeout: Duration = .milliseconds(1500)
    /// How long a statement may wait for its turn.
    public var patience: Duration = .seconds(1)
    /// How many statements of each kind may wait.
    public var waitingLimit = 1024
    /// How many entries one batch carries.
    public var entriesPerBatch = 512
    /// How many reads may be in flight on one link.
    public var readsPerLink = 128

    /// The defaults, for this database.
    public init(connection: String) {
        self.connection = connection
    }

    /// When a silent link counts as dead: the server had its time and some more.
    var answerLimit: Duration { statementTimeout + .milliseconds(300) }

    /// The statements that fit a session to its purpose. Prepared statements keep one plan, which partitions need;
    /// reads cannot write by mistake, since a read may run twice. Compiling a statement costs more than a second where
    /// many partitions make it look dear, and never pays for one that touches few rows. A plan that is kept must not
    /// read whole tables because they were empty when it was made.
    func session(for purpose: LinkPurpose) -> String {
        let milliseconds = Self.milliseconds(statementTimeout)
        var session = """
            SET plan_cache_mode = force_generic_plan;
            SET jit = off;
            SET enable_seqscan = off;
            SET statement_timeout = \(milliseconds);
            SET idle_in_transaction_session_timeout = 15000;
            """
        switch purpose {
        case .reads: session += "SET default_transaction_read_only = on;"
        // Whoever waits keeps all others of its batch waiting: each is soon run by itself instead.
        case .changes: session += "SET lock_timeout = 100;"
        case .inserts, .writes, .transactions: break
        }
        return session
    }

    static func milliseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    }
}
