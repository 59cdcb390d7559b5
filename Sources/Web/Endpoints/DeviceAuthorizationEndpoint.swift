import HTTP
import Provider

/// `/api/v1/oauth2/device-authorization` (RFC 8628 §3.1).
struct DeviceAuthorizationEndpoint: Sendable {
    let provider: OpenIDProvider

    func post(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let credentials = try exchange.presentedCredentials()
        let answer = try await provider.authorizeDevice(credentials, trail: exchange.trail)
        var response = Response(status: .ok, body: answer.json(page: exchange.site.issuer + "/device"))
        response.headers.set("Content-Type", "application/json")
        response.headers.set("Cache-Control", "no-store")
        response.headers.set("Pragma", "no-cache")
        return response
    }
}
