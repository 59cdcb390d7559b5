import HTTP
import Provider

/// `/reset-password`: from the forgotten password by mail to a new one.
struct ResetPasswordPage {
    var language: Language
    var stage: Stage

    /// What the page shows.
    enum Stage {
        /// Which account? `problem`: why the question is asked again.
        case ask(csrf: String, username: String, problem: AskProblem?)
        /// Mail is on its way, or not; the words are the same.
        case sent
        /// The form behind a link that is good.
        case choose(token: String, user: User, policy: PasswordPolicy, problem: ChooseProblem?)
        /// There is a new password.
        case done
        /// The link is none, or used, or over.
        case linkOver
    }

    enum AskProblem { case empty, staleForm, unavailable(seconds: Int) }

    enum ChooseProblem {
        case password(PasswordProblem)
        case unavailable(seconds: Int)
    }

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        var page = Page(language: language, title: text.title, content: "")
        switch stage {
        case .ask(let csrf, let username, let problem):
            page.content = ask(text, csrf, username, problem, site)
            page.status = problem?.status ?? .ok
            page.retryAfter = problem?.retryAfter
        case .sent:
            page.content = """
                <h1>\(text.sentTitle)</h1>
                <p>\(text.sent)</p>
                <p>\(text.nothingCame)</p>
                <p><a class="button" href="\(Link("/login", on: site))">\(text.signIn)</a></p>
                """
        case .choose(let token, let user, let policy, let problem):
            page.content = choose(text, token, user, policy, problem, site)
            if let problem { (page.status, page.retryAfter) = (problem.status, problem.retryAfter) }
            // The address has the link's secret in it.
            page.referrerPolicy = "no-referrer"
        case .done:
            page.content = """
                <h1>\(text.doneTitle)</h1>
                <p>\(text.done)</p>
                <p><a class="button" href="\(Link("/login", on: site))">\(text.signIn)</a></p>
                """
        case .linkOver:
            page.content = """
                <h1>\(text.overTitle)</h1>
                <p>\(text.over)</p>
                <p><a class="button" href="\(Link("/reset-password", on: site))">\(text.again)</a></p>
                """
            page.status = .gone
            page.referrerPolicy = "no-referrer"
        }
        return page
    }

    private func ask(
        _ text: Texts, _ csrf: String, _ username: String, _ problem: AskProblem?, _ site: Site
    ) -> HTML {
        let isEmpty = if case .empty? = problem { true } else { false }
        let field = FormField(
            name: "username", label: text.username, value: username, autocomplete: "username", maxLength: 255,
            isRequired: true, isIdentifier: true, isFaulty: isEmpty, hasFocus: true)
        return """
            <h1>\(text.title)</h1>
            <p class="lead">\(text.lead)</p>
            \(problem.map { Notice.alarm(text.words(for: $0)) })\
            <form method="post" action="\(Link("/reset-password", on: site))">
            <input type="hidden" name="csrf" value="\(csrf)">
            \(field.html)<button>\(text.send)</button>
            </form>
            <p class="aside"><a href="\(Link("/login", on: site))">\(text.signIn)</a></p>
            """
    }

    /// No field against forged forms: the link's own secret is more than that.
    private func choose(
        _ text: Texts, _ token: String, _ user: User, _ policy: PasswordPolicy, _ problem: ChooseProblem?, _ site: Site
    ) -> HTML {
        let fields = [
            FormField(
                name: "username", label: text.account, value: user.username, autocomplete: "username", isReadOnly: true),
            FormField(
                name: "password", label: text.password, type: "password", autocomplete: "new-password",
                hint: PasswordWords.hint(policy, language), maxLength: PasswordPolicy.longest, isRequired: true,
                isFaulty: problem != nil, hasFocus: true),
        ]
        return """
            <h1>\(text.chooseTitle)</h1>
            <p class="lead">\(text.endsLogins)</p>
            \(problem.map { Notice.alarm(text.words(for: $0, language)) })\
            <form method="post" action="\(Link("/reset-password", on: site))">
            <input type="hidden" name="token" value="\(token)">
            \(fields.map(\.html))<button>\(text.save)</button>
            </form>
            """
    }
}

extension ResetPasswordPage.AskProblem {
    fileprivate var status: Status {
        switch self {
        case .empty: .badRequest
        case .staleForm: .forbidden
        case .unavailable: .serviceUnavailable
        }
    }

    fileprivate var retryAfter: Int? {
        if case .unavailable(let seconds) = self { seconds } else { nil }
    }
}

extension ResetPasswordPage.ChooseProblem {
    fileprivate var status: Status {
        switch self {
        case .password: .badRequest
        case .unavailable: .serviceUnavailable
        }
    }

    fileprivate var retryAfter: Int? {
        if case .unavailable(let seconds) = self { seconds } else { nil }
    }
}
