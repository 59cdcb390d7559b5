import HTTP
import Provider

/// `/applications/{applicationId}`: one application, and what an administrator can do about it.
struct ApplicationReviewPage {
    var language: Language
    var application: Application
    /// What the times of the application are compared with.
    var now: Instant
    var notice: Notice?
    /// The reason as it was typed so far.
    var reason = ""
    var csrf: String

    /// Why nothing happened, or what did.
    enum Notice {
        case late, staleForm
        /// The act that was not done.
        case failed(Act, OAuthError)
        case resent
    }

    /// What the forms of the page do.
    enum Act: String { case approve, refuse, resend }

    func page(on site: Site) -> Page {
        let text = ReviewTexts.of(language)
        var page = Page(
            language: language, title: text.title,
            content: """
                <h1 dir="auto">\(application.name)</h1>
                \(notice(text))\(purpose)
                <dl class="pairs">
                <dt>\(text.email)</dt><dd>\(application.email) (\(text.unconfirmed))</dd>
                <dt>\(text.asked)</dt><dd>\(AccountPage.time(application.createdAt))</dd>
                <dt>\(text.type)</dt><dd><code>\(application.kind.rawValue)</code></dd>
                \(list(text.grants, GrantType.allCases.filter(application.grantTypes.contains).map(\.rawValue), text))\
                \(list(text.redirectURIs, application.redirectURIs, text))\
                \(list(text.scopes, application.scopes.names, text))\
                \(list(text.resources, application.resources, text))\
                \(outcome(text))</dl>
                \(application.isOpen(at: now) ? decisionForms(text, site) : nil)\
                \(application.awaitsCollection ? resendForm(text, site) : nil)\
                \(application.hasLapsed(at: now) ? "<p class=\"notice\">\(text.tooLate)</p>" as HTML : nil)
                <hr><p class="trace"><a href="\(Link("/applications", on: site))">\(text.back)</a></p>
                """, isWide: true)
        switch notice {
        case .staleForm: page.status = .forbidden
        case .failed(_, let error): page.status = error.code == .conflict ? .conflict : .badRequest
        case .late: page.status = .conflict
        case .resent, nil: break
        }
        return page
    }

    private var purpose: HTML? {
        application.description.isEmpty
            ? nil : "<blockquote class=\"words\" dir=\"auto\">\(application.description)</blockquote>"
    }

    private func notice(_ text: ReviewTexts) -> HTML? {
        switch notice {
        case .late: Web.Notice.alarm(text.late)
        case .staleForm: Web.Notice.alarm(text.staleForm)
        case .failed(let act, let error):
            Web.Notice.alarm(text.failed(act, "<span lang=\"en\">\(error.description)</span>"))
        case .resent: Web.Notice.success(text.resent)
        case nil: nil
        }
    }

    private func list(_ label: HTML, _ values: [String], _ text: ReviewTexts) -> HTML {
        let items: HTML =
            values.isEmpty ? text.nothing : HTML(values.map { "<code>\($0)</code><br>" as HTML })
        return "<dt>\(label)</dt><dd>\(items)</dd>\n"
    }

    private func outcome(_ text: ReviewTexts) -> HTML? {
        guard let decision = application.decision else { return nil }
        let time = text.decided(AccountPage.time(decision.time), "<code>\(decision.actor)</code>")
        let reason: HTML? = decision.reason.map {
            "<dt>\(text.reason)</dt><dd class=\"words\" dir=\"auto\">\($0)</dd>\n"
        }
        let client: HTML? = application.clientID.map { id in
            """
            <dt>\(text.client)</dt><dd><code>\(id.text)</code></dd>
            <dt>\(text.collected)</dt><dd>\(application.collectedAt.map(AccountPage.time) ?? text.notCollected)</dd>

            """
        }
        return "<dt>\(text.decision)</dt><dd>\(text.status(application.status)): \(time)</dd>\n\(reason)\(client)"
    }

    private func decisionForms(_ text: ReviewTexts, _ site: Site) -> HTML {
        var isFaulty = false
        if case .failed(.refuse, let error)? = notice { isFaulty = error.parameter == "reason" }
        let reason = FormLines(
            name: "reason", label: text.reason, value: self.reason, hint: text.reasonHint, rows: 2, maxLength: 2000,
            isFaulty: isFaulty)
        let link = Link("/applications/", segment: application.id.text, on: site)
        return """
            <section>
            <p>\(text.approveHint)</p>
            <form method="post" action="\(link)">
            <input type="hidden" name="csrf" value="\(csrf)">
            <button name="decision" value="approve">\(text.approve)</button>
            </form>
            </section>
            <section>
            <form method="post" action="\(link)">
            <input type="hidden" name="csrf" value="\(csrf)">
            \(reason.html)<button class="plain" name="decision" value="refuse">\(text.refuse)</button>
            </form>
            </section>
            """
    }

    private func resendForm(_ text: ReviewTexts, _ site: Site) -> HTML {
        """
        <section>
        <p>\(text.resendHint)</p>
        <form method="post" action="\(Link("/applications/", segment: application.id.text, on: site))">
        <input type="hidden" name="csrf" value="\(csrf)">
        <button class="plain" name="decision" value="resend">\(text.resend)</button>
        </form>
        </section>
        """
    }
}
