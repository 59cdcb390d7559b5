import HTTP
import Provider

/// `/api/v1/oauth2/events` and the webhooks that are told of them.
struct EventManagement: Sendable {
    let provider: OpenIDProvider

    /// Events after a cursor, oldest first: `?after=` as well as `?cursor=`, and `?type=`.
    func list(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        let query = try ListQuery(exchange, filters: ["after", "type"])
        guard query["after"] == nil || query.page.cursor == nil else {
            throw .malformed("after", "and the parameter 'cursor' mean the same; send one of them")
        }
        return .json(
            try await provider.events(
                after: query["after"] ?? query.page.cursor, types: query["type"].map { [$0] } ?? [],
                limit: query.page.limit, for: administrator))
    }

    func createWebhook(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.createWebhook(exchange.body(), by: administrator), status: .created)
    }

    func webhooks(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        let query = try ListQuery(exchange, filters: ["type"])
        return .json(try await provider.webhooks(type: query["type"], query.page, for: administrator))
    }

    func deleteWebhook(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        try await provider.deleteWebhook(exchange.id(), by: administrator)
        return Response(status: .noContent)
    }

    func deliveries(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        let query = try ListQuery(exchange)
        return .json(try await provider.deliveries(of: exchange.id(), query.page, for: administrator))
    }

    func replay(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.replay(exchange.id(), exchange.body(), by: administrator), status: .accepted)
    }
}
