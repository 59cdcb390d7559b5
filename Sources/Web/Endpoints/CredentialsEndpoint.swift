import HTTP
import Provider

/// `/applications/credentials`: from the mailed link to the credentials. Opening the link uses nothing up, only the form
/// behind it does; the link's own secret is more than a token against forged forms.
struct CredentialsEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering

    func show(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let token = Parameters(try RequestBody.query(of: exchange.request))["token"] ?? ""
        guard let client = try await provider.clientToCollect(token, at: exchange.trail.now) else {
            return page(.linkOver, exchange)
        }
        return page(.ask(client, token: token), exchange)
    }

    func submit(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let form = try PageForm(exchange, sessions: steps.sessions)
        guard let found = try await provider.collectCredentials(form["token"] ?? "", trail: exchange.trail) else {
            return page(.linkOver, exchange)
        }
        return page(.credentials(found), exchange)
    }

    private func page(_ stage: CredentialsPage.Stage, _ exchange: Exchange) -> Response {
        CredentialsPage(language: exchange.language(), stage: stage).page(on: steps.site).response(on: steps.site)
    }
}
