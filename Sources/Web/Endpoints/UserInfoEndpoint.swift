import HTTP
import Provider

/// `/api/v1/oauth2/userinfo` (OpenID Connect Core §5.3).
struct UserInfoEndpoint: Sendable {
    let provider: OpenIDProvider

    func get(_ exchange: Exchange) async throws(OAuthError) -> Response {
        return try await answer(exchange.bearerToken(), exchange)
    }

    /// The token in the header or in the form (RFC 6750 §2.2), never in both.
    func post(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let inHeader = try exchange.bearerToken()
        let form = Parameters(try RequestBody.fields(of: exchange.request))
        // Also where they come twice: the challenge then says what is wrong with them (RFC 6750 §3.1).
        if form["access_token"] != nil { exchange.hasCredentials = true }
        try form.refuseRepeats()
        guard let inForm = form["access_token"] else { return try await answer(inHeader, exchange) }
        guard inHeader == nil else { throw .malformed("access_token", "comes by header and by form at once") }
        return try await answer(inForm, exchange)
    }

    private func answer(_ token: String?, _ exchange: Exchange) async throws(OAuthError) -> Response {
        guard let token else { throw OAuthError(.invalidToken, "The request has no access token.") }
        return .json(try await provider.userInfo(bearer: token, trail: exchange.trail))
    }
}
