import HTTP
import Provider

/// `/api/v1/audit-logs`: who decided what.
struct AuditManagement: Sendable {
    let provider: OpenIDProvider

    func list(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        let query = try ListQuery(exchange, filters: ["actor", "action", "subject", "from", "to"])
        var filter = AuditFilter()
        filter.actor = query["actor"]
        filter.action = query["action"]
        filter.subject = query["subject"]
        filter.from = try Self.time("from", query)
        filter.to = try Self.time("to", query)
        return .json(try await provider.auditLog(filter, query.page, for: administrator))
    }

    private static func time(_ name: String, _ query: ListQuery) throws(OAuthError) -> Instant? {
        guard let text = query[name] else { return nil }
        guard let time = Instant(rfc3339: text) else { throw .malformed(name, "must be a time as RFC 3339 has it") }
        return time
    }
}
