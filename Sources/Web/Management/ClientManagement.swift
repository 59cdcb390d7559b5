import HTTP
import Provider

/// `/api/v1/oauth2/clients` and what is below it.
struct ClientManagement: Sendable {
    let provider: OpenIDProvider

    func create(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.createClient(exchange.body(), by: administrator), status: .created)
    }

    func list(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        let query = try ListQuery(exchange, filters: ["clientId", "type", "scope", "grantType"])
        return .json(
            try await provider.clients(
                id: query["clientId"], type: query["type"], scope: query["scope"], grantType: query["grantType"],
                query.page, for: administrator))
    }

    func get(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.client(ClientID(exchange.id()), for: administrator))
    }

    /// Changes the named members and leaves the rest (RFC 7396).
    func patch(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        let id = ClientID(try exchange.id())
        return .json(try await provider.changeClient(id, exchange.body(), replacing: false, by: administrator))
    }

    func put(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        let id = ClientID(try exchange.id())
        return .json(try await provider.changeClient(id, exchange.body(), replacing: true, by: administrator))
    }

    func delete(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        try await provider.deleteClient(ClientID(exchange.id()), by: administrator)
        return Response(status: .noContent)
    }

    func rotateSecret(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.rotateSecret(of: ClientID(exchange.id()), exchange.body(), by: administrator))
    }

    func secrets(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        let query = try ListQuery(exchange)
        return .json(try await provider.secrets(of: ClientID(exchange.id()), query.page, for: administrator))
    }

    func removeSecret(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        try await provider.removeSecret(SecretID(exchange.id(1)), of: ClientID(exchange.id()), by: administrator)
        return Response(status: .noContent)
    }
}
