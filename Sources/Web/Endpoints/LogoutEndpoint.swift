import HTTP
import Provider

/// `/api/v1/oauth2/logout` (OpenID Connect RP-Initiated Logout 1.0). Errors are pages: nothing that is wrong with a request
/// leads anywhere (GHSA-36f2-fcrx-fp4j).
struct LogoutEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering

    /// What the form of the question carries, and the address that a POST leads to.
    private static let sealedName = "logout_request"

    /// The request in the query.
    func get(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let parameters = Parameters(try RequestBody.query(of: exchange.request))
        exchange.claimedClient = parameters["client_id"]
        let request: LogoutRequest
        if let sealed = parameters[Self.sealedName] {
            request = try await provider.logoutRequest(sealed: sealed, at: exchange.trail.now)
        } else {
            request = try await provider.logoutRequest(parameters, at: exchange.trail.now)
        }
        let browser = steps.sessions.browser(exchange.request, handle: nil)
        return try await goOn(request, browser, exchange)
    }

    /// The form of the question, or the request in a form, perhaps sent from another site, so that the session's cookie
    /// did not come along: the browser is sent to where it does.
    func post(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let form = try PageForm(exchange, sessions: steps.sessions)
        if let sealed = form[Self.sealedName] {
            let request = try await provider.logoutRequest(sealed: sealed, at: exchange.trail.now)
            return try await answer(form, to: request, exchange)
        }
        let parameters = Parameters(form.fields)
        exchange.claimedClient = parameters["client_id"]
        let request = try await provider.logoutRequest(parameters, at: exchange.trail.now)
        return steps.redirect(
            to: Link("/api/v1/oauth2/logout", on: steps.site, query: [(Self.sealedName, try provider.seal(request))]))
    }

    private func goOn(
        _ request: LogoutRequest, _ browser: Browser, _ exchange: Exchange
    ) async throws(OAuthError) -> Response {
        exchange.claimedClient = request.client?.id.text ?? exchange.claimedClient
        switch try await provider.logOut(request, browser: browser, trail: exchange.trail) {
        case .ask(let user): return try ask(request, user, browser, exchange)
        case .done(let loggedOut): return steps.response(loggedOut, language: exchange.language(request.uiLocales))
        }
    }

    /// What the user said. It counts for the user who was asked, not for whoever is logged in by now in another tab.
    private func answer(
        _ form: PageForm, to request: LogoutRequest, _ exchange: Exchange
    ) async throws(OAuthError) -> Response {
        guard let login = try await provider.signedIn(form.browser, at: exchange.trail.now) else {
            return try await goOn(request, form.browser, exchange)
        }
        guard form.isGenuine(exchange, provider, subject: login.user.id) else {
            exchange.error = OAuthError(.invalidRequest, "The form was not made for this user.", parameter: "csrf")
            return try ask(request, login.user, form.browser, exchange, isRepeated: true)
        }
        exchange.claimedClient = request.client?.id.text
        guard form["decision"] == "logout" else { return steps.redirect(to: Link("/account", on: steps.site)) }
        let loggedOut = try await provider.logOut(request, saidBy: login, trail: exchange.trail)
        return steps.response(loggedOut, language: exchange.language(request.uiLocales))
    }

    private func ask(
        _ request: LogoutRequest, _ user: User, _ browser: Browser, _ exchange: Exchange, isRepeated: Bool = false
    ) throws(OAuthError) -> Response {
        let binding = browser.binding ?? provider.newBinding()
        let page = LogoutPage(
            language: exchange.language(request.uiLocales), user: user, clientName: request.client?.name,
            redirect: request.redirect, sealed: try provider.seal(request),
            csrf: PageForm.csrf(provider, binding: binding, subject: user.id), isRepeated: isRepeated)
        var response = page.page(on: steps.site).response(on: steps.site)
        if browser.binding == nil { steps.sessions.set(binding: binding, handle: nil, maxAge: nil, on: &response) }
        return response
    }
}

extension StepRendering {
    /// What a browser gets in which nobody is logged in any more: on to where it is sent, once it has told whom it is to
    /// tell; else a page that says so.
    ///
    /// - Parameter place: where to go instead of such a page.
    func response(_ loggedOut: LoggedOut, language: Language, otherwise place: Link? = nil) -> Response {
        var response: Response
        let onward = loggedOut.redirect.map(Link.init(after:))
        if loggedOut.told.isEmpty, let next = loggedOut.isSentOn ? onward ?? place : nil {
            response = redirect(to: next)
        } else {
            response = SignedOutPage(language: language, loggedOut: loggedOut).page(on: site).response(on: site)
        }
        sessions.clearSession(on: &response)
        return response
    }
}
