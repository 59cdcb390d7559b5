import HTTP
import JOSE
import Provider

/// `/api/v1/oauth2/rate-limits`: whose buckets are not full, as this server sees them.
struct RateLimitManagement: Sendable {
    let provider: OpenIDProvider

    func list(_ exchange: Exchange, _: Administrator) async throws(OAuthError) -> Response {
        let query = try ListQuery(exchange, filters: ["route", "type", "clientId", "userId", "address"])
        let last = try query.page.cursor.map { text throws(OAuthError) in try Self.id(in: text) }
        let states = provider.limits.states(at: exchange.trail.now).map { (id: Self.id(of: $0), state: $0) }
        let wanted = states.filter { id, state in
            guard last.map({ id > $0 }) ?? true else { return false }
            return [
                ("route", state.limit.route.rawValue), ("type", state.limit.subject.rawValue),
                ("clientId", state.limit.subject == .client ? state.subject : ""),
                ("userId", state.limit.subject == .user ? state.subject : ""),
                ("address", state.limit.subject == .address ? state.subject : ""),
            ].allSatisfy { filter, value in query[filter].map { $0 == value } ?? true }
        }.sorted { $0.id < $1.id }
        let page = wanted.prefix(query.page.limit)
        let next: JSON =
            wanted.count > page.count ? page.last.map { .string(Self.cursor(behind: $0.id)) } ?? .null : .null
        return .json(["items": .array(page.map { Self.json($0.id, $0.state) }), "nextCursor": next])
    }

    private static func id(of state: RateLimitState) -> String {
        "\(state.limit.route.rawValue):\(state.limit.subject.rawValue):\(state.subject)"
    }

    /// The id in base64url. Opaque to callers.
    private static func cursor(behind id: String) -> String { Base64URL.encode(Array(id.utf8)) }

    /// - Throws: `invalid_request` naming `cursor` for text that no list gave.
    private static func id(in cursor: String) throws(OAuthError) -> String {
        guard let bytes = Base64URL.decode(cursor), let id = String(validating: bytes, as: UTF8.self),
            RateLimit.Route.allCases.contains(where: { id.hasPrefix($0.rawValue + ":") })
        else { throw .malformed("cursor", "is not one that a list gave") }
        return id
    }

    private static func json(_ id: String, _ state: RateLimitState) -> JSON {
        [
            "id": .string(id), "route": .string(state.limit.route.rawValue),
            "type": .string(state.limit.subject.rawValue), "subject": .string(state.subject),
            "rate": .integer(Int64(state.limit.rate)), "burst": .integer(Int64(state.limit.burst)),
            "remaining": .integer(Int64(state.remaining)), "retryAfterSeconds": .integer(Int64(state.wait)),
        ]
    }
}
