internal import EventLoop

/// How busy the links of one purpose are, for operators.
public struct DatabaseLoad: Sendable, Equatable {
    /// `reads`, `writes`, `inserts`, `changes` or `transactions`.
    public let purpose: String
    /// Links that are open.
    public let links: Int
    /// Statements in flight; of transactions, links that are lent.
    public let inFlight: Int
    /// Statements, rows or transactions that wait for a link.
    public let waiting: Int
}

extension Database {
    /// How busy the links are, a line for each purpose. Only on the database's loop.
    public var load: [DatabaseLoad] {
        let lanes = lanes.value
        func line(_ purpose: String, _ pool: LinkPool, inFlight: Int? = nil, waiting: Int) -> DatabaseLoad {
            DatabaseLoad(
                purpose: purpose, links: pool.links.count { $0.isOpen },
                inFlight: inFlight ?? pool.links.reduce(0) { $0 + $1.load }, waiting: waiting)
        }
        return [
            line("reads", lanes.reads.pool, waiting: lanes.reads.waitingCount + lanes.finds.waitingCount),
            line("writes", lanes.writes.pool, waiting: lanes.writes.waitingCount),
            line("inserts", lanes.inserts.pool, waiting: lanes.inserts.waitingCount),
            line("changes", lanes.changes.pool, waiting: lanes.changes.waitingCount),
            line(
                "transactions", lanes.transactions.pool, inFlight: lanes.transactions.lentCount,
                waiting: lanes.transactions.waitingCount),
        ]
    }
}
