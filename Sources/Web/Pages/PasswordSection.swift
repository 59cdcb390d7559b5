import HTTP
import Provider

/// The part of `/account` where a new password is chosen.
struct PasswordSection {
    var language: Language
    var user: User
    var policy: PasswordPolicy
    var problem: Problem?
    var csrf: String

    /// Why the form is shown again.
    enum Problem {
        case wrongPassword
        case newPassword(PasswordProblem)
        case throttled(seconds: Int)
        case unavailable(seconds: Int)

        var status: Status {
            switch self {
            case .wrongPassword: .forbidden
            case .newPassword: .badRequest
            case .throttled: .tooManyRequests
            case .unavailable: .serviceUnavailable
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

    func html(on site: Site) -> HTML {
        let text = Texts.of(language)
        var (isCurrentWrong, isNewWrong) = (false, false)
        switch problem {
        case .wrongPassword?: isCurrentWrong = true
        case .newPassword?: isNewWrong = true
        default: break
        }
        let fields = [
            FormField(
                name: "username", label: text.username, value: user.username, autocomplete: "username", isReadOnly: true
            ),
            FormField(
                name: "current_password", label: text.current, type: "password", autocomplete: "current-password",
                maxLength: PasswordPolicy.longest, isRequired: true, isFaulty: isCurrentWrong),
            FormField(
                name: "new_password", label: text.new, type: "password", autocomplete: "new-password",
                hint: PasswordWords.hint(policy, language), maxLength: PasswordPolicy.longest, isRequired: true,
                isFaulty: isNewWrong),
        ]
        return """
            <section><h2>\(text.title)</h2>
            \(problem.map { Notice.alarm(text.words(for: $0, language)) })\
            <p>\(text.what)</p>
            <form method="post" action="\(Link("/account", on: site))">
            <input type="hidden" name="csrf" value="\(csrf)">
            <input type="hidden" name="action" value="change-password">
            \(fields.map(\.html))\
            <button>\(text.save)</button>
            </form></section>

            """
    }
}

extension PasswordSection {
    /// What the section says in one language.
    private struct Texts {
        let title: HTML
        let what: HTML
        let username: HTML
        let current: HTML
        let new: HTML
        let save: HTML
        let wrongPassword: HTML
        let throttled: HTML
        let unavailable: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        func words(for problem: Problem, _ language: Language) -> HTML {
            switch problem {
            case .wrongPassword: wrongPassword
            case .newPassword(let problem): PasswordWords.problem(problem, language)
            case .throttled: throttled
            case .unavailable: unavailable
            }
        }

        private static let english = Texts(
            title: "Your password",
            what: "A new password signs out all your other browsers, and services have to ask you again.",
            username: "User name",
            current: "Current password",
            new: "New password",
            save: "Change the password",
            wrongPassword: "This is not your current password.",
            throttled: "Too many wrong passwords. Please wait a little and try again.",
            unavailable: "The server is busy at the moment. Please try again in a few seconds.")

        private static let german = Texts(
            title: "Ihr Passwort",
            what: "Ein neues Passwort meldet alle Ihre anderen Browser ab, und Dienste müssen Sie neu fragen.",
            username: "Benutzername",
            current: "Jetziges Passwort",
            new: "Neues Passwort",
            save: "Passwort ändern",
            wrongPassword: "Das ist nicht Ihr jetziges Passwort.",
            throttled: "Zu viele falsche Passwörter. Bitte warten Sie ein wenig und versuchen Sie es erneut.",
            unavailable: "Der Server ist gerade ausgelastet. Bitte versuchen Sie es in einigen Sekunden erneut.")
    }
}
