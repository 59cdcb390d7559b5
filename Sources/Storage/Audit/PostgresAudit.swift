internal import Postgres
internal import Provider

extension AuditLine {
    /// What a statement over `audit_logs a` lists for ``init(columns:)``.
    static let columns: SQL = """
        a.id, (extract(epoch FROM a.time) * 1000000)::bigint, a.actor, a.action, a.subject, a.request_id, a.address
        """

    init(columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            id: try columns.next(), microseconds: try columns.next(), actor: try columns.next(),
            action: try columns.next(), subject: try columns.next(), requestID: try columns.next(),
            address: try columns.next())
    }
}

/// The audit log and the chain over it.
struct PostgresAudit: AuditStore {
    let database: Database

    func lines(
        _ filter: AuditFilter, _ page: PageRequest, _ record: Record
    ) async throws(OAuthError) -> Page<AuditLine> {
        var conditions: [SQL] = ["true"]
        if let cursor = page.cursor {
            guard let id = Int64(cursor), id > 0 else { throw .malformed("cursor", "is not one that a list gave") }
            conditions.append("a.id < \(id)")
        }
        if let actor = filter.actor { conditions.append("a.actor = \(actor)") }
        if let subject = filter.subject { conditions.append("a.subject = \(subject)") }
        if let action = filter.action {
            conditions.append(action.hasSuffix(".") ? "starts_with(a.action, \(action))" : "a.action = \(action)")
        }
        if let from = filter.from { conditions.append("a.time >= \(from)") }
        if let to = filter.to { conditions.append("a.time < \(to)") }
        let lines = try await database.transact { transaction throws(DatabaseError) in
            // The reading's own line comes after what was read.
            let rows = try await transaction.query(
                """
                SELECT \(AuditLine.columns) FROM audit_logs a WHERE \(conditions.joined(by: " AND "))
                ORDER BY a.id DESC LIMIT \(page.rowsToRead)
                """)
            _ = try await transaction.query(
                """
                WITH happened AS (SELECT)\(record.written(if: "happened"))
                SELECT FROM happened
                """)
            return try Self.lines(rows)
        }
        return page.page(lines) { String($0.id) }
    }

    /// Lines that are older than the link that was made ten minutes ago are all in links: no transaction lasts so long.
    private static let unlinked: SQL = """
        FROM audit_logs a
        WHERE a.id > coalesce((
                  SELECT line_id FROM audit_chain WHERE linked_at < now() - interval '10 minutes'
                  ORDER BY position DESC LIMIT 1), 0)
          AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.line_id = a.id)
        ORDER BY a.id LIMIT 1000
        """

    func link(_ hash: @Sendable (AuditLink?, AuditLine) -> [UInt8]) async throws(OAuthError) -> Int {
        // Mostly there is nothing to do, and nothing to wait for.
        let isIdle = try await database.ask("SELECT a.id \(Self.unlinked)") { rows in rows.isEmpty }
        if isIdle { return 0 }
        return try await database.transact { transaction throws(DatabaseError) in
            _ = try await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended('martlet.audit', 0))")
            let lines = try Self.lines(try await transaction.query("SELECT \(AuditLine.columns) \(Self.unlinked)"))
            var previous = try await transaction.query(
                "SELECT position, line_id, hash FROM audit_chain ORDER BY position DESC LIMIT 1"
            ).atMostOne().map(Self.link)
            var links: [AuditLink] = []
            for line in lines {
                let link = AuditLink(
                    position: (previous?.position ?? 0) + 1, lineID: line.id, hash: hash(previous, line))
                links.append(link)
                previous = link
            }
            _ = try await transaction.query(
                """
                INSERT INTO audit_chain (position, line_id, hash)
                SELECT * FROM unnest(\(links.map(\.position)), \(links.map(\.lineID)), \(links.map(\.hash)))
                """)
            return links.count
        }
    }

    func links(
        after position: Int64, limit: Int
    ) async throws(OAuthError) -> [(link: AuditLink, line: AuditLine?)] {
        try await database.transact { transaction throws(DatabaseError) in
            let rows = try await transaction.query(
                """
                SELECT c.position, c.line_id, c.hash, \(AuditLine.columns)
                FROM (SELECT * FROM audit_chain WHERE position > \(position) ORDER BY position LIMIT \(limit)) c
                LEFT JOIN audit_logs a ON a.id = c.line_id
                ORDER BY c.position
                """)
            var found: [(link: AuditLink, line: AuditLine?)] = []
            for row in rows {
                var columns = ColumnReader(row)
                columns.skip(3)
                found.append((try Self.link(row), try columns.nextIsNull() ? nil : try AuditLine(columns: &columns)))
            }
            return found
        }
    }

    func unlinked(after id: Int64, limit: Int) async throws(OAuthError) -> [AuditLine] {
        try await database.transact { transaction throws(DatabaseError) in
            try Self.lines(
                try await transaction.query(
                    """
                    SELECT \(AuditLine.columns) FROM audit_logs a
                    WHERE a.id > \(id) AND a.time < now() - interval '1 minute'
                      AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.line_id = a.id)
                    ORDER BY a.id LIMIT \(limit)
                    """))
        }
    }

    private static func lines(_ rows: Rows) throws(DatabaseError) -> [AuditLine] {
        var lines: [AuditLine] = []
        for row in rows {
            var columns = ColumnReader(row)
            lines.append(try AuditLine(columns: &columns))
        }
        return lines
    }

    private static func link(_ row: Row) throws(DatabaseError) -> AuditLink {
        AuditLink(position: try row.value(0), lineID: try row.value(1), hash: try row.value(2))
    }
}
