internal import Postgres
internal import Provider

/// Mail on its way out.
struct PostgresMails: MailStore {
    let database: Database

    func ask(_ inquiry: MailInquiry) async throws(OAuthError) {
        try await database.act(inquiry.insert(for: "(SELECT) AS somebody"))
    }

    func take(limit: Int, leaseEndsAt: Instant, at now: Instant) async throws(OAuthError) -> [DueMail] {
        // What a later version of the program has ordered is left to that.
        let kinds = MailOrder.Kind.allCases.map(\.rawValue)
        return try await database.act(
            """
            WITH due AS (
                SELECT m.bucket, m.id FROM mails m
                WHERE m.state IN ('asked', 'pending') AND m.next_attempt_at <= \(now) AND m.kind = ANY (\(kinds))
                  AND (m.leased_until IS NULL OR m.leased_until <= \(now))
                ORDER BY m.next_attempt_at LIMIT \(limit)
                FOR NO KEY UPDATE SKIP LOCKED
            ), begun AS (
                UPDATE mails m SET attempts = m.attempts + 1, leased_until = \(leaseEndsAt) FROM due
                WHERE m.bucket = due.bucket AND m.id = due.id
                RETURNING \(DueMail.columns)
            )
            SELECT * FROM begun ORDER BY created_at, id
            """
        ) { rows throws(DatabaseError) in
            var due: [DueMail] = []
            for row in rows {
                var columns = ColumnReader(row)
                due.append(try DueMail(columns: &columns))
            }
            return due
        }
    }

    func answer(_ due: DueMail, by orders: [MailOrder], at now: Instant) async throws(OAuthError) {
        let mailed: SQL = orders.isEmpty ? "" : ", mailed AS (\(orders.insert(for: "answered")))"
        try await database.act(
            """
            WITH answered AS (
                UPDATE mails m SET state = 'answered', settled_at = \(now), leased_until = NULL, asked_name = NULL,
                                   asked_email = NULL
                WHERE m.bucket = \(due.bucket) AND m.id = \(due.id) AND m.state = 'asked' AND m.attempts = \(due.attempts)
                RETURNING m.id
            )\(mailed)
            SELECT FROM answered
            """)
    }

    func sent(
        _ kind: MailOrder.Kind, to user: UserID, mailbox: [UInt8], since moment: Instant
    ) async throws(OAuthError) -> (ofKind: Int, toMailbox: Int) {
        try await database.ask(
            """
            SELECT count(*) FILTER (WHERE user_id = \(user) AND kind = \(kind)),
                   count(*) FILTER (WHERE mailbox = \(mailbox))
            FROM mails
            WHERE state = 'sent' AND settled_at > \(moment) AND (user_id = \(user) OR mailbox = \(mailbox))
              AND bucket >= \(Bucket.day(of: moment)) - 2
            """
        ) { rows throws(DatabaseError) in try rows.exactlyOne().values(Int.self, Int.self) }
    }

    func settle(_ due: DueMail, _ outcome: MailOutcome, at now: Instant) async throws(OAuthError) {
        let (state, next, mailbox, reason): (String, Instant?, [UInt8]?, String?) =
            switch outcome {
            case .sent(let mailbox): ("sent", nil, mailbox, nil)
            case .dropped(let reason): ("dropped", nil, nil, reason)
            case .retry(let moment, let reason): ("", moment, nil, reason)
            case .dead(let reason): ("dead", nil, nil, reason)
            }
        // A report of an attempt whose lease ran out, and that another server has begun anew, changes nothing.
        let standing: SQL = """
            WHERE bucket = \(due.bucket) AND id = \(due.id) AND state IN ('asked', 'pending')
              AND attempts = \(due.attempts)
            """
        if let next {
            try await database.act(
                """
                UPDATE mails SET next_attempt_at = \(next), leased_until = NULL, last_error = \(reason) \(standing)
                """)
        } else {
            try await database.act(
                """
                UPDATE mails SET state = \(state), settled_at = \(now), leased_until = NULL, last_error = \(reason),
                                 mailbox = \(mailbox), address = NULL, asked_name = NULL, asked_email = NULL \(standing)
                """)
        }
    }

    func waiting(at now: Instant) async throws(OAuthError) -> (count: Int, oldestSeconds: Int) {
        try await database.ask(
            """
            SELECT count(*), coalesce(extract(epoch FROM \(now) - min(waiting.since)), 0)::bigint
            FROM (SELECT created_at FROM mails WHERE state IN ('asked', 'pending')
                  UNION ALL
                  SELECT coalesce(resent_at, decided_at) FROM applications WHERE notice_due_at IS NOT NULL) AS waiting (since)
            """
        ) { rows throws(DatabaseError) in
            let (count, seconds) = try rows.exactlyOne().values(Int.self, Int.self)
            return (count, max(0, seconds))
        }
    }
}
