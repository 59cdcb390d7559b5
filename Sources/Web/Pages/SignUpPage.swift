import HTTP
import Provider

/// `/signup`: an account of one's own.
struct SignUpPage {
    var language: Language
    /// The authorization request that waits for a login; nil when somebody came by themselves.
    var handle: String?
    var username = ""
    var email = ""
    var policy: PasswordPolicy
    var problem: Problem?
    var csrf: String

    /// Why the page is shown again.
    enum Problem: Equatable {
        case username, nameTaken, email, emailDiffers
        case password(PasswordProblem)
        case throttled(seconds: Int)
        case unavailable(seconds: Int)
        /// The form came from a page that is too old, or from elsewhere.
        case staleForm

        var status: Status {
            switch self {
            case .username, .email, .emailDiffers, .password: .badRequest
            case .nameTaken: .conflict
            case .throttled: .tooManyRequests
            case .unavailable: .serviceUnavailable
            case .staleForm: .forbidden
            }
        }

        /// Seconds to wait.
        var retryAfter: Int? {
            switch self {
            case .throttled(let seconds), .unavailable(let seconds): seconds
            default: nil
            }
        }
    }

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        let request: HTML? = handle.map { "<input type=\"hidden\" name=\"waiting\" value=\"\($0)\">" }
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p class="lead">\(text.lead)</p>
                \(problem.map { Notice.alarm(text.words(for: $0, language)) })\
                <form method="post" action="\(Link("/signup", on: site))">
                <input type="hidden" name="csrf" value="\(csrf)">\(request)
                \(fields(text))<button>\(text.submit)</button>
                </form>
                <p class="or">\(text.or)</p>
                <p class="aside"><a href="\(Self.login(handle, on: site))">\(text.signIn)</a></p>
                """,
            status: problem?.status ?? .ok, retryAfter: problem?.retryAfter)
    }

    private func fields(_ text: Texts) -> [HTML] {
        let isPassword = if case .password? = problem { true } else { false }
        return [
            FormField(
                name: "username", label: text.username, value: username, autocomplete: "username",
                hint: text.usernameHint, maxLength: 255, isRequired: true, isIdentifier: true,
                isFaulty: problem == .username || problem == .nameTaken, hasFocus: problem == nil),
            FormField(
                name: "email", label: text.email, type: "email", value: email, autocomplete: "email",
                hint: text.emailHint, maxLength: 254, isFaulty: problem == .email || problem == .emailDiffers),
            FormField(
                name: "password", label: text.password, type: "password", autocomplete: "new-password",
                hint: PasswordWords.hint(policy, language), maxLength: PasswordPolicy.longest, isRequired: true,
                isFaulty: isPassword),
        ].map(\.html)
    }

    /// Where one goes who has an account.
    static func login(_ handle: String?, on site: Site) -> Link {
        Link("/login", on: site, query: handle.map { [("request", $0)] } ?? [])
    }

    /// After the account was made, or as if it had been.
    ///
    /// - Parameter hasMail: whether an address was given, so that mail is on its way.
    static func done(_ language: Language, hasMail: Bool, handle: String?, on site: Site) -> Page {
        let text = Texts.of(language)
        return Page(
            language: language, title: text.done,
            content: """
                <h1>\(text.done)</h1>
                <p>\(hasMail ? text.mailed : text.ready)</p>
                <p><a class="button" href="\(login(handle, on: site))">\(text.signIn)</a></p>
                """)
    }
}

extension SignUpPage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let lead: HTML
        let username: HTML
        let usernameHint: HTML
        let email: HTML
        let emailHint: HTML
        let password: HTML
        let submit: HTML
        let or: HTML
        let signIn: HTML
        let done: HTML
        let ready: HTML
        let mailed: HTML
        let badName: HTML
        let nameTaken: HTML
        let badEmail: HTML
        let emailDiffers: HTML
        let throttled: HTML
        let unavailable: HTML
        let staleForm: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        func words(for problem: Problem, _ language: Language) -> HTML {
            switch problem {
            case .username: badName
            case .nameTaken: nameTaken
            case .email: badEmail
            case .emailDiffers: emailDiffers
            case .password(let problem): PasswordWords.problem(problem, language)
            case .throttled: throttled
            case .unavailable: unavailable
            case .staleForm: staleForm
            }
        }

        private static let english = Texts(
            title: "Create an account",
            lead: "for all services that sign you in here",
            username: "User name",
            usernameHint: "Letters, digits and . _ - + @; an e-mail address will do.",
            email: "E-mail address",
            emailHint: "You need it if you ever forget your password.",
            password: "Password",
            submit: "Create account",
            or: "or, if you have one,",
            signIn: "Sign in",
            done: "Welcome",
            ready: "Your account is ready.",
            mailed: """
                We have sent you a message. Open the link in it to confirm your e-mail address. You can sign in right away.
                """,
            badName: """
                This cannot be a user name. It may have letters and digits of one script and the characters . _ - + @.
                """,
            nameTaken: "This user name is taken, or looks like one that is. Please choose another one.",
            badEmail: "This is not an e-mail address.",
            emailDiffers: "Your user name is an e-mail address already. Leave this field empty, or write the same.",
            throttled: "There were too many attempts. Please wait a little and try again.",
            unavailable: "The server is busy at the moment. Please try again in a few seconds.",
            staleForm: "This page was too old to be used. Please try again.")

        private static let german = Texts(
            title: "Konto anlegen",
            lead: "für alle Dienste, die Sie hier anmelden",
            username: "Benutzername",
            usernameHint: "Buchstaben, Ziffern und . _ - + @; auch eine E-Mail-Adresse ist möglich.",
            email: "E-Mail-Adresse",
            emailHint: "Sie brauchen sie, falls Sie Ihr Passwort einmal vergessen.",
            password: "Passwort",
            submit: "Konto anlegen",
            or: "oder, wenn Sie eines haben,",
            signIn: "Anmelden",
            done: "Willkommen",
            ready: "Ihr Konto ist bereit.",
            mailed: """
                Wir haben Ihnen eine Nachricht geschickt. Öffnen Sie den Link darin, um Ihre E-Mail-Adresse zu bestätigen. \
                Anmelden können Sie sich sofort.
                """,
            badName: """
                Das kann kein Benutzername sein. Erlaubt sind Buchstaben und Ziffern einer Schrift und die Zeichen . _ - + @.
                """,
            nameTaken: """
                Dieser Benutzername ist vergeben oder sieht einem vergebenen zu ähnlich. Bitte wählen Sie einen anderen.
                """,
            badEmail: "Das ist keine E-Mail-Adresse.",
            emailDiffers: """
                Ihr Benutzername ist schon eine E-Mail-Adresse. Lassen Sie dieses Feld leer, oder schreiben Sie dieselbe.
                """,
            throttled: "Das waren zu viele Versuche. Bitte warten Sie ein wenig und versuchen Sie es erneut.",
            unavailable: "Der Server ist gerade ausgelastet. Bitte versuchen Sie es in einigen Sekunden erneut.",
            staleForm: "Diese Seite war zu alt. Bitte versuchen Sie es noch einmal.")
    }
}
