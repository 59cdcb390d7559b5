import HTTP
import Provider

/// `/device`: where a user types what a device shows, and decides about it (RFC 8628 §3.3). A code is looked at only for
/// somebody who is signed in.
struct DeviceEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering
    private var sessions: BrowserSession { steps.sessions }

    /// Shows the field for the code, or asks about the device that has it.
    func show(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let browser = sessions.browser(exchange.request, handle: nil)
        guard let typed = Parameters(try RequestBody.query(of: exchange.request))["user_code"] else {
            return page(.typeCode(problem: nil), exchange, browser)
        }
        guard let code = UserCode(typed: typed) else { return page(.typeCode(problem: .noSuchCode), exchange, browser) }
        guard let login = try await provider.signedIn(browser, at: exchange.trail.now) else {
            return steps.redirect(to: LoginGoal.device(code).login(on: steps.site))
        }
        return answer(try await provider.device(code, for: login, trail: exchange.trail), exchange, browser)
    }

    /// Takes the decision.
    func submit(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let form = try PageForm(exchange, sessions: sessions)
        guard let code = form.userCode else {
            return page(.typeCode(problem: .noSuchCode), exchange, form.browser)
        }
        // The decision counts for the user who was asked, not for whoever is signed in by now in another tab.
        let login = try await provider.signedIn(form.browser, at: exchange.trail.now)
        guard let login, form.isGenuine(exchange, provider, subject: login.user.id),
            let decision = form["decision"], decision == "allow" || decision == "deny"
        else {
            exchange.error = OAuthError(.invalidRequest, "The form was not made for this user.", parameter: "csrf")
            return steps.redirect(to: LoginGoal.device(code).link(on: steps.site))
        }
        let step = try await provider.decideDevice(
            code, allowed: decision == "allow" ? ScopeList(form.all("scope")) : nil, wording: form["wording"],
            by: login, trail: exchange.trail)
        return answer(step, exchange, form.browser)
    }

    private func answer(_ step: DeviceStep, _ exchange: Exchange, _ browser: Browser) -> Response {
        switch step {
        case .ask(let prompt):
            exchange.claimedClient = prompt.client.id.text
            return page(.ask(prompt), exchange, browser)
        case .noSuchCode:
            exchange.error = OAuthError(.notFound, "No device waits with this code.", parameter: "user_code")
            return page(.typeCode(problem: .noSuchCode), exchange, browser)
        case .throttled(let seconds):
            exchange.error = OAuthError(.tooManyRequests, "Too many wrong codes.", retryAfter: seconds)
            return page(.typeCode(problem: .throttled(seconds: seconds)), exchange, browser)
        case .refused(let error, let client):
            exchange.error = error
            exchange.claimedClient = client.id.text
            return steps.errors.page(
                error, language: exchange.language(), clientName: client.name, requestID: exchange.request.id)
        case .decided(let allowed, let client):
            exchange.claimedClient = client.id.text
            return page(.decided(allowed: allowed, client), exchange, browser)
        }
    }

    private func page(_ state: DevicePage.State, _ exchange: Exchange, _ browser: Browser) -> Response {
        let binding = browser.binding ?? provider.newBinding()
        var asked: UserID?
        if case .ask(let prompt) = state { asked = prompt.user.id }
        let page = DevicePage(
            language: exchange.language(), state: state,
            csrf: PageForm.csrf(provider, binding: binding, subject: asked))
        var response = page.page(on: steps.site).response(on: steps.site)
        if browser.binding == nil { sessions.set(binding: binding, handle: nil, maxAge: nil, on: &response) }
        return response
    }
}
