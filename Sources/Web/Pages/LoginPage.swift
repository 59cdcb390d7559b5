import HTTP
import Provider

/// `/login`: who are you?
struct LoginPage {
    var language: Language
    /// The request that waits for this login; nil when somebody came by themselves.
    var handle: String?
    /// The client that asked; nil when somebody came by themselves.
    var clientName: String?
    /// Where the forms may lead at last.
    var formTargets: [ContentSecurityPolicy.Source] = []
    /// What the field for the name begins with.
    var username = ""
    /// Who is logged in here already and may just go on.
    var mayContinueAs: User?
    var problem: Problem?
    var csrf: String
    /// Whether people may make accounts for themselves.
    var offersSignUp = false

    /// Why the page is shown again.
    enum Problem {
        /// The same words for a wrong name and a wrong password (CVE-2026-4633).
        case wrongPassword
        case throttled(seconds: Int)
        /// The form came from a page that is too old, or from elsewhere.
        case staleForm
        /// The server cannot check a password at this moment.
        case unavailable(seconds: Int)

        /// The server refuses what it understood (RFC 9110 §15.5.4), for now or for good.
        var status: Status {
            switch self {
            case .wrongPassword, .staleForm: .forbidden
            case .throttled: .tooManyRequests
            case .unavailable: .serviceUnavailable
            }
        }

        /// Seconds to wait.
        var retryAfter: Int? {
            switch self {
            case .wrongPassword, .staleForm: nil
            case .throttled(let seconds), .unavailable(let seconds): seconds
            }
        }
    }

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        let client: HTML? = clientName.map { "\($0)" }
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p class="lead">\(client.map(text.toGoOn) ?? text.toYourAccount)</p>
                \(problem.map { text.notice($0) })\(continueForm(text, site))\(passwordForm(text, site))
                \(otherWays(text, site))
                """,
            status: problem?.status ?? .ok, retryAfter: problem?.retryAfter,
            policy: ContentSecurityPolicy(formTargets: formTargets))
    }

    private var hiddenFields: HTML {
        let request: HTML? = handle.map { "<input type=\"hidden\" name=\"request\" value=\"\($0)\">" }
        return "<input type=\"hidden\" name=\"csrf\" value=\"\(csrf)\">\(request)"
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
        let forgotten: HTML
        let signUp: HTML
        let wrongPassword: HTML
        let throttled: @Sendable (Int) -> HTML
        let staleForm: HTML
        let unavailable: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        func notice(_ problem: Problem) -> HTML {
            let words =
                switch problem {
                case .wrongPassword: wrongPassword
                case .throttled(let seconds): throttled(seconds)
                case .staleForm: staleForm
                case .unavailable: unavailable
                }
            return "<p class=\"notice alarm\" id=\"problem\" role=\"alert\">\(words)</p>\n"
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
            forgotten: "Forgotten your password?",
            signUp: "Create an account",
            wrongPassword: "This user name and password do not belong together. Please try again.",
            throttled: { seconds in
                seconds == 1
                    ? "Too many wrong passwords. Please wait one second and try again."
                    : "Too many wrong passwords. Please wait \(seconds) seconds and try again."
            },
            staleForm: "This page was too old to be used. Please sign in again.",
            unavailable: "The server is busy at the moment. Please try again in a few seconds.")

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
            forgotten: "Passwort vergessen?",
            signUp: "Konto anlegen",
            wrongPassword: "Benutzername und Passwort passen nicht zusammen. Bitte versuchen Sie es noch einmal.",
            throttled: { seconds in
                seconds == 1
                    ? "Zu viele falsche Passwörter. Bitte warten Sie eine Sekunde und versuchen Sie es erneut."
                    : "Zu viele falsche Passwörter. Bitte warten Sie \(seconds) Sekunden und versuchen Sie es erneut."
            },
            staleForm: "Diese Seite war zu alt. Bitte melden Sie sich noch einmal an.",
            unavailable: "Der Server ist gerade ausgelastet. Bitte versuchen Sie es in einigen Sekunden erneut.")
    }
}
