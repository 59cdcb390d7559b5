import HTTP
import Provider

/// From what the provider decided about an authorization request to what the browser gets.
struct StepRendering: Sendable {
    let site: Site
    let sessions: BrowserSession
    let errors: ErrorRendering
    /// Seconds a request waits for its user: as long as the cookie that ties it to the browser lives.
    let patience: Int
    /// What is shown at `/login`; nil for the page of this server.
    let loginPage: (any LoginPageRendering)?

    /// The answer that takes the browser to the next step: to the client, to a page of its own, or to the end.
    func response(_ step: AuthorizationStep, _ exchange: Exchange) -> Response {
        switch step {
        case .respond(let answer):
            return response(answer, exchange)
        case .showPage(let error, let client):
            exchange.error = error
            exchange.claimedClient = client?.id.text ?? exchange.claimedClient
            return errors.page(
                error, language: exchange.language(), clientName: client?.name, requestID: exchange.request.id)
        case .logIn(let prompt):
            exchange.claimedClient = prompt.client.id.text
            return redirect(to: Link("/login", on: site, query: [("request", prompt.handle.text)]))
                .tied(to: prompt.binding, prompt.handle.text, by: self)
        case .askConsent(let prompt):
            exchange.claimedClient = prompt.client.id.text
            return redirect(to: Link("/consent", on: site, query: [("request", prompt.handle.text)]))
                .tied(to: prompt.binding, prompt.handle.text, by: self)
        case .expired(let startAgain):
            return RequestOverPage(language: exchange.language(), startAgain: startAgain).page(on: site)
                .response(on: site)
        }
    }

    /// Gives a browser that comes back for a waiting request its binding, before the request is claimed for it: whatever
    /// is answered can then be loaded again.
    ///
    /// - Returns: the binding if it is new, for ``response(_:_:tying:to:)``; nil when the browser had one.
    func bind(_ browser: inout Browser, by provider: OpenIDProvider) -> String? {
        guard browser.binding == nil else { return nil }
        let binding = provider.newBinding()
        browser.binding = binding
        return binding
    }

    /// The same answer as ``response(_:_:)``, with the cookie for a new binding.
    func response(
        _ step: AuthorizationStep, _ exchange: Exchange, tying handle: String, to newBinding: String?
    ) -> Response {
        let response = response(step, exchange)
        switch step {
        case .respond, .showPage: return newBinding.map { response.tied(to: $0, handle, by: self) } ?? response
        // Prompts tie by themselves, and nothing is left to tie of a request that is over.
        case .logIn, .askConsent, .expired: return response
        }
    }

    /// The authorization response (RFC 6749 §4.1.2). 303, because a 307 would send the user's password on to the client
    /// (RFC 9700 §4.12).
    private func response(_ answer: AuthorizationResponse, _ exchange: Exchange) -> Response {
        if let code = answer.parameters.first(where: { $0.name == "error" }).flatMap({
            OAuthError.Code(rawValue: $0.value)
        }) {
            let description = answer.parameters.first { $0.name == "error_description" }
            exchange.error = OAuthError(code, description?.value ?? "")
        }
        let encoded = FormEncoder.encode(answer.parameters.map { FormParameter(name: $0.name, value: $0.value) })
        switch answer.mode {
        case .query:
            let separator = answer.redirect.uri.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
            return Response(status: .seeOther, headers: ["Location": answer.redirect.uri + separator + encoded])
        case .fragment:
            return Response(status: .seeOther, headers: ["Location": answer.redirect.uri + "#" + encoded])
        case .formPost:
            return FormPostPage(language: exchange.language(), answer: answer).page(on: site).response(on: site)
        }
    }

    /// To another page of this server.
    func redirect(to link: Link) -> Response {
        Response(status: .seeOther, headers: ["Location": link.text])
    }
}

extension Response {
    /// The same answer with the cookie that ties the waiting request to this browser.
    func tied(to binding: String, _ handle: String, by steps: StepRendering) -> Response {
        var response = self
        steps.sessions.set(binding: binding, handle: handle, maxAge: steps.patience, on: &response)
        return response
    }
}
