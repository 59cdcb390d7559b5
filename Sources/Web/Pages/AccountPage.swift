import Provider

/// `/account`: who you are here, and the way out.
struct AccountPage {
    var language: Language
    var user: User
    var session: Session
    var csrf: String

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.greeting("\(user.displayName)"))</h1>
                <dl>
                <dt>\(text.username)</dt><dd>\(user.username)</dd>
                \(email(text))<dt>\(text.since)</dt>\
                <dd><time datetime="\(session.authTime.rfc3339)">\(Self.readable(session.authTime))</time></dd>
                </dl>
                <p><a href="\(LoginGoal.factors.link(on: site))">\(text.factors)</a></p>
                <form method="post" action="\(Link("/account", on: site))">
                <input type="hidden" name="csrf" value="\(csrf)">
                <button class="plain" name="action" value="logout">\(text.signOut)</button>
                </form>
                """)
    }

    private func email(_ text: Texts) -> HTML? {
        guard let email = user.email else { return nil }
        let verdict = user.emailVerified ? text.verified : text.unverified
        return "<dt>\(text.email)</dt><dd>\(email) (\(verdict))</dd>\n"
    }

    /// `2026-11-21 09:38 UTC`
    private static func readable(_ moment: Instant) -> String {
        let text = moment.rfc3339
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }
}

extension AccountPage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let greeting: @Sendable (HTML) -> HTML
        let username: HTML
        let email: HTML
        let verified: HTML
        let unverified: HTML
        let since: HTML
        let factors: HTML
        let signOut: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        private static let english = Texts(
            title: "Your account",
            greeting: { "Hello, \($0)" },
            username: "User name",
            email: "E-mail address",
            verified: "confirmed",
            unverified: "not confirmed",
            since: "Signed in since",
            factors: "How you sign in: two-step sign-in, recovery codes",
            signOut: "Sign out")

        private static let german = Texts(
            title: "Ihr Konto",
            greeting: { "Guten Tag, \($0)" },
            username: "Benutzername",
            email: "E-Mail-Adresse",
            verified: "bestätigt",
            unverified: "nicht bestätigt",
            since: "Angemeldet seit",
            factors: "Wie Sie sich anmelden: zwei Schritte, Wiederherstellungscodes",
            signOut: "Abmelden")
    }
}
