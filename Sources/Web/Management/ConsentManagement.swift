import HTTP
import Provider

/// `/api/v1/oauth2/consents` and what is below it.
struct ConsentManagement: Sendable {
    let provider: OpenIDProvider

    func create(_ exchange: Exchange, _ caller: Caller) async throws(OAuthError) -> Response {
        .json(try await provider.createConsent(exchange.body(), by: caller), status: .created)
    }

    /// `?includeRevoked=true` also shows those that ended.
    func list(_ exchange: Exchange, _ caller: Caller) async throws(OAuthError) -> Response {
        let query = try ListQuery(exchange, filters: ["clientId", "userId", "scope", "includeRevoked"])
        return .json(
            try await provider.consents(
                clientID: query["clientId"], userID: query["userId"], scope: query["scope"],
                includesRevoked: query.flag("includeRevoked"), query.page, for: caller))
    }

    func get(_ exchange: Exchange, _ caller: Caller) async throws(OAuthError) -> Response {
        .json(try await provider.consent(exchange.id(), for: caller))
    }

    func delete(_ exchange: Exchange, _ caller: Caller) async throws(OAuthError) -> Response {
        try await provider.revokeConsent(exchange.id(), by: caller)
        return Response(status: .noContent)
    }
}
