import HTTP
import Provider

/// `/login`: with a waiting authorization request or without.
struct LoginEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering
    private var sessions: BrowserSession { steps.sessions }

    init(provider: OpenIDProvider, steps: StepRendering) {
        self.provider = provider
        self.steps = steps
    }

    /// Shows the page, or goes on at once where no login is due.
    func show(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let handle = Parameters(try RequestBody.query(of: exchange.request))["request"]
        var browser = sessions.browser(exchange.request, handle: handle)
        guard let handle else { return try await ownPage(exchange, browser) }
        let binding = steps.bind(&browser, by: provider)
        let step = await provider.resume(handle, browser: browser, trail: exchange.trail)
        guard case .logIn(let prompt) = step else {
            return steps.response(step, exchange, tying: handle, to: binding)
        }
        return page(prompt, exchange)
    }

    /// Takes the form.
    func submit(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let form = try PageForm(exchange, sessions: sessions)
        guard form.isGenuine(exchange, provider) else {
            return try await again(form, exchange, .staleForm)
        }
        switch form["action"] {
        case "cancel":
            var decision = Decision()
            decision.isCancelled = true
            return try await goOn(form.handle, decision, form.browser, exchange)
        case "continue":
            var decision = Decision()
            decision.accountChosen = true
            return try await goOn(form.handle, decision, form.browser, exchange)
        default:
            return try await logIn(form, exchange)
        }
    }

    private func logIn(_ form: PageForm, _ exchange: Exchange) async throws(OAuthError) -> Response {
        guard let username = form["username"], let password = form["password"], !username.isEmpty, !password.isEmpty
        else { return try await again(form, exchange, .wrongPassword) }
        let loggedIn: LoggedIn
        do {
            loggedIn = try await provider.logIn(
                username: username, password: password, browser: form.browser, trail: exchange.trail)
        } catch {
            switch error {
            case .wrongPassword: return try await again(form, exchange, .wrongPassword)
            case .throttled(let seconds): return try await again(form, exchange, .throttled(seconds: seconds))
            case .failed(let error) where error.code == .temporarilyUnavailable:
                exchange.error = error
                return try await again(form, exchange, .unavailable(seconds: error.retryAfter ?? 2))
            case .failed(let error): throw error
            }
        }
        var browser = form.browser
        browser.session = loggedIn.cookie
        var response = try await goOn(form.handle, Decision(), browser, exchange)
        sessions.set(loggedIn, on: &response, at: exchange.trail.now)
        return response
    }

    /// To the next step of the waiting request, or to the user's own page.
    private func goOn(
        _ handle: String?, _ decision: Decision, _ browser: Browser, _ exchange: Exchange
    ) async throws(OAuthError) -> Response {
        guard let handle else { return steps.redirect(to: Link("/account", on: steps.site)) }
        let step = await provider.resume(handle, decision, browser: browser, trail: exchange.trail)
        return steps.response(step, exchange)
    }
}

/// The page itself.
extension LoginEndpoint {
    private func page(_ prompt: LoginPrompt, _ exchange: Exchange) -> Response {
        exchange.claimedClient = prompt.client.id.text
        let page = LoginPage(
            language: exchange.language(prompt.uiLocales), handle: prompt.handle.text, clientName: prompt.client.name,
            formTargets: prompt.client.formTargets(including: prompt.redirect),
            username: prompt.loginHint ?? "", mayContinueAs: prompt.mayContinueAs,
            csrf: PageForm.csrf(provider, binding: prompt.binding), offersSignUp: provider.settings.isSignUpOpen)
        return page.page(on: steps.site).response(on: steps.site)
            .tied(to: prompt.binding, prompt.handle.text, by: steps)
    }

    /// The page outside of any request of a client.
    private func ownPage(
        _ exchange: Exchange, _ browser: Browser, username: String = "", problem: LoginPage.Problem? = nil
    ) async throws(OAuthError) -> Response {
        let binding = browser.binding ?? provider.newBinding()
        let page = LoginPage(
            language: exchange.language(), username: username,
            mayContinueAs: try await provider.signedIn(browser, at: exchange.trail.now)?.user, problem: problem,
            csrf: PageForm.csrf(provider, binding: binding), offersSignUp: provider.settings.isSignUpOpen)
        var response = page.page(on: steps.site).response(on: steps.site)
        if browser.binding == nil { sessions.set(binding: binding, handle: nil, maxAge: nil, on: &response) }
        return response
    }

    /// The page once more, with what was wrong.
    private func again(
        _ form: PageForm, _ exchange: Exchange, _ problem: LoginPage.Problem
    ) async throws(OAuthError) -> Response {
        exchange.error = exchange.error ?? problem.error
        let username = form["username"] ?? ""
        guard let handle = form.handle else {
            return try await ownPage(exchange, form.browser, username: username, problem: problem)
        }
        var browser = form.browser
        let newBinding = steps.bind(&browser, by: provider)
        let step = await provider.resume(handle, browser: browser, trail: exchange.trail)
        var page = LoginPage(
            language: exchange.language(), handle: handle, username: username, problem: problem, csrf: "",
            offersSignUp: provider.settings.isSignUpOpen)
        var binding = browser.binding ?? ""
        switch step {
        case .logIn(let prompt):
            page.language = exchange.language(prompt.uiLocales)
            page.clientName = prompt.client.name
            page.formTargets = prompt.client.formTargets(including: prompt.redirect)
            page.mayContinueAs = prompt.mayContinueAs
            binding = prompt.binding
        case .askConsent(let prompt):
            // Somebody is logged in by now, in another tab; who pressed the button here meant somebody else.
            page.clientName = prompt.client.name
            page.formTargets = prompt.client.formTargets(including: prompt.redirect)
            binding = prompt.binding
        case .respond(let answer):
            page.formTargets = [ContentSecurityPolicy.Source(uri: answer.redirect.uri)].compactMap { $0 }
        case .showPage, .expired:
            return steps.response(step, exchange, tying: handle, to: newBinding)
        }
        page.csrf = PageForm.csrf(provider, binding: binding)
        return page.page(on: steps.site).response(on: steps.site).tied(to: binding, handle, by: steps)
    }
}

extension LoginPage.Problem {
    /// What the log says.
    fileprivate var error: OAuthError {
        switch self {
        case .wrongPassword: OAuthError(.accessDenied, "Wrong user name or password.")
        case .throttled: OAuthError(.tooManyRequests, "Too many wrong passwords.")
        case .staleForm: OAuthError(.invalidRequest, "The form was not made for this browser.", parameter: "csrf")
        case .unavailable: OAuthError(.temporarilyUnavailable, "No password can be checked now.")
        }
    }
}
