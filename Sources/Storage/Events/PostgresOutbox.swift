internal import Postgres
internal import Provider

/// The outbox: what happened, in the order in which it became visible.
struct PostgresOutbox: EventStore {
    let database: Database

    func append(_ record: Record) async throws(OAuthError) {
        try await database.act(
            """
            WITH happened AS (SELECT)\(record.written(if: "happened"))
            SELECT FROM happened
            """)
    }

    func events(
        after cursor: String?, types: [String], limit: Int
    ) async throws(OAuthError) -> Page<StoredEvent> {
        let place = if let cursor { try EventCursor(cursor) } else { EventCursor.start }
        let page = PageRequest(limit: limit)
        let isWanted: SQL = types.isEmpty ? "" : "AND event_type_matches(e.type, \(types))"
        // A transaction's day is that of its beginning, which may be the day before that of one with a smaller number.
        let events = try await database.ask(
            """
            SELECT \(StoredEvent.columns) FROM outbox e
            WHERE e.bucket >= \(place.day) - 1 AND (e.xid, e.id) > (\(String(place.xid))::xid8, \(place.id))
              AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
              \(isWanted)
            ORDER BY e.xid, e.id LIMIT \(page.rowsToRead)
            """
        ) { rows throws(DatabaseError) in
            var events: [StoredEvent] = []
            for row in rows {
                var columns = ColumnReader(row)
                events.append(try StoredEvent(columns: &columns))
            }
            return events
        }
        return page.page(events) { $0.cursor }
    }

    func endOfEvents() async throws(OAuthError) -> String {
        // What is visible later belongs to a transaction that is not yet over: its number is no smaller than this one.
        try await database.ask(
            "SELECT day_bucket(now()), pg_snapshot_xmin(pg_current_snapshot())::text"
        ) { rows throws(DatabaseError) in
            let (day, xid) = try rows.exactlyOne().values(Int32.self, String.self)
            guard let number = UInt64(xid) else { throw .unexpectedResult(reason: "transaction \(xid)") }
            return EventCursor(day: day, xid: number, id: 0).text
        }
    }
}
