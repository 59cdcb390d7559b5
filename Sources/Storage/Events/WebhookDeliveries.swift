internal import Postgres
internal import Provider

extension WebhookDelivery {
    /// What a statement over `webhook_deliveries d` lists for ``init(columns:)``.
    static let columns: SQL = """
        d.bucket, d.id, d.event_bucket, d.event_xid::text, d.event_id, d.event_type, d.event_subject, d.event_time,
        d.event_data, d.state, d.attempts, d.next_attempt_at, d.last_status, d.last_error, d.delivered_at
        """

    init(columns: inout ColumnReader) throws(DatabaseError) {
        let name = DeliveryName(bucket: try columns.next(), number: try columns.next())
        self.init(
            id: name.text, event: try StoredEvent(columns: &columns), state: try columns.next(),
            attempts: try columns.next(), nextAttemptAt: try columns.next(), lastStatus: try columns.next(),
            lastError: try columns.next(), deliveredAt: try columns.next())
    }
}

/// A delivery's id, which carries its partition: `<bucket>-<number>`. The numbers are in the order of delivery.
struct DeliveryName {
    var bucket: Int32
    var number: Int64

    init(bucket: Int32, number: Int64) {
        self.bucket = bucket
        self.number = number
    }

    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let bucket = Int32(parts[0]), let number = Int64(parts[1]) else { return nil }
        self.init(bucket: bucket, number: number)
    }

    var text: String { "\(bucket)-\(number)" }
}

/// From the outbox to each endpoint's queue, and from there out.
extension PostgresWebhooks {
    func deliveries(of id: String, _ page: PageRequest) async throws(OAuthError) -> Page<WebhookDelivery> {
        var before: SQL = "true"
        if let cursor = page.cursor {
            guard let name = DeliveryName(cursor) else { throw .malformed("cursor", "is not one that a list gave") }
            before = "d.id < \(name.number) AND d.bucket <= \(name.bucket) + 1"
        }
        let deliveries = try await database.ask(
            """
            SELECT \(WebhookDelivery.columns) FROM webhook_deliveries d
            WHERE d.webhook_id = \(id) AND \(before) ORDER BY d.id DESC LIMIT \(page.rowsToRead)
            """
        ) { rows throws(DatabaseError) in
            var deliveries: [WebhookDelivery] = []
            for row in rows {
                var columns = ColumnReader(row)
                deliveries.append(try WebhookDelivery(columns: &columns))
            }
            return deliveries
        }
        return page.page(deliveries) { $0.id }
    }

    func enqueue(limit: Int, at now: Instant) async throws(OAuthError) -> Int {
        // The position's row is locked for the whole act, or, when another server has it, there is nothing to do.
        try await database.act(
            """
            WITH position AS (
                SELECT bucket, xid, id FROM webhook_position FOR NO KEY UPDATE SKIP LOCKED
            ), fresh AS (
                SELECT e.bucket, e.xid, e.id, e.type, e.subject, e.time, e.data
                FROM position CROSS JOIN LATERAL (
                    SELECT later.bucket, later.xid, later.id, later.type, later.subject, later.time, later.data
                    FROM outbox later
                    WHERE later.bucket >= position.bucket - 1 AND (later.xid, later.id) > (position.xid, position.id)
                      AND later.xid < pg_snapshot_xmin(pg_current_snapshot())
                    ORDER BY later.xid, later.id LIMIT \(limit)
                ) e
            ), moved AS (
                UPDATE webhook_position
                SET bucket = last.bucket, xid = last.xid, id = last.id
                FROM (SELECT bucket, xid, id FROM fresh ORDER BY xid DESC, id DESC LIMIT 1) AS last
            ), queued AS (
                INSERT INTO webhook_deliveries (webhook_id, event_bucket, event_xid, event_id, event_type,
                                                event_subject, event_time, event_data, queued_at, next_attempt_at)
                SELECT w.id, fresh.bucket, fresh.xid, fresh.id, fresh.type, fresh.subject, fresh.time, fresh.data,
                       \(now), \(now)
                FROM fresh JOIN webhooks w ON fresh.xid >= w.since AND event_type_matches(fresh.type, w.types)
                ORDER BY fresh.xid, fresh.id
            )
            SELECT count(*) FROM fresh
            """
        ) { rows throws(DatabaseError) in try rows.exactlyOne().value(0) }
    }

    func take(limit: Int, leaseEndsAt: Instant, at now: Instant) async throws(OAuthError) -> [DueDelivery] {
        // The attempt is counted as it begins. That makes a server that died one attempt, and lets `settle` know
        // whether a report is about the attempt that stands.
        try await database.act(
            """
            WITH due AS (
                SELECT w.id AS webhook_id, head.bucket, head.id
                FROM webhooks w CROSS JOIN LATERAL (
                    SELECT d.bucket, d.id, d.next_attempt_at FROM webhook_deliveries d
                    WHERE d.webhook_id = w.id AND d.state = 'pending' ORDER BY d.id LIMIT 1
                ) head
                WHERE (w.leased_until IS NULL OR w.leased_until <= \(now)) AND head.next_attempt_at <= \(now)
                ORDER BY head.next_attempt_at LIMIT \(limit)
                FOR NO KEY UPDATE OF w SKIP LOCKED
            ), leased AS (
                UPDATE webhooks w SET leased_until = \(leaseEndsAt) FROM due WHERE w.id = due.webhook_id
                RETURNING \(Webhook.columns)
            ), begun AS (
                UPDATE webhook_deliveries d SET attempts = d.attempts + 1 FROM due
                WHERE d.bucket = due.bucket AND d.id = due.id AND d.state = 'pending'
                RETURNING \(WebhookDelivery.columns), d.webhook_id
            )
            SELECT \(WebhookDelivery.columns), \(Webhook.columns)
            FROM begun d JOIN leased w ON w.id = d.webhook_id ORDER BY d.id
            """
        ) { rows throws(DatabaseError) in
            var due: [DueDelivery] = []
            for row in rows {
                var columns = ColumnReader(row)
                due.append(
                    DueDelivery(
                        delivery: try WebhookDelivery(columns: &columns), webhook: try Webhook(columns: &columns)))
            }
            return due
        }
    }

    func settle(
        _ due: DueDelivery, _ outcome: DeliveryOutcome, at now: Instant
    ) async throws(OAuthError) {
        guard let name = DeliveryName(due.delivery.id) else { return }
        let end = DeliveryEnd(outcome, at: now)
        // A report of an attempt whose lease ran out, and that another server has begun anew, changes nothing.
        try await database.act(
            """
            WITH settled AS (
                UPDATE webhook_deliveries
                SET state = \(end.state), next_attempt_at = \(end.nextAttemptAt), delivered_at = \(end.deliveredAt),
                    last_status = \(end.status), last_error = \(end.reason)
                WHERE bucket = \(name.bucket) AND id = \(name.number) AND state = 'pending'
                  AND attempts = \(due.delivery.attempts)
                RETURNING webhook_id
            )
            UPDATE webhooks w SET leased_until = NULL FROM settled WHERE w.id = settled.webhook_id
            """)
    }

    func lag(at now: Instant) async throws(OAuthError) -> (waiting: Int, oldestSeconds: Int) {
        try await database.ask(
            """
            SELECT count(*), coalesce(extract(epoch FROM \(now) - min(d.queued_at)), 0)::bigint
            FROM webhooks w JOIN webhook_deliveries d ON d.webhook_id = w.id AND d.state = 'pending'
            """
        ) { rows throws(DatabaseError) in
            let (waiting, seconds) = try rows.exactlyOne().values(Int.self, Int.self)
            return (waiting, max(0, seconds))
        }
    }
}
