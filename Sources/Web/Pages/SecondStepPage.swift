import HTTP
import Provider

/// `/login` once the password was right: the code of an authenticator, or one from paper.
struct SecondStepPage {
    var language: Language
    /// What ties the page to the first step.
    var pending: String
    /// The request that waits for this login; nil when somebody came by themselves.
    var handle: String?
    /// Where the login leads without a request.
    var goal: LoginGoal
    /// Where the form may lead at last.
    var formTargets: [ContentSecurityPolicy.Source] = []
    var problem: LoginProblem?
    /// What a passkey would have to answer instead; nil where there can be none.
    var passkey: PasskeyQuestion?
    var csrf: String

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        var faulty: HTML = ""
        if case .wrongCode? = problem { faulty = " aria-invalid=\"true\" aria-describedby=\"problem\"" }
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p class="lead">\(text.lead)</p>
                \(problem?.notice(language))<form method="post" action="\(Link("/login", on: site))">
                \(hiddenFields)
                <input type="hidden" name="pending" value="\(pending)">
                <div class="field"><label for="code">\(text.code)</label>
                <input id="code" name="code" class="code" autocomplete="one-time-code" autocapitalize="characters" \
                spellcheck="false" maxlength="40" required\(faulty) autofocus></div>
                <button name="action" value="second_step">\(text.goOn)</button>
                </form>
                <p class="trace after">\(text.lost)</p>
                \(passkeyForm(site))
                """,
            status: problem?.status ?? .ok, retryAfter: problem?.retryAfter,
            policy: ContentSecurityPolicy(formTargets: formTargets, allowsScript: passkey != nil),
            script: passkey.map { _ in PasskeyForm.script(on: site) })
    }

    var hiddenFields: HTML {
        let request: HTML? = handle.map { "<input type=\"hidden\" name=\"request\" value=\"\($0)\">" }
        return "<input type=\"hidden\" name=\"csrf\" value=\"\(csrf)\">\(request)\(goal.hiddenField)"
    }

    func passkeyForm(_ site: Site) -> HTML? {
        passkey.map { question in
            PasskeyForm(
                language: language, kind: .login, question: question, target: Link("/login", on: site),
                hiddenFields: hiddenFields
            ).html
        }
    }
}

extension SecondStepPage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let lead: HTML
        let code: HTML
        let goOn: HTML
        let lost: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english:
                Texts(
                    title: "One more step",
                    lead: "Type the six digits that your authenticator app shows.",
                    code: "Code",
                    goOn: "Sign in",
                    lost: "Without your authenticator, type one of your recovery codes instead; each works once.")
            case .german:
                Texts(
                    title: "Noch ein Schritt",
                    lead: "Geben Sie die sechs Ziffern ein, die Ihre Authenticator-App anzeigt.",
                    code: "Code",
                    goOn: "Anmelden",
                    lost: """
                        Ohne Ihre App geben Sie stattdessen einen Ihrer Wiederherstellungscodes ein; jeder gilt \
                        einmal.
                        """)
            }
        }
    }
}
