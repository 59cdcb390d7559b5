import HTTP
import Provider

/// `/api/v1/oauth2/scopes` and what is below it.
struct ScopeManagement: Sendable {
    let provider: OpenIDProvider

    func create(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.createScope(exchange.body(), by: administrator), status: .created)
    }

    func list(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.allScopes(ListQuery(exchange).page, for: administrator))
    }

    func get(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.scope(exchange.id(), for: administrator))
    }

    func put(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.replaceScope(exchange.id(), exchange.body(), by: administrator))
    }

    /// `?force=true` also takes it from everybody who has it.
    func delete(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        let force = try ActQuery(exchange, parameters: ["force"]).flag("force")
        try await provider.deleteScope(exchange.id(), force: force, by: administrator)
        return Response(status: .noContent)
    }
}
