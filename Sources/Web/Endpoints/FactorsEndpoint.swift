import HTTP
import Provider

/// The part of `/account` about how to log in: the authenticator and its recovery codes. It opens only to a login of the
/// last minutes that took what a login takes today.
struct FactorsEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering
    private var sessions: BrowserSession { steps.sessions }

    /// Shows what the user has.
    func show(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let browser = sessions.browser(exchange.request, handle: nil)
        guard let user = try await entitled(browser, exchange)?.user else { return logInFirst }
        return try await overviewPage(user, exchange, browser)
    }

    /// Takes one of the page's forms.
    func submit(_ form: PageForm, _ exchange: Exchange) async throws(OAuthError) -> Response {
        guard let login = try await entitled(form.browser, exchange) else { return logInFirst }
        let user = login.user
        // What a form does it does for the user who saw it, not for whoever is signed in by now in another tab.
        guard form.isGenuine(exchange, provider, subject: user.id) else {
            exchange.error = OAuthError(.invalidRequest, "The form was not made for this user.", parameter: "csrf")
            return overview
        }
        let trail = exchange.trail
        switch form["action"] {
        case "propose_authenticator":
            guard let totp = try await provider.proposeAuthenticator(to: user, trail: trail) else { return overview }
            return page(.confirm(totp, isWrong: false), user, exchange, form.browser)
        case "confirm_authenticator":
            if let confirmed = try await provider.confirmAuthenticator(
                of: login, in: form.browser, code: form["code"] ?? "", trail: trail)
            {
                var response = page(.recoveryCodes(confirmed.recoveryCodes), user, exchange, form.browser)
                sessions.set(confirmed.login, on: &response, of: exchange)
                return response
            }
            guard let totp = try await provider.proposedAuthenticator(of: user) else { return overview }
            exchange.error = OAuthError(.accessDenied, "Wrong code of a new authenticator.", parameter: "code")
            return page(.confirm(totp, isWrong: true), user, exchange, form.browser)
        case "remove_authenticator":
            _ = try await provider.removeAuthenticator(of: user, trail: trail)
            return overview
        case "renew_recovery_codes":
            guard let codes = try await provider.renewRecoveryCodes(of: user, trail: trail) else { return overview }
            return page(.recoveryCodes(codes), user, exchange, form.browser)
        case "add_passkey":
            let isAdded = try await provider.addPasskey(
                form["credential"] ?? "", named: form["name"] ?? "", to: user, challenge: form["challenge"] ?? "",
                browser: form.browser, trail: trail)
            if isAdded { return overview }
            exchange.error = OAuthError(.invalidRequest, "The passkey is not acceptable.", parameter: "credential")
            return try await overviewPage(user, exchange, form.browser, hasRefusedPasskey: true)
        case "remove_passkey":
            _ = try await provider.removePasskey(form["passkey"] ?? "", of: user, trail: trail)
            return overview
        default:
            return overview
        }
    }

    private func overviewPage(
        _ user: User, _ exchange: Exchange, _ browser: Browser, hasRefusedPasskey: Bool = false
    ) async throws(OAuthError) -> Response {
        var browser = browser
        let newBinding = steps.bind(&browser, by: provider)
        let passkeys = try await provider.passkeys(of: user)
        let question = provider.newPasskeyQuestion(
            for: user, having: passkeys, browser: browser.binding ?? "", at: exchange.trail.now)
        let state = FactorsPage.State.overview(
            try await provider.factors(of: user), passkeys, question, hasRefusedPasskey: hasRefusedPasskey)
        var response = page(state, user, exchange, browser)
        if let newBinding { sessions.set(binding: newBinding, handle: nil, maxAge: nil, on: &response) }
        return response
    }

    private func entitled(
        _ browser: Browser, _ exchange: Exchange
    ) async throws(OAuthError) -> (session: Session, user: User)? {
        guard let login = try await provider.signedIn(browser, at: exchange.trail.now),
            provider.mayChangeFactors(login, at: exchange.trail.now)
        else { return nil }
        return login
    }

    private var logInFirst: Response { steps.redirect(to: LoginGoal.factors.login(on: steps.site)) }
    private var overview: Response { steps.redirect(to: LoginGoal.factors.link(on: steps.site)) }

    private func page(
        _ state: FactorsPage.State, _ user: User, _ exchange: Exchange, _ browser: Browser
    ) -> Response {
        let binding = browser.binding ?? provider.newBinding()
        let page = FactorsPage(
            language: exchange.language(), user: user, state: state,
            csrf: PageForm.csrf(provider, binding: binding, subject: user.id))
        var response = page.page(on: steps.site).response(on: steps.site)
        if browser.binding == nil { sessions.set(binding: binding, handle: nil, maxAge: nil, on: &response) }
        return response
    }
}
