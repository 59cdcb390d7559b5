import HTTP
import JOSE
import Provider

/// `/signup`: with a waiting authorization request or without.
struct SignUpEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering

    func show(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let query = Parameters(try RequestBody.query(of: exchange.request))
        if let done = query["done"] {
            return SignUpPage.done(
                exchange.language(), hasMail: done == "mail", handle: query["request"], on: steps.site
            ).response(on: steps.site)
        }
        var page = emptyPage(exchange)
        page.handle = query["request"]
        return response(page, steps.sessions.browser(exchange.request, handle: nil))
    }

    func submit(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let form = try PageForm(exchange, sessions: steps.sessions)
        var page = emptyPage(exchange)
        page.handle = form["waiting"]
        page.username = form["username"] ?? ""
        page.email = form["email"] ?? ""
        guard form.isGenuine(exchange, provider) else { return again(page, .staleForm, form, exchange) }
        var members: [(name: String, value: JSON)] = [
            ("username", .string(page.username)), ("password", .string(form["password"] ?? "")),
        ]
        let email = page.email.filter { !$0.isWhitespace }
        if !email.isEmpty { members.append(("email", .string(email))) }
        let user: JSON
        do {
            user = try await provider.signUp(
                .object(JSONObject(members)), language: exchange.mailLanguage, trail: exchange.trail)
        } catch {
            exchange.error = error.error
            guard let problem = Self.problem(error, page) else { throw error.error }
            return again(page, problem, form, exchange)
        }
        let hasMail = user["email"]?.isNull == false
        var next = [("done", hasMail ? "mail" : "ready")]
        if let handle = page.handle { next.append(("request", handle)) }
        return steps.redirect(to: Link("/signup", on: steps.site, query: next.map { (name: $0.0, value: $0.1) }))
    }

    private func emptyPage(_ exchange: Exchange) -> SignUpPage {
        SignUpPage(language: exchange.language(), policy: provider.settings.passwords, csrf: "")
    }

    private func again(
        _ page: SignUpPage, _ problem: SignUpPage.Problem, _ form: PageForm, _ exchange: Exchange
    ) -> Response {
        if problem == .staleForm {
            exchange.error = OAuthError(.invalidRequest, "The form was not made for this browser.", parameter: "csrf")
        }
        var page = page
        page.problem = problem
        // The binding is that of forms outside of a request, whatever the form had in its fields.
        return response(page, steps.sessions.browser(exchange.request, handle: nil))
    }

    private func response(_ page: SignUpPage, _ browser: Browser) -> Response {
        var page = page
        let binding = browser.binding ?? provider.newBinding()
        page.csrf = PageForm.csrf(provider, binding: binding)
        var response = page.page(on: steps.site).response(on: steps.site)
        if browser.binding == nil { steps.sessions.set(binding: binding, handle: nil, maxAge: nil, on: &response) }
        return response
    }

    /// What the page says; nil for what is no answer to a person.
    private static func problem(_ refusal: SignUpRefusal, _ page: SignUpPage) -> SignUpPage.Problem? {
        switch refusal {
        case .closed: nil
        case .malformed(let error):
            switch error.parameter {
            case "email": EmailAddress(page.email) == nil ? .email : .emailDiffers
            default: .username
            }
        case .password(let problem): .password(problem)
        case .nameTaken: .nameTaken
        case .throttled(let seconds): .throttled(seconds: seconds)
        case .failed(let error):
            error.code == .temporarilyUnavailable ? .unavailable(seconds: error.retryAfter ?? 2) : nil
        }
    }
}
