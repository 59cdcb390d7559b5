import HTTP
import Provider

/// `/account`: the user's own page.
struct AccountEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering
    private var factors: FactorsEndpoint { FactorsEndpoint(provider: provider, steps: steps) }
    private var access: AccessEndpoint { AccessEndpoint(provider: provider, steps: steps) }

    /// Shows the page, or the way to it.
    func show(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let section = Parameters(try RequestBody.query(of: exchange.request))["section"]
        if section == "factors" { return try await factors.show(exchange) }
        if let section = section.flatMap(AccessEndpoint.Section.init) {
            return try await access.show(section, exchange)
        }
        let browser = steps.sessions.browser(exchange.request, handle: nil)
        guard let (session, user) = try await provider.signedIn(browser, at: exchange.trail.now) else {
            return steps.redirect(to: Link("/login", on: steps.site))
        }
        let binding = browser.binding ?? provider.newBinding()
        let page = AccountPage(
            language: exchange.language(), user: user, session: session,
            csrf: PageForm.csrf(provider, binding: binding))
        var response = page.page(on: steps.site).response(on: steps.site)
        if browser.binding == nil { steps.sessions.set(binding: binding, handle: nil, maxAge: nil, on: &response) }
        return response
    }

    /// Signs out, or takes a form of a section.
    func submit(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let form = try PageForm(exchange, sessions: steps.sessions)
        if form["section"] == "factors" { return try await factors.submit(form, exchange) }
        if let section = form["section"].flatMap(AccessEndpoint.Section.init) {
            return try await access.submit(section, form, exchange)
        }
        guard form.isGenuine(exchange, provider), form["action"] == "logout" else {
            exchange.error = OAuthError(.invalidRequest, "The form was not made for this browser.", parameter: "csrf")
            return steps.redirect(to: Link("/account", on: steps.site))
        }
        try await provider.signOut(form.browser, trail: exchange.trail)
        var response = steps.redirect(to: Link("/", on: steps.site))
        steps.sessions.clearSession(on: &response)
        return response
    }
}
