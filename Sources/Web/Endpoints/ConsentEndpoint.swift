import HTTP
import Provider

/// `/consent`: only ever with a waiting authorization request.
struct ConsentEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering

    /// Shows the page, or goes on at once where no consent is due.
    func show(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let handle = try Parameters(try RequestBody.query(of: exchange.request)).required("request")
        var browser = steps.sessions.browser(exchange.request, handle: handle)
        let binding = steps.bind(&browser, by: provider)
        // The way here leads over the choice of an account, which would be asked for without end otherwise.
        var decision = Decision()
        decision.accountChosen = true
        let step = await provider.resume(handle, decision, browser: browser, trail: exchange.trail)
        guard case .askConsent(let prompt) = step else {
            return steps.response(step, exchange, tying: handle, to: binding)
        }
        return page(prompt, exchange)
    }

    /// Takes the form.
    func submit(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let form = try PageForm(exchange, sessions: steps.sessions)
        guard let handle = form.handle else { throw .missing("request") }
        let decision = form["decision"]
        var said = Decision()
        if decision == "allow" {
            said.allowed = ScopeList(form.all("scope"))
            said.wording = form["wording"]
        } else {
            said.isCancelled = true
        }
        // The decision counts for the user who was asked, not for whoever is logged in by now in another tab.
        let step = await provider.resume(
            handle, said,
            ifMadeFor: { user in
                guard let user, decision == "allow" || decision == "deny" else { return false }
                return form.isGenuine(exchange, provider, subject: user.id)
            }, browser: form.browser, trail: exchange.trail)
        guard let step else {
            exchange.error = OAuthError(.invalidRequest, "The form was not made for this user.", parameter: "csrf")
            return await again(handle, form.browser, exchange)
        }
        // Asked again: the words of the form are not today's any more.
        if case .askConsent(let prompt) = step { return page(prompt, exchange, isRepeated: true) }
        return steps.response(step, exchange)
    }

    private func again(_ handle: String, _ browser: Browser, _ exchange: Exchange) async -> Response {
        var browser = browser
        let binding = steps.bind(&browser, by: provider)
        var decision = Decision()
        decision.accountChosen = true
        let step = await provider.resume(handle, decision, browser: browser, trail: exchange.trail)
        switch step {
        case .askConsent(let prompt): return page(prompt, exchange, isRepeated: true)
        // Whoever is logged in now has consented before; but the form was not theirs, so they go on only by themselves.
        case .respond:
            let there = steps.redirect(to: Link("/consent", on: steps.site, query: [("request", handle)]))
            return binding.map { there.tied(to: $0, handle, by: steps) } ?? there
        default: return steps.response(step, exchange, tying: handle, to: binding)
        }
    }

    private func page(_ prompt: ConsentPrompt, _ exchange: Exchange, isRepeated: Bool = false) -> Response {
        exchange.claimedClient = prompt.client.id.text
        let language = exchange.language(prompt.uiLocales)
        let page = ConsentPage(
            language: language, handle: prompt.handle.text, client: prompt.client,
            formTargets: prompt.client.formTargets(including: prompt.redirect), user: prompt.user,
            choices: prompt.choices, wording: prompt.wording(in: language.rawValue).version,
            destination: ContentSecurityPolicy.Source(uri: prompt.redirect.uri)?.text,
            csrf: PageForm.csrf(provider, binding: prompt.binding, subject: prompt.user.id), isRepeated: isRepeated)
        return page.page(on: steps.site).response(on: steps.site)
            .tied(to: prompt.binding, prompt.handle.text, by: steps)
    }
}
