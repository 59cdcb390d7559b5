import HTTP
import Provider

/// `/login`: who are you?
struct LoginPage {
    var language: Language
    /// The request that waits for this login; nil when somebody came by themselves.
    var handle: String?
    /// Where a login without a request leads.
    var goal = LoginGoal.account
    /// The client that asked; nil when somebody came by themselves.
    var clientName: String?
    /// That client's own pages.
    var clientLinks = ClientLinks()
    /// Where the forms may lead at last.
    var formTargets: [ContentSecurityPolicy.Source] = []
    /// What the field for the name begins with.
    var username = ""
    /// Who is logged in here already and may just go on.
    var mayContinueAs: User?
    var problem: LoginProblem?
    /// The client wants a stronger login than the one that there is.
    var isStepUp = false
    /// What a passkey would have to answer; nil where there can be none.
    var passkey: PasskeyQuestion?
    var csrf: String
    /// Whether people may make accounts for themselves.
    var offersSignUp = false

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        let client: HTML? = clientName.map { "\($0)" }
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p class="lead">\(client.map(text.toGoOn) ?? text.toYourAccount)</p>
                \(isStepUp ? "<p class=\"notice\">\(text.stepUp)</p>\n" : nil)\(problem?.notice(language))\
                \(continueForm(text, site))\(passwordForm(text, site))
                \(passkeyForm(site))
                \(otherWays(text, site))\(footnotes)
                """,
            status: problem?.status ?? .ok, retryAfter: problem?.retryAfter,
            policy: ContentSecurityPolicy(formTargets: formTargets, allowsScript: passkey != nil),
            script: passkey.map { _ in PasskeyForm.script(on: site) })
    }

    func passkeyForm(_ site: Site) -> HTML? {
        passkey.map { question in
            let form = PasskeyForm(
                language: language, kind: .login, question: question, target: Link("/login", on: site),
                hiddenFields: hiddenFields)
            return "<div class=\"after\">\(form.html)</div>"
        }
    }

    var hiddenFields: HTML {
        let request: HTML? = handle.map { "<input type=\"hidden\" name=\"request\" value=\"\($0)\">" }
        return "<input type=\"hidden\" name=\"csrf\" value=\"\(csrf)\">\(request)\(goal.hiddenField)"
    }

    private func continueForm(_ text: Texts, _ site: Site) -> HTML? {
        guard let user = mayContinueAs else { return nil }
        return """
            <form method="post" action="\(Link("/login", on: site))">
            \(hiddenFields)
            <button name="action" value="continue">\(text.continueAs("\(user.displayName)"))</button>
            </form>
            <p class="or">\(text.or)</p>

            """
    }

    /// For who has no password any more, or no account yet.
    private func otherWays(_ text: Texts, _ site: Site) -> HTML {
        let request = handle.map { [(name: "request", value: $0)] } ?? []
        let signUp: HTML? =
            offersSignUp ? "<br><a href=\"\(Link("/signup", on: site, query: request))\">\(text.signUp)</a>" : nil
        return """
            <p class="aside"><a href="\(Link("/reset-password", on: site))">\(text.forgotten)</a>\(signUp)</p>
            """
    }

    /// What the client says about itself elsewhere.
    private var footnotes: HTML? {
        let links = clientLinks.html(in: language)
        guard let first = links.first else { return nil }
        return "\n<hr><p class=\"trace\">\(first)\(links.dropFirst().map { "<br>\($0)" as HTML })</p>"
    }

    private func passwordForm(_ text: Texts, _ site: Site) -> HTML {
        let cancel: HTML? =
            handle == nil
            ? nil
            : "<button class=\"plain\" name=\"action\" value=\"cancel\" formnovalidate>\(text.cancel)</button>\n"
        var faulty: HTML = ""
        if case .wrongPassword? = problem { faulty = " aria-invalid=\"true\" aria-describedby=\"problem\"" }
        let focusOnName: HTML = username.isEmpty && mayContinueAs == nil ? " autofocus" : ""
        let focusOnPassword: HTML = username.isEmpty || mayContinueAs != nil ? "" : " autofocus"
        return """
            <form method="post" action="\(Link("/login", on: site))">
            \(hiddenFields)
            <div class="field"><label for="username">\(text.username)</label>
            <input id="username" name="username" value="\(username)" autocomplete="username" autocapitalize="none" \
            spellcheck="false" maxlength="255" required\(faulty)\(focusOnName)></div>
            <div class="field"><label for="password">\(text.password)</label>
            <input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" \
            required\(faulty)\(focusOnPassword)></div>
            <button name="action" value="login">\(text.submit)</button>
            \(cancel)</form>
            """
    }
}

extension LoginPage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let toGoOn: @Sendable (HTML) -> HTML
        let toYourAccount: HTML
        let username: HTML
        let password: HTML
        let submit: HTML
        let cancel: HTML
        let continueAs: @Sendable (HTML) -> HTML
        let or: HTML
        let stepUp: HTML
        let forgotten: HTML
        let signUp: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        private static let english = Texts(
            title: "Sign in",
            toGoOn: { "to continue to <strong>\($0)</strong>" },
            toYourAccount: "to your account",
            username: "User name",
            password: "Password",
            submit: "Sign in",
            cancel: "Cancel",
            continueAs: { "Continue as \($0)" },
            or: "or sign in as somebody else",
            stepUp: """
                This service asks for two-step sign-in: use your passkey, or your password and your authenticator.
                """,
            forgotten: "Forgotten your password?",
            signUp: "Create an account")

        private static let german = Texts(
            title: "Anmelden",
            toGoOn: { "um zu <strong>\($0)</strong> fortzufahren" },
            toYourAccount: "in Ihrem Konto",
            username: "Benutzername",
            password: "Passwort",
            submit: "Anmelden",
            cancel: "Abbrechen",
            continueAs: { "Weiter als \($0)" },
            or: "oder als jemand anderes anmelden",
            stepUp: """
                Dieser Dienst verlangt die Anmeldung in zwei Schritten: mit Ihrem Passkey oder mit Passwort und \
                Authenticator-App.
                """,
            forgotten: "Passwort vergessen?",
            signUp: "Konto anlegen")
    }
}
