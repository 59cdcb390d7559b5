import HTTP
import Provider

/// `/api/v1/oauth2/revoke` (RFC 7009).
struct RevocationEndpoint: Sendable {
    let provider: OpenIDProvider

    /// 200 without content for every token that does not work any more, whether it ever did (§2.2).
    func post(_ exchange: Exchange) async throws(OAuthError) -> Response {
        try await provider.revoke(exchange.presentedCredentials(), trail: exchange.trail)
        return Response(status: .ok, headers: ["Cache-Control": "no-store", "Pragma": "no-cache"])
    }
}
