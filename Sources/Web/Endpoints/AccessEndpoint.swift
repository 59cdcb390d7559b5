import HTTP
import Provider

/// The parts of `/account` about who has access: applications by the user's consent, and browsers by a login. Whatever is
/// done here takes access away, so being signed in is enough.
struct AccessEndpoint: Sendable {
    enum Section: String { case applications, sessions }

    let provider: OpenIDProvider
    let steps: StepRendering

    /// Shows what has access.
    func show(_ section: Section, _ exchange: Exchange) async throws(OAuthError) -> Response {
        let browser = steps.sessions.browser(exchange.request, handle: nil)
        let now = exchange.trail.now
        guard let login = try await provider.signedIn(browser, at: now) else {
            return steps.redirect(to: Link("/login", on: steps.site))
        }
        let binding = browser.binding ?? provider.newBinding()
        let csrf = PageForm.csrf(provider, binding: binding, subject: login.user.id)
        let page: Page =
            switch section {
            case .applications:
                ApplicationsPage(
                    language: exchange.language(), user: login.user,
                    applications: try await provider.allowedApplications(of: login.user, at: now), csrf: csrf
                ).page(on: steps.site)
            case .sessions:
                SessionsPage(
                    language: exchange.language(), user: login.user, present: login.session.id,
                    sessions: try await provider.ownSessions(of: login.user, at: now), csrf: csrf
                ).page(on: steps.site)
            }
        var response = page.response(on: steps.site)
        if browser.binding == nil { steps.sessions.set(binding: binding, handle: nil, maxAge: nil, on: &response) }
        return response
    }

    /// Takes one of the page's forms, and shows what is left.
    func submit(_ section: Section, _ form: PageForm, _ exchange: Exchange) async throws(OAuthError) -> Response {
        guard let login = try await provider.signedIn(form.browser, at: exchange.trail.now) else {
            return steps.redirect(to: Link("/login", on: steps.site))
        }
        let trail = exchange.trail
        // What a form does it does for the user who saw it, not for whoever is signed in by now in another tab.
        if form.isGenuine(exchange, provider, subject: login.user.id) {
            switch form["action"] {
            case "revoke_consent":
                _ = try await provider.revokeConsent(form["consent"] ?? "", of: login.user, trail: trail)
            case "end_session":
                _ = try await provider.endSession(form["session"] ?? "", of: login.user, trail: trail)
            case "end_other_sessions":
                _ = try await provider.endOtherSessions(of: login, trail: trail)
            default: break
            }
        } else {
            exchange.error = OAuthError(.invalidRequest, "The form was not made for this user.", parameter: "csrf")
        }
        return steps.redirect(to: Link("/account", on: steps.site, query: [("section", section.rawValue)]))
    }
}
