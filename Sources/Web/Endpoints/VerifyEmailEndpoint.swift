import HTTP
import Provider

/// `/verify-email`: with a link's secret or without. Opening a link confirms nothing; only the button behind it does.
struct VerifyEmailEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering

    func show(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let query = Parameters(try RequestBody.query(of: exchange.request))
        if let token = query["token"] {
            guard let user = try await provider.userToVerify(token, at: exchange.trail.now) else {
                return response(.linkOver, exchange)
            }
            return response(.confirm(token: token, user: user), exchange)
        }
        if query["done"] != nil { return response(.done, exchange) }
        if query["sent"] != nil { return response(.sent, exchange) }
        return asker(exchange)
    }

    func submit(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let form = try PageForm(exchange, sessions: steps.sessions)
        if let token = form["token"] {
            guard try await provider.confirmEmail(by: token, trail: exchange.trail) else {
                return response(.linkOver, exchange)
            }
            return next("done")
        }
        guard form.isGenuine(exchange, provider) else {
            exchange.error = OAuthError(.invalidRequest, "The form was not made for this browser.", parameter: "csrf")
            return asker(exchange, isRepeated: true)
        }
        let email = (form["email"] ?? "").filter { !$0.isWhitespace }
        guard !email.isEmpty else { return asker(exchange) }
        try await provider.requestEmailVerification(of: email, language: exchange.mailLanguage, trail: exchange.trail)
        return next("sent")
    }

    private func next(_ stage: String) -> Response {
        steps.redirect(to: Link("/verify-email", on: steps.site, query: [(stage, "1")]))
    }

    private func asker(_ exchange: Exchange, isRepeated: Bool = false) -> Response {
        let browser = steps.sessions.browser(exchange.request, handle: nil)
        let binding = browser.binding ?? provider.newBinding()
        let csrf = PageForm.csrf(provider, binding: binding)
        var response = response(.ask(csrf: csrf, isRepeated: isRepeated), exchange)
        if browser.binding == nil { steps.sessions.set(binding: binding, handle: nil, maxAge: nil, on: &response) }
        return response
    }

    private func response(_ stage: VerifyEmailPage.Stage, _ exchange: Exchange) -> Response {
        VerifyEmailPage(language: exchange.language(), stage: stage).page(on: steps.site).response(on: steps.site)
    }
}
