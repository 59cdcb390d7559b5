extension ResetPasswordPage {
    /// What the page says in one language.
    struct Texts {
        let title: HTML
        let lead: HTML
        let username: HTML
        let send: HTML
        let sentTitle: HTML
        let sent: HTML
        let nothingCame: HTML
        let signIn: HTML
        let chooseTitle: HTML
        let account: HTML
        let password: HTML
        let save: HTML
        let endsLogins: HTML
        let doneTitle: HTML
        let done: HTML
        let overTitle: HTML
        let over: HTML
        let again: HTML
        let empty: HTML
        let staleForm: HTML
        let unavailable: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        func words(for problem: AskProblem) -> HTML {
            switch problem {
            case .empty: empty
            case .staleForm: staleForm
            case .unavailable: unavailable
            }
        }

        func words(for problem: ChooseProblem, _ language: Language) -> HTML {
            switch problem {
            case .password(let problem): PasswordWords.problem(problem, language)
            case .unavailable: unavailable
            }
        }

        private static let english = Texts(
            title: "Forgotten your password?",
            lead: "We send you a link by which you can choose a new one.",
            username: "User name or e-mail address",
            send: "Send the link",
            sentTitle: "Look into your mail",
            sent: "If there is such an account and we know its e-mail address, a message with a link is on its way.",
            nothingCame: "If nothing comes within a few minutes, look among unwanted mail, or try your other address.",
            signIn: "Sign in",
            chooseTitle: "Choose a new password",
            account: "User name",
            password: "New password",
            save: "Save the password",
            endsLogins: "A new password signs you out everywhere, and services have to ask you again.",
            doneTitle: "You have a new password",
            done: "Everything that was signed in before has been signed out. Sign in with your new password.",
            overTitle: "This link is over",
            over: "It was used already, or it is older than half an hour.",
            again: "Ask for another one",
            empty: "Please enter your user name or your e-mail address.",
            staleForm: "This page was too old to be used. Please try again.",
            unavailable: "The server is busy at the moment. Please try again in a few seconds.")

        private static let german = Texts(
            title: "Passwort vergessen?",
            lead: "Wir schicken Ihnen einen Link, mit dem Sie ein neues wählen können.",
            username: "Benutzername oder E-Mail-Adresse",
            send: "Link schicken",
            sentTitle: "Sehen Sie in Ihre Post",
            sent: """
                Wenn es ein solches Konto gibt und wir seine E-Mail-Adresse kennen, ist eine Nachricht mit einem Link \
                unterwegs.
                """,
            nothingCame: """
                Wenn in einigen Minuten nichts kommt, sehen Sie bei der unerwünschten Post nach, oder versuchen Sie Ihre \
                andere Adresse.
                """,
            signIn: "Anmelden",
            chooseTitle: "Neues Passwort wählen",
            account: "Benutzername",
            password: "Neues Passwort",
            save: "Passwort speichern",
            endsLogins: "Ein neues Passwort meldet Sie überall ab, und Dienste müssen Sie neu fragen.",
            doneTitle: "Sie haben ein neues Passwort",
            done: "Alles, was vorher angemeldet war, wurde abgemeldet. Melden Sie sich mit dem neuen Passwort an.",
            overTitle: "Dieser Link gilt nicht mehr",
            over: "Er wurde schon benutzt oder ist älter als eine halbe Stunde.",
            again: "Einen neuen anfordern",
            empty: "Bitte geben Sie Ihren Benutzernamen oder Ihre E-Mail-Adresse ein.",
            staleForm: "Diese Seite war zu alt. Bitte versuchen Sie es noch einmal.",
            unavailable: "Der Server ist gerade ausgelastet. Bitte versuchen Sie es in einigen Sekunden erneut.")
    }
}
