import HTTP
import JOSE
import Provider

/// The part of `/account` about what services are told of the person (OpenID Connect Core §5.1). Whatever is not asked for
/// here can be set by `PUT …/users/profile`.
struct ProfileSection {
    var language: Language
    var user: User
    /// What the fields have, by their names, when the form comes back.
    var given: [String: String] = [:]
    var problem: Problem?
    var csrf: String

    /// Why the form is shown again.
    enum Problem {
        /// A field has not the form that its claim has.
        case malformed(field: String)
        /// Another address takes the password.
        case wrongPassword
        case throttled(seconds: Int)
        case unavailable(seconds: Int)

        var status: Status {
            switch self {
            case .malformed: .badRequest
            case .wrongPassword: .forbidden
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

    /// Fields of the form that are claims, in order.
    static let claims = ["name", "given_name", "family_name", "phone_number", "birthdate", "website"]
    static let email = "email"
    static let password = "profile_password"

    /// What a field has without anybody having touched it.
    static func standing(_ field: String, of user: User) -> String {
        field == email ? user.email ?? "" : user.claims[field]?.string ?? ""
    }

    func html(on site: Site) -> HTML {
        let text = Texts.of(language)
        let fields = [
            field("name", text.name, autocomplete: "name"),
            field("given_name", text.givenName, autocomplete: "given-name"),
            field("family_name", text.familyName, autocomplete: "family-name"),
            field("phone_number", text.phone, type: "tel", autocomplete: "tel", hint: text.phoneHint),
            field("birthdate", text.birthdate, autocomplete: "bday", hint: text.birthdateHint),
            field("website", text.website, type: "url", autocomplete: "url"),
            field("email", text.email, type: "email", autocomplete: "email"),
        ]
        let password = FormField(
            name: "profile_password", label: text.password, type: "password", autocomplete: "current-password",
            hint: text.passwordHint, maxLength: PasswordPolicy.longest, isFaulty: isFaulty(Self.password))
        return """
            <section><h2>\(text.title)</h2>
            \(problem.map { Notice.alarm(text.words(for: $0)) })\
            <form method="post" action="\(Link("/account", on: site))">
            <input type="hidden" name="csrf" value="\(csrf)">
            <input type="hidden" name="action" value="save-profile">
            \(fields.map(\.html))\(password.html)\
            <button>\(text.save)</button>
            </form></section>

            """
    }

    private func field(
        _ name: StaticString, _ label: HTML, type: StaticString = "text", autocomplete: StaticString, hint: HTML? = nil
    ) -> FormField {
        FormField(
            name: name, label: label, type: type,
            value: given[name.string] ?? Self.standing(name.string, of: user), autocomplete: autocomplete, hint: hint,
            isFaulty: isFaulty(name.string))
    }

    private func isFaulty(_ field: String) -> Bool {
        switch problem {
        case .malformed(let faulty)?: field == faulty
        case .wrongPassword?: field == Self.password
        default: false
        }
    }
}

extension ProfileSection {
    /// What the section says in one language.
    private struct Texts {
        let title: HTML
        let name: HTML
        let givenName: HTML
        let familyName: HTML
        let phone: HTML
        let phoneHint: HTML
        let birthdate: HTML
        let birthdateHint: HTML
        let website: HTML
        let email: HTML
        let password: HTML
        let passwordHint: HTML
        let save: HTML
        let malformed: HTML
        let wrongPassword: HTML
        let throttled: HTML
        let unavailable: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        func words(for problem: Problem) -> HTML {
            switch problem {
            case .malformed: malformed
            case .wrongPassword: wrongPassword
            case .throttled: throttled
            case .unavailable: unavailable
            }
        }

        private static let english = Texts(
            title: "Your profile",
            name: "Full name",
            givenName: "Given names",
            familyName: "Family name",
            phone: "Telephone number",
            phoneHint: "With the country code, such as +44 20 7946 0000.",
            birthdate: "Date of birth",
            birthdateHint: "Year, month, day: 1990-12-31.",
            website: "Website",
            email: "E-mail address",
            password: "Your password",
            passwordHint: "Only needed for another e-mail address.",
            save: "Save the profile",
            malformed: "One of the fields cannot be saved like this. Please look at it again.",
            wrongPassword: "To change your e-mail address, please enter your password.",
            throttled: "Too many wrong passwords. Please wait a little and try again.",
            unavailable: "The server is busy at the moment. Please try again in a few seconds.")

        private static let german = Texts(
            title: "Ihr Profil",
            name: "Voller Name",
            givenName: "Vornamen",
            familyName: "Familienname",
            phone: "Telefonnummer",
            phoneHint: "Mit der Landesvorwahl, etwa +49 30 901820.",
            birthdate: "Geburtsdatum",
            birthdateHint: "Jahr, Monat, Tag: 1990-12-31.",
            website: "Website",
            email: "E-Mail-Adresse",
            password: "Ihr Passwort",
            passwordHint: "Nur für eine andere E-Mail-Adresse nötig.",
            save: "Profil speichern",
            malformed: "Eines der Felder lässt sich so nicht speichern. Bitte sehen Sie es noch einmal an.",
            wrongPassword: "Um Ihre E-Mail-Adresse zu ändern, geben Sie bitte Ihr Passwort ein.",
            throttled: "Zu viele falsche Passwörter. Bitte warten Sie ein wenig und versuchen Sie es erneut.",
            unavailable: "Der Server ist gerade ausgelastet. Bitte versuchen Sie es in einigen Sekunden erneut.")
    }
}
