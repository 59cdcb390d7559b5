internal import Postgres
internal import Provider

/// From a decision to the credentials: the mail that tells of it, and the link in it.
extension PostgresApplications {
    func resend(_ id: ApplicationID, mailUntil: Instant, _ record: Record) async throws(OAuthError) -> Bool {
        let now = record.trail.now
        // Nothing is on its way, so no report of an earlier attempt is outstanding: counting begins anew.
        return try await database.act(
            """
            WITH resent AS (
                UPDATE applications a
                SET link_hash = NULL, link_expires_at = NULL, notice_due_at = \(now), notice_gives_up_at = \(mailUntil),
                    notice_attempts = 0, noticed_at = NULL, notice_error = NULL, resent_at = \(now)
                WHERE a.bucket = \(id.bucket.asDay(at: now)) AND a.id = \(id) AND a.status = 'approved'
                  AND a.collected_at IS NULL AND a.notice_due_at IS NULL
                  AND EXISTS (SELECT FROM clients c WHERE c.id = a.client_id) AND \(Self.hasNoSecret)
                RETURNING a.id
            )\(record.written(if: "resent"))
            SELECT FROM resent
            """
        ) { rows in !rows.isEmpty }
    }

    func set(
        _ link: OpaqueToken, of id: ApplicationID, until: Instant, at now: Instant
    ) async throws(OAuthError) -> Bool {
        try await database.act(
            """
            UPDATE applications a SET link_hash = \(link.hash), link_expires_at = \(until)
            WHERE a.bucket = \(id.bucket.asDay(at: now)) AND a.id = \(id) AND a.status = 'approved'
              AND a.collected_at IS NULL
            RETURNING a.id
            """
        ) { rows in !rows.isEmpty }
    }

    func application(behind link: OpaqueToken, at now: Instant) async throws(OAuthError) -> Application? {
        guard link.kind == .applicationLink else { return nil }
        return try await database.ask(
            "SELECT \(Application.columns) FROM applications a WHERE \(isGood(link, at: now))", Application.all
        ).first
    }

    func collect(_ link: OpaqueToken, secret: ClientSecret?, _ record: Record) async throws(OAuthError) -> Bool {
        guard link.kind == .applicationLink else { return false }
        let now = record.trail.now
        let first: SQL =
            secret.map { ", kept AS (\($0.insert(for: "collected", client: "collected.client_id")))" } ?? ""
        do throws(OAuthError) {
            return try await database.act(
                """
                WITH client AS (
                    -- Waits for whoever removes the client, or makes a secret for it.
                    SELECT c.id FROM applications a JOIN clients c ON c.id = a.client_id
                    WHERE \(isGood(link, at: now)) FOR NO KEY UPDATE OF c
                ), collected AS (
                    UPDATE applications a SET collected_at = \(now) FROM client
                    WHERE \(isGood(link, at: now)) AND a.client_id = client.id
                    RETURNING a.client_id
                )\(first)\(record.written(if: "collected"))
                SELECT FROM collected
                """
            ) { rows in !rows.isEmpty }
        } catch {
            // Somebody has made another secret at the same moment.
            guard error.code == .conflict else { throw error }
            return false
        }
    }

    private func isGood(_ link: OpaqueToken, at now: Instant) -> SQL {
        """
        a.bucket = \(link.bucket.asDay(at: now)) AND a.link_hash = \(link.hash) AND a.status = 'approved'
        AND a.collected_at IS NULL AND a.link_expires_at > \(now)
        AND \(Self.hasNoSecret)
        """
    }

    /// Nobody has made a secret in another way.
    private static let hasNoSecret: SQL =
        "NOT EXISTS (SELECT FROM client_secrets s WHERE s.client_id = a.client_id AND s.expires_at IS NULL)"

    func takeNotices(
        limit: Int, leaseEndsAt: Instant, at now: Instant
    ) async throws(OAuthError) -> [DueApplicationNotice] {
        try await database.act(
            """
            WITH due AS (
                SELECT a.bucket, a.id FROM applications a
                WHERE a.notice_due_at IS NOT NULL AND a.notice_due_at <= \(now)
                ORDER BY a.notice_due_at LIMIT \(limit)
                FOR NO KEY UPDATE SKIP LOCKED
            )
            UPDATE applications a SET notice_attempts = a.notice_attempts + 1, notice_due_at = \(leaseEndsAt) FROM due
            WHERE a.bucket = due.bucket AND a.id = due.id
            RETURNING \(Application.columns), a.notice_attempts, a.notice_gives_up_at
            """
        ) { rows throws(DatabaseError) in
            var due: [DueApplicationNotice] = []
            for row in rows {
                var columns = ColumnReader(row)
                due.append(
                    DueApplicationNotice(
                        application: try Application(columns: &columns), attempts: try columns.next(),
                        givesUpAt: try columns.next()))
            }
            return due
        }
    }

    func settle(
        _ due: DueApplicationNotice, _ outcome: MailOutcome, at now: Instant
    ) async throws(OAuthError) {
        let (next, sent, reason): (Instant?, Instant?, String?) =
            switch outcome {
            case .sent: (nil, now, nil)
            case .dropped(let reason), .dead(let reason): (nil, nil, reason)
            case .retry(let moment, let reason): (moment, nil, reason)
            }
        // A report of an attempt whose lease ran out, and that another server has begun anew, changes nothing.
        try await database.act(
            """
            UPDATE applications a SET notice_due_at = \(next), noticed_at = \(sent), notice_error = \(reason)
            WHERE a.bucket = \(due.application.id.bucket.asDay(at: now)) AND a.id = \(due.application.id)
              AND a.notice_due_at IS NOT NULL AND a.notice_attempts = \(due.attempts)
            """)
    }
}
