import HTTP
import JOSE
import Provider

/// `/applications/new`: anybody asks for a client.
struct ApplicationEndpoint: Sendable {
    let provider: OpenIDProvider
    let steps: StepRendering

    func show(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let query = Parameters(try RequestBody.query(of: exchange.request))
        if query["sent"] != nil {
            return ApplicationSentPage(language: exchange.language()).page(on: steps.site).response(on: steps.site)
        }
        return page(ApplicationFormPage.Wish(), nil, exchange)
    }

    func submit(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let form = try PageForm(exchange, sessions: steps.sessions)
        let wish = ApplicationFormPage.Wish(form)
        guard form.isGenuine(exchange, provider) else {
            exchange.error = OAuthError(.invalidRequest, "The form was not made for this browser.", parameter: "csrf")
            return page(wish, .staleForm, exchange)
        }
        do {
            _ = try await provider.requestApplication(
                wish.body, language: exchange.mailLanguage, trail: exchange.trail)
        } catch {
            exchange.error = error
            switch error.code {
            case .temporarilyUnavailable, .tooManyRequests:
                return page(
                    wish, .busy(seconds: error.retryAfter ?? 2, isFull: error.code == .tooManyRequests), exchange)
            case .serverError: throw error
            default: return page(wish, .refused(error), exchange)
            }
        }
        return steps.redirect(to: Link("/applications/new", on: steps.site, query: [("sent", "1")]))
    }

    private func page(
        _ wish: ApplicationFormPage.Wish, _ problem: ApplicationFormPage.Problem?, _ exchange: Exchange
    ) -> Response {
        let browser = steps.sessions.browser(exchange.request, handle: nil)
        let binding = browser.binding ?? provider.newBinding()
        let page = ApplicationFormPage(
            language: exchange.language(), wish: wish, scopes: provider.scopesToApplyFor,
            grantTypes: provider.grantTypesToApplyFor, csrf: PageForm.csrf(provider, binding: binding),
            problem: problem)
        var response = page.page(on: steps.site).response(on: steps.site)
        if browser.binding == nil { steps.sessions.set(binding: binding, handle: nil, maxAge: nil, on: &response) }
        return response
    }
}

extension ApplicationFormPage.Wish {
    /// What the form of the page says.
    fileprivate init(_ form: PageForm) {
        name = form["name"] ?? ""
        description = form["description"] ?? ""
        type = form["type"] ?? ""
        grantTypes = form.all("grant_type")
        redirectURIs = form["redirect_uris"] ?? ""
        scopes = form.all("scope")
        resources = form["resources"] ?? ""
        email = form["email"] ?? ""
    }

    /// The same as the API takes it.
    fileprivate var body: JSON {
        [
            "name": .string(name), "description": .string(description), "type": .string(type),
            "grantTypes": .array(grantTypes.map { .string($0) }), "redirectUris": Self.list(redirectURIs),
            "scopes": .array(scopes.map { .string($0) }), "resources": Self.list(resources),
            "email": .string(email.trimmed),
        ]
    }

    /// One a line; empty lines count for nothing.
    private static func list(_ lines: String) -> JSON {
        .array(
            lines.split(whereSeparator: \.isNewline).map { String($0).trimmed }.filter { !$0.isEmpty }.map {
                .string($0)
            })
    }
}

extension String {
    /// Without white space at either end.
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
