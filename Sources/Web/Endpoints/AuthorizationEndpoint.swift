import HTTP
import Provider

/// `/api/v1/oauth2/authorize` (RFC 6749 §3.1, OpenID Connect Core §3.1.2).
struct AuthorizationEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering

    /// The request in the query.
    func get(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let parameters = Parameters(try RequestBody.query(of: exchange.request))
        exchange.claimedClient = parameters["client_id"]
        let browser = steps.sessions.browser(exchange.request, handle: nil)
        // Each request gets a binding of its own; see BrowserSession.
        let unbound = Browser(session: browser.session, binding: nil, userAgent: browser.userAgent)
        let step = await provider.authorize(parameters, browser: unbound, trail: exchange.trail)
        return steps.response(step, exchange)
    }

    /// The request in a form, perhaps sent from another site, so that the session's cookie did not come along: it waits
    /// while the browser is sent to where the cookie does.
    func post(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let parameters = Parameters(try RequestBody.fields(of: exchange.request))
        exchange.claimedClient = parameters["client_id"]
        switch await provider.park(parameters, trail: exchange.trail) {
        case .success(let handle):
            return steps.redirect(to: Link("/login", on: steps.site, query: [("request", handle.text)]))
        case .failure(.showPage(let error, let client)):
            return steps.response(.showPage(error, client: client), exchange)
        case .failure(.sendBack(let error, let path)):
            return steps.response(.respond(path.response(error, issuer: steps.site.issuer)), exchange)
        }
    }
}
