internal import Postgres
internal import Provider

extension [MailOrder] {
    /// The statement that writes them, if `act` has a row. Not for none. An order whose id was there is not repeated.
    func insert(for act: SQL) -> SQL {
        let rows = map { order -> SQL in
            """
            (\(order.id)::text, \(order.kind)::text, \(order.userID)::text, \(order.address)::text,
             \(order.language)::text, \(order.createdAt), \(order.givesUpAt))
            """
        }
        return """
            INSERT INTO mails (id, kind, user_id, address, language, state, created_at, next_attempt_at, gives_up_at)
            SELECT mail.id, mail.kind, mail.user_id, mail.address, mail.language, 'pending', mail.created_at,
                   mail.created_at, mail.gives_up_at
            FROM \(act) CROSS JOIN (VALUES \(rows.joined(by: ", ")))
                AS mail (id, kind, user_id, address, language, created_at, gives_up_at)
            ON CONFLICT (id, bucket) DO NOTHING
            """
    }
}

extension MailInquiry {
    /// The statement that writes it, if `act` has a row.
    func insert(for act: SQL) -> SQL {
        """
        INSERT INTO mails (id, kind, asked_name, asked_email, language, state, created_at, next_attempt_at, gives_up_at)
        SELECT \(id)::text, \(kind)::text, \(subject.name)::text, \(subject.email)::text, \(language)::text, 'asked',
               \(createdAt), \(createdAt), \(givesUpAt)
        FROM \(act)
        """
    }
}

extension DueMail {
    /// What a statement over `mails m` lists for ``init(columns:)``.
    static let columns: SQL = """
        m.bucket, m.attempts, m.state, m.id, m.kind, m.user_id, m.asked_name, m.asked_email, m.address, m.language,
        m.created_at, m.gives_up_at
        """

    init(columns: inout ColumnReader) throws(DatabaseError) {
        let (bucket, attempts): (Int32, Int) = (try columns.next(), try columns.next())
        let state: String = try columns.next()
        let (id, kind): (String, MailOrder.Kind) = (try columns.next(), try columns.next())
        let user: UserID? = try columns.next()
        let subject = MailInquiry.Subject(name: try columns.next(), email: try columns.next())
        let (address, language): (String?, String) = (try columns.next(), try columns.next())
        let (createdAt, givesUpAt): (Instant, Instant) = (try columns.next(), try columns.next())
        let matter: Matter
        if let user {
            matter = .order(
                MailOrder(
                    id: id, kind: kind, userID: user, address: address, language: language, createdAt: createdAt,
                    givesUpAt: givesUpAt))
        } else {
            guard state == "asked" else { throw .unexpectedResult(reason: "mail for nobody") }
            matter = .inquiry(
                MailInquiry(
                    id: id, kind: kind, subject: subject, language: language, createdAt: createdAt,
                    givesUpAt: givesUpAt))
        }
        self.init(matter: matter, bucket: Bucket(bucket), attempts: attempts)
    }
}
