import HTTP
import Provider

/// `/account`: the user's own page. What its sections do stands in files of their own.
struct AccountEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering
    private var factors: FactorsEndpoint { FactorsEndpoint(provider: provider, steps: steps) }
    private var access: AccessEndpoint { AccessEndpoint(provider: provider, steps: steps) }

    /// Somebody who is logged in and whose form this is.
    struct Visitor {
        let session: Session
        let user: User
        let cookie: OpaqueToken
        let form: PageForm
    }

    /// Shows the page, or the way to it.
    func show(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let section = Parameters(try RequestBody.query(of: exchange.request))["section"]
        if section == "factors" { return try await factors.show(exchange) }
        if let section = section.flatMap(AccessEndpoint.Section.init) {
            return try await access.show(section, exchange)
        }
        let browser = steps.sessions.browser(exchange.request, handle: nil)
        guard let (session, user) = try await provider.signedIn(browser, at: exchange.trail.now) else {
            return steps.redirect(to: Link("/login", on: steps.site))
        }
        let query = Parameters(try RequestBody.query(of: exchange.request))
        return page(exchange, browser, session, user) { page, _ in
            page.success = query["done"].flatMap(AccountPage.Success.init)
        }
    }

    /// Takes a form.
    func submit(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let form = try PageForm(exchange, sessions: steps.sessions)
        if form["section"] == "factors" { return try await factors.submit(form, exchange) }
        if let section = form["section"].flatMap(AccessEndpoint.Section.init) {
            return try await access.submit(section, form, exchange)
        }
        guard let cookie = form.browser.session,
            let (session, user) = try await provider.signedIn(form.browser, at: exchange.trail.now)
        else { return steps.redirect(to: Link("/login", on: steps.site)) }
        // What a form does it does for the user who saw it, not for whoever is signed in by now in another tab.
        guard form.isGenuine(exchange, provider, subject: user.id) else {
            exchange.error = OAuthError(.invalidRequest, "The form was not made for this user.", parameter: "csrf")
            return steps.redirect(to: Link("/account", on: steps.site))
        }
        if form["action"] == "logout" { return try await signOut(form, exchange) }
        let visitor = Visitor(session: session, user: user, cookie: cookie, form: form)
        switch form["action"] {
        case "save-profile": return try await saveProfile(visitor, exchange)
        case "change-password": return try await changePassword(visitor, exchange)
        case "send-confirmation":
            try await provider.requestOwnVerification(
                of: user, language: exchange.mailLanguage, trail: exchange.trail)
            return done(.mail)
        default: return steps.redirect(to: Link("/account", on: steps.site))
        }
    }

    private func signOut(_ form: PageForm, _ exchange: Exchange) async throws(OAuthError) -> Response {
        let loggedOut = try await provider.signOut(form.browser, trail: exchange.trail)
        return steps.response(loggedOut, language: exchange.language(), otherwise: Link("/", on: steps.site))
    }

    /// Back to the page, which says what was done.
    func done(_ what: AccountPage.Success) -> Response {
        steps.redirect(to: Link("/account", on: steps.site, query: [("done", what.rawValue)]))
    }

    /// The page with all its sections.
    ///
    /// - Parameter change: what is different this time.
    func page(
        _ exchange: Exchange, _ browser: Browser, _ session: Session, _ user: User,
        _ change: (inout AccountPage, inout Sections) -> Void
    ) -> Response {
        let language = exchange.language()
        let binding = browser.binding ?? provider.newBinding()
        let csrf = PageForm.csrf(provider, binding: binding, subject: user.id)
        var page = AccountPage(language: language, user: user, session: session, csrf: csrf)
        var sections = Sections(
            profile: ProfileSection(language: language, user: user, csrf: csrf),
            password: PasswordSection(language: language, user: user, policy: provider.settings.passwords, csrf: csrf))
        change(&page, &sections)
        page.sections = [sections.profile.html(on: steps.site), sections.password.html(on: steps.site)]
        var response = page.page(on: steps.site).response(on: steps.site)
        if browser.binding == nil { steps.sessions.set(binding: binding, handle: nil, maxAge: nil, on: &response) }
        return response
    }

    /// What can be changed on the page.
    struct Sections {
        var profile: ProfileSection
        var password: PasswordSection
    }
}
