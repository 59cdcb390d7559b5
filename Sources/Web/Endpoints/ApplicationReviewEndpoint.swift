import HTTP
import JOSE
import Provider

/// `/applications` and what is below it: administrators decide. Who is signed in with the role `admin` and belongs to no
/// tenant is one; everybody else is told that the page is not for them, whatever is or is not there.
struct ApplicationReviewEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering

    func list(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let browser = steps.sessions.browser(exchange.request, handle: nil)
        guard let (_, administrator) = try await administrator(browser, exchange) else { return logInFirst }
        let query = Parameters(try RequestBody.query(of: exchange.request))
        let showsAll = query["show"] == "all"
        let page = try await provider.applications(
            showsAll ? nil : .pending, PageRequest(limit: 50, cursor: query["cursor"]), for: administrator)
        return ApplicationListPage(
            language: exchange.language(), applications: page, showsAll: showsAll, now: exchange.trail.now
        ).page(on: steps.site).response(on: steps.site)
    }

    func show(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let browser = steps.sessions.browser(exchange.request, handle: nil)
        guard let (user, administrator) = try await administrator(browser, exchange) else { return logInFirst }
        let query = Parameters(try RequestBody.query(of: exchange.request))
        let notice: ApplicationReviewPage.Notice? =
            query["late"] != nil ? .late : query["resent"] != nil ? .resent : nil
        return try await page(notice, user, administrator, browser, exchange)
    }

    func submit(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let form = try PageForm(exchange, sessions: steps.sessions)
        guard let (user, administrator) = try await administrator(form.browser, exchange) else { return logInFirst }
        let id = try await provider.application(exchange.id(), for: administrator).id.text
        // What a form does it does for the user who saw it, not for whoever is signed in by now in another tab.
        guard form.isGenuine(exchange, provider, subject: user.id) else {
            exchange.error = OAuthError(.invalidRequest, "The form was not made for this user.", parameter: "csrf")
            return try await page(.staleForm, user, administrator, form.browser, exchange, reason: form["reason"])
        }
        guard let act = form["decision"].flatMap(ApplicationReviewPage.Act.init) else {
            throw .malformed("decision", "must be approve, refuse or resend")
        }
        do throws(OAuthError) {
            try await perform(act, id, form, administrator)
        } catch {
            exchange.error = error
            switch error.code {
            case .conflict where act != .resend: return steps.redirect(to: link(id, query: [("late", "1")]))
            case .serverError, .temporarilyUnavailable: throw error
            default:
                return try await page(
                    .failed(act, error), user, administrator, form.browser, exchange, reason: form["reason"])
            }
        }
        return steps.redirect(to: link(id, query: act == .resend ? [("resent", "1")] : []))
    }

    private func perform(
        _ act: ApplicationReviewPage.Act, _ id: String, _ form: PageForm, _ administrator: Administrator
    ) async throws(OAuthError) {
        switch act {
        case .approve: _ = try await provider.approveApplication(id, [:], by: administrator)
        case .refuse:
            let body: JSON = ["reason": .string(form["reason"] ?? "")]
            _ = try await provider.refuseApplication(id, body, by: administrator)
        case .resend: _ = try await provider.resendApplicationLink(id, [:], by: administrator)
        }
    }

    /// Who is signed in, as an administrator; nil when nobody is.
    ///
    /// - Throws: `insufficient_scope` for anybody else.
    private func administrator(
        _ browser: Browser, _ exchange: Exchange
    ) async throws(OAuthError) -> (User, Administrator)? {
        guard let (_, user) = try await provider.signedIn(browser, at: exchange.trail.now) else { return nil }
        let administrator = try Administrator.signedIn(user, trail: exchange.trail)
        try administrator.requireServer()
        exchange.trail = administrator.trail
        return (user, administrator)
    }

    private var logInFirst: Response { steps.redirect(to: LoginGoal.applications.login(on: steps.site)) }

    private func link(_ id: String, query: [(name: String, value: String)] = []) -> Link {
        Link("/applications/", segment: id, on: steps.site, query: query)
    }

    private func page(
        _ notice: ApplicationReviewPage.Notice?, _ user: User, _ administrator: Administrator, _ browser: Browser,
        _ exchange: Exchange, reason: String? = nil
    ) async throws(OAuthError) -> Response {
        let binding = browser.binding ?? provider.newBinding()
        let application = try await provider.application(exchange.id(), for: administrator)
        let page = ApplicationReviewPage(
            language: exchange.language(), application: application, now: exchange.trail.now, notice: notice,
            reason: reason ?? "", csrf: PageForm.csrf(provider, binding: binding, subject: user.id))
        var response = page.page(on: steps.site).response(on: steps.site)
        if browser.binding == nil { steps.sessions.set(binding: binding, handle: nil, maxAge: nil, on: &response) }
        return response
    }
}
