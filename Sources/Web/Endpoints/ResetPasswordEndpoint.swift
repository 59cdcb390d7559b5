import HTTP
import Provider

/// `/reset-password`: with a link's secret or without. Opening a link uses nothing up; only the form behind it does.
struct ResetPasswordEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering

    func show(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let query = Parameters(try RequestBody.query(of: exchange.request))
        if let token = query["token"] { return try await chooser(token, nil, exchange) }
        if query["done"] != nil { return response(.done, exchange) }
        if query["sent"] != nil { return response(.sent, exchange) }
        return asker("", nil, exchange)
    }

    func submit(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let form = try PageForm(exchange, sessions: steps.sessions)
        if let token = form["token"] { return try await reset(token, form["password"] ?? "", exchange) }
        let username = form["username"] ?? ""
        guard form.isGenuine(exchange, provider) else {
            exchange.error = OAuthError(.invalidRequest, "The form was not made for this browser.", parameter: "csrf")
            return asker(username, .staleForm, exchange)
        }
        guard !username.allSatisfy(\.isWhitespace) else { return asker("", .empty, exchange) }
        do {
            try await provider.requestPasswordReset(
                of: username, language: exchange.mailLanguage, trail: exchange.trail)
        } catch  where error.code == .temporarilyUnavailable {
            exchange.error = error
            return asker(username, .unavailable(seconds: error.retryAfter ?? 2), exchange)
        }
        return steps.redirect(to: Link("/reset-password", on: steps.site, query: [("sent", "1")]))
    }

    private func reset(_ token: String, _ password: String, _ exchange: Exchange) async throws(OAuthError) -> Response {
        let device: KnownDevice
        do {
            device = try await provider.resetPassword(
                by: token, to: password, language: exchange.mailLanguage, trail: exchange.trail)
        } catch {
            switch error {
            case .linkOver: return response(.linkOver, exchange)
            case .password(let problem): return try await chooser(token, .password(problem), exchange)
            case .failed(let error) where error.code == .temporarilyUnavailable:
                exchange.error = error
                return try await chooser(token, .unavailable(seconds: error.retryAfter ?? 2), exchange)
            case .failed(let error): throw error
            }
        }
        var response = steps.redirect(to: Link("/reset-password", on: steps.site, query: [("done", "1")]))
        steps.sessions.set(device, on: &response, of: exchange)
        return response
    }

    private func chooser(
        _ token: String, _ problem: ResetPasswordPage.ChooseProblem?, _ exchange: Exchange
    ) async throws(OAuthError) -> Response {
        guard let user = try await provider.userToReset(token, at: exchange.trail.now) else {
            return response(.linkOver, exchange)
        }
        return response(
            .choose(token: token, user: user, policy: provider.settings.passwords, problem: problem), exchange)
    }

    private func asker(
        _ username: String, _ problem: ResetPasswordPage.AskProblem?, _ exchange: Exchange
    ) -> Response {
        let browser = steps.sessions.browser(exchange.request, handle: nil)
        let binding = browser.binding ?? provider.newBinding()
        let csrf = PageForm.csrf(provider, binding: binding)
        var response = response(.ask(csrf: csrf, username: username, problem: problem), exchange)
        if browser.binding == nil { steps.sessions.set(binding: binding, handle: nil, maxAge: nil, on: &response) }
        return response
    }

    private func response(_ stage: ResetPasswordPage.Stage, _ exchange: Exchange) -> Response {
        ResetPasswordPage(language: exchange.language(), stage: stage).page(on: steps.site).response(on: steps.site)
    }
}
