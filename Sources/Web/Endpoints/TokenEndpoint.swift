import HTTP
import JOSE
import Provider

/// `/api/v1/oauth2/token` (RFC 6749 §3.2).
struct TokenEndpoint: Sendable {
    let provider: OpenIDProvider

    func post(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let credentials = try exchange.presentedCredentials()
        exchange.grantType = credentials.parameters["grant_type"].flatMap(GrantType.init)?.rawValue
        let tokens = try await provider.token(credentials, trail: exchange.trail)
        var response = Response(status: .ok, body: Self.json(tokens))
        response.headers.set("Content-Type", "application/json")
        response.headers.set("Cache-Control", "no-store")
        response.headers.set("Pragma", "no-cache")
        return response
    }

    /// RFC 6749 §5.1, OpenID Connect Core §3.1.3.3.
    private static func json(_ tokens: TokenResponse) -> [UInt8] {
        var writer = JSONWriter(capacity: 4096)
        writer.object { writer in
            writer.member("access_token", tokens.accessToken)
            writer.member("token_type", "Bearer")
            writer.member("expires_in", Int64(tokens.expiresIn))
            writer.member("scope", tokens.scopes.text)
            writer.member("refresh_token", ifPresent: tokens.refreshToken)
            writer.member("id_token", ifPresent: tokens.idToken)
        }
        return writer.bytes
    }
}
