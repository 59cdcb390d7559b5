import HTTP
import JOSE
import Provider

/// `/api/v1/oauth2/rate-limits`: whose buckets are not full, as this server sees them.
struct RateLimitManagement: Sendable {
    let provider: OpenIDProvider

    func list(_ exchange: Exchange, _: Administrator) async throws(OAuthError) -> Response {
        let query = try ListQuery(exchange, filters: ["route", "type", "clientId", "userId", "address"])
        let last = try query.page.cursor.map { text throws(OAuthError) in try Self.id(in: text) }
        // There may be very many buckets, and a page has few: only those that may be on it are ever sorted.
        var wanted = FirstInOrder<(id: String, state: RateLimitState)>(query.page.limit + 1) { $0.id < $1.id }
        for state in provider.limits.states(at: exchange.trail.now) where Self.isWanted(state, by: query) {
            let id = Self.id(of: state)
            if last.map({ id > $0 }) ?? true { wanted.consider((id, state)) }
        }
        let found = wanted.elements
        let page = found.prefix(query.page.limit)
        let next: JSON =
            found.count > page.count ? page.last.map { .string(Self.cursor(behind: $0.id)) } ?? .null : .null
        return .json(["items": .array(page.map { Self.json($0.id, $0.state) }), "nextCursor": next])
    }

    private static func isWanted(_ state: RateLimitState, by query: ListQuery) -> Bool {
        func fits(_ filter: String, _ value: String?) -> Bool { query[filter].map { $0 == value } ?? true }
        let (kind, subject) = (state.limit.subject, state.subject)
        return fits("route", state.limit.route.rawValue) && fits("type", kind.rawValue)
            && fits("clientId", kind == .client ? subject : nil) && fits("userId", kind == .user ? subject : nil)
            && fits("address", kind == .address ? subject : nil)
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
