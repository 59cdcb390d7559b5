import HTTP
import Provider

/// `/api/v1/oauth2/introspect` (RFC 7662).
struct IntrospectionEndpoint: Sendable {
    let provider: OpenIDProvider

    func post(_ exchange: Exchange) async throws(OAuthError) -> Response {
        .json(try await provider.introspect(exchange.presentedCredentials(), trail: exchange.trail))
    }
}
