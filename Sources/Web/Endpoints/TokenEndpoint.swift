import HTTP
import Provider

/// `/api/v1/oauth2/token` (RFC 6749 §3.2).
struct TokenEndpoint: Sendable {
    let provider: OpenIDProvider

    func post(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let credentials = try exchange.presentedCredentials()
        exchange.grantType = credentials.parameters["grant_type"].flatMap(GrantType.init)?.rawValue
        let tokens = try await provider.token(credentials, trail: exchange.trail)
        var response = Response(status: .ok, body: tokens.json)
        response.headers.set("Content-Type", "application/json")
        response.headers.set("Cache-Control", "no-store")
        response.headers.set("Pragma", "no-cache")
        return response
    }
}
