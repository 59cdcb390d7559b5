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
        let query = Parameters(try RequestBody.query(of: exchange.request))
        let handle = query["request"]
        var browser = sessions.browser(exchange.request, handle: handle)
        guard let handle else {
            return try await ownPage(exchange, browser, LoginGoal { query[$0] })
        }
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
            return try await goOn(form, decision, form.browser, exchange)
        case "continue":
            var decision = Decision()
            decision.accountChosen = true
            return try await goOn(form, decision, form.browser, exchange)
        case "second_step":
            return try await finish(form, exchange)
        case "passkey":
            return try await logInByPasskey(form, exchange)
        default:
            return try await logIn(form, exchange)
        }
    }

    private func logIn(_ form: PageForm, _ exchange: Exchange) async throws(OAuthError) -> Response {
        guard let username = form["username"], let password = form["password"], !username.isEmpty, !password.isEmpty
        else { return try await again(form, exchange, .wrongPassword) }
        let progress: LoginProgress
        do {
            progress = try await provider.logIn(
                username: username, password: password, browser: form.browser, trail: exchange.trail)
        } catch {
            return try await again(form, exchange, try problem(of: error, exchange))
        }
        switch progress {
        case .loggedIn(let loggedIn): return try await goOn(form, loggedIn, exchange)
        case .secondStep(let pending): return await secondStep(form, exchange, pending.text)
        }
    }

    /// Takes the code of the second step.
    private func finish(_ form: PageForm, _ exchange: Exchange) async throws(OAuthError) -> Response {
        guard let pending = form["pending"] else { return try await again(form, exchange, .staleForm) }
        let loggedIn: LoggedIn
        do {
            loggedIn = try await provider.finishLogin(
                pending, code: form["code"] ?? "", browser: form.browser, trail: exchange.trail)
        } catch .pendingIsOver {
            return try await again(form, exchange, .staleForm)
        } catch {
            return await secondStep(form, exchange, pending, problem: try problem(of: error, exchange))
        }
        return try await goOn(form, loggedIn, exchange)
    }

    /// Takes what the browser's authenticator gave.
    private func logInByPasskey(_ form: PageForm, _ exchange: Exchange) async throws(OAuthError) -> Response {
        let loggedIn: LoggedIn
        do {
            loggedIn = try await provider.logIn(
                passkey: form["credential"] ?? "", challenge: form["challenge"] ?? "", browser: form.browser,
                trail: exchange.trail)
        } catch {
            return try await again(form, exchange, try problem(of: error, exchange))
        }
        return try await goOn(form, loggedIn, exchange)
    }

    /// What the user hears of a refusal.
    ///
    /// - Throws: what is no business of a form.
    private func problem(of refusal: LoginRefusal, _ exchange: Exchange) throws(OAuthError) -> LoginProblem {
        switch refusal {
        case .wrongPassword: return .wrongPassword
        case .wrongCode: return .wrongCode
        case .wrongPasskey: return .wrongPasskey
        case .pendingIsOver: return .staleForm
        case .throttled(let seconds): return .throttled(seconds: seconds)
        case .failed(let error) where error.code == .temporarilyUnavailable:
            exchange.error = error
            return .unavailable(seconds: error.retryAfter ?? 2)
        case .failed(let error): throw error
        }
    }

    /// On, now that the browser is logged in.
    private func goOn(
        _ form: PageForm, _ loggedIn: LoggedIn, _ exchange: Exchange
    ) async throws(OAuthError) -> Response {
        var browser = form.browser
        browser.session = loggedIn.cookie
        var response = try await goOn(form, Decision(), browser, exchange)
        sessions.set(loggedIn, on: &response, of: exchange)
        return response
    }

    /// To the next step of the waiting request, or to the goal of a login without one.
    private func goOn(
        _ form: PageForm, _ decision: Decision, _ browser: Browser, _ exchange: Exchange
    ) async throws(OAuthError) -> Response {
        guard let handle = form.handle else { return steps.redirect(to: form.goal.link(on: steps.site)) }
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
            clientLinks: ClientLinks(of: prompt.client),
            formTargets: prompt.client.formTargets(including: prompt.redirect),
            username: prompt.loginHint ?? "", mayContinueAs: prompt.mayContinueAs, isStepUp: prompt.reason == .stepUp,
            passkey: provider.passkeyQuestion(for: prompt.binding, at: exchange.trail.now),
            csrf: PageForm.csrf(provider, binding: prompt.binding), offersSignUp: provider.settings.isSignUpOpen)
        return steps.response(page).tied(to: prompt.binding, prompt.handle.text, by: steps)
    }

    /// The page outside of any request of a client.
    private func ownPage(
        _ exchange: Exchange, _ browser: Browser, _ goal: LoginGoal, username: String = "",
        problem: LoginProblem? = nil
    ) async throws(OAuthError) -> Response {
        let binding = browser.binding ?? provider.newBinding()
        let page = LoginPage(
            language: exchange.language(), goal: goal, username: username,
            mayContinueAs: goal.takesAnyLogin
                ? try await provider.signedIn(browser, at: exchange.trail.now)?.user : nil, problem: problem,
            passkey: provider.passkeyQuestion(for: binding, at: exchange.trail.now),
            csrf: PageForm.csrf(provider, binding: binding), offersSignUp: provider.settings.isSignUpOpen)
        var response = steps.response(page)
        if browser.binding == nil { sessions.set(binding: binding, handle: nil, maxAge: nil, on: &response) }
        return response
    }

    /// The page once more, with what was wrong.
    private func again(
        _ form: PageForm, _ exchange: Exchange, _ problem: LoginProblem
    ) async throws(OAuthError) -> Response {
        exchange.error = exchange.error ?? problem.error
        let username = form["username"] ?? ""
        guard let handle = form.handle else {
            return try await ownPage(exchange, form.browser, form.goal, username: username, problem: problem)
        }
        switch await dress(handle, form, exchange) {
        case .elsewhere(let response): return response
        case .page(let dress):
            let page = LoginPage(
                language: dress.language, handle: handle, clientName: dress.clientName, clientLinks: dress.clientLinks,
                formTargets: dress.targets,
                username: username, mayContinueAs: dress.mayContinueAs, problem: problem,
                passkey: provider.passkeyQuestion(for: dress.binding, at: exchange.trail.now),
                csrf: PageForm.csrf(provider, binding: dress.binding), offersSignUp: provider.settings.isSignUpOpen)
            return steps.response(page).tied(to: dress.binding, handle, by: steps)
        }
    }

    /// The page of the second step.
    private func secondStep(
        _ form: PageForm, _ exchange: Exchange, _ pending: String, problem: LoginProblem? = nil
    ) async -> Response {
        exchange.error = exchange.error ?? problem?.error
        let binding = form.browser.binding ?? ""
        var page = SecondStepPage(
            language: exchange.language(), pending: pending, handle: form.handle, goal: form.goal, problem: problem,
            passkey: provider.passkeyQuestion(for: binding, at: exchange.trail.now),
            csrf: PageForm.csrf(provider, binding: binding))
        if let handle = form.handle {
            switch await dress(handle, form, exchange) {
            case .elsewhere(let response): return response
            case .page(let dress): (page.language, page.formTargets) = (dress.language, dress.targets)
            }
        }
        return steps.response(page)
    }

    /// What a page is dressed in whose form belongs to a waiting request.
    private struct Dress {
        var language: Language
        var clientName: String?
        var clientLinks = ClientLinks()
        var targets: [ContentSecurityPolicy.Source]
        var mayContinueAs: User?
        var binding: String
    }

    private enum Dressing {
        case page(Dress)
        /// The request is over, or cannot go on.
        case elsewhere(Response)
    }

    private func dress(_ handle: String, _ form: PageForm, _ exchange: Exchange) async -> Dressing {
        var browser = form.browser
        let newBinding = steps.bind(&browser, by: provider)
        let step = await provider.resume(handle, browser: browser, trail: exchange.trail)
        let binding = browser.binding ?? ""
        switch step {
        case .logIn(let prompt):
            return .page(
                Dress(
                    language: exchange.language(prompt.uiLocales), clientName: prompt.client.name,
                    clientLinks: ClientLinks(of: prompt.client),
                    targets: prompt.client.formTargets(including: prompt.redirect),
                    mayContinueAs: prompt.mayContinueAs, binding: prompt.binding))
        case .askConsent(let prompt):
            // Somebody is logged in by now, in another tab; who pressed the button here meant somebody else.
            return .page(
                Dress(
                    language: exchange.language(), clientName: prompt.client.name,
                    clientLinks: ClientLinks(of: prompt.client),
                    targets: prompt.client.formTargets(including: prompt.redirect), binding: prompt.binding))
        case .respond(let answer):
            let target = ContentSecurityPolicy.Source(uri: answer.redirect.uri)
            return .page(Dress(language: exchange.language(), targets: [target].compactMap { $0 }, binding: binding))
        case .showPage, .expired:
            return .elsewhere(steps.response(step, exchange, tying: handle, to: newBinding))
        }
    }
}
