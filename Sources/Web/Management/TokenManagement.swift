import HTTP
import Provider

/// `/api/v1/oauth2/tokens` and what is below it.
struct TokenManagement: Sendable {
    let provider: OpenIDProvider

    func list(_ exchange: Exchange, _ caller: Caller) async throws(OAuthError) -> Response {
        let query = try ListQuery(
            exchange, filters: ["clientId", "userId", "grantId", "scope", "issuedAfter", "issuedBefore"])
        var asked = OpenIDProvider.TokenQuery()
        asked.clientID = query["clientId"]
        asked.userID = query["userId"]
        asked.grantID = query["grantId"]
        asked.scope = query["scope"]
        asked.issuedAfter = query["issuedAfter"]
        asked.issuedBefore = query["issuedBefore"]
        return .json(try await provider.tokens(asked, query.page, for: caller))
    }

    func revoke(_ exchange: Exchange, _ caller: Caller) async throws(OAuthError) -> Response {
        .json(try await provider.revokeToken(exchange.body(), by: caller))
    }

    func bulkRevoke(_ exchange: Exchange, _ caller: Caller) async throws(OAuthError) -> Response {
        .json(try await provider.revokeTokens(exchange.body(), by: caller))
    }
}
