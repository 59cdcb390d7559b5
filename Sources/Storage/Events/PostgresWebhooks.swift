internal import Postgres
internal import Provider

extension Webhook {
    /// What a statement over `webhooks w` lists for ``init(columns:)``.
    static let columns: SQL = "w.id, w.url, w.types, w.description, w.sealed_secret, w.created_at"

    init(columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            id: try columns.next(), url: try columns.next(), types: try columns.next(),
            description: try columns.next(), sealedSecret: try columns.next(), createdAt: try columns.next())
    }
}

/// Endpoints that are told of events. Their deliveries have a file of their own.
struct PostgresWebhooks: WebhookStore {
    let database: Database

    func create(_ webhook: Webhook, _ record: Record) async throws(OAuthError) {
        try await database.act(
            """
            WITH created AS (
                INSERT INTO webhooks (id, url, types, description, sealed_secret, created_at)
                VALUES (\(webhook.id), \(webhook.url), \(webhook.types), \(webhook.description),
                        \(webhook.sealedSecret), \(webhook.createdAt))
                RETURNING id
            )\(record.written(if: "created"))
            SELECT FROM created
            """)
    }

    func webhooks(toldOf type: String?, _ page: PageRequest) async throws(OAuthError) -> Page<Webhook> {
        var conditions = [try ListCursor.condition(page)]
        if let type { conditions.append("event_type_matches(\(type), types)") }
        let webhooks = try await list(
            """
            SELECT \(Webhook.columns) FROM webhooks w WHERE \(conditions.joined(by: " AND "))
            ORDER BY w.created_at, w.id LIMIT \(page.rowsToRead)
            """)
        return page.page(webhooks) { ListCursor(createdAt: $0.createdAt, id: $0.id).text }
    }

    func webhook(_ id: String) async throws(OAuthError) -> Webhook? {
        try await list("SELECT \(Webhook.columns) FROM webhooks w WHERE w.id = \(id)").first
    }

    private func list(_ statement: SQL) async throws(OAuthError) -> [Webhook] {
        try await database.ask(statement) { rows throws(DatabaseError) in
            var webhooks: [Webhook] = []
            for row in rows {
                var columns = ColumnReader(row)
                webhooks.append(try Webhook(columns: &columns))
            }
            return webhooks
        }
    }

    func delete(_ id: String, _ record: Record) async throws(OAuthError) -> Bool {
        // Its deliveries stay until their partition goes; without the endpoint nobody takes or counts them.
        try await database.act(
            """
            WITH deleted AS (
                DELETE FROM webhooks WHERE id = \(id) RETURNING id
            )\(record.written(if: "deleted"))
            SELECT FROM deleted
            """
        ) { rows in !rows.isEmpty }
    }

    func replay(_ id: String, from: Instant, to: Instant, at now: Instant) async throws(OAuthError) -> Int {
        // An event's day is that of its writing by the database's clock, its time the request's: hence a day's margin.
        try await database.act(
            """
            INSERT INTO webhook_deliveries (webhook_id, event_bucket, event_xid, event_id, event_type, event_subject,
                                            event_time, event_data, queued_at, next_attempt_at)
            SELECT w.id, e.bucket, e.xid, e.id, e.type, e.subject, e.time, e.data, \(now), \(now)
            FROM webhooks w JOIN outbox e ON event_type_matches(e.type, w.types)
            WHERE w.id = \(id) AND e.time >= \(from) AND e.time < \(to)
              AND e.bucket BETWEEN \(Bucket.day(of: from)) - 1 AND \(Bucket.day(of: to)) + 1
            ORDER BY e.xid, e.id
            """
        ) { rows in rows.affected }
    }
}
