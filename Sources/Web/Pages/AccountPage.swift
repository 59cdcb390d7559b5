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
                <dd>\(Self.time(session.authTime))</dd>
                </dl>
                <p><a href="\(LoginGoal.factors.link(on: site))">\(text.factors)</a></p>
                <p><a href="\(ApplicationsPage.link(on: site))">\(text.applications)</a></p>
                <p><a href="\(SessionsPage.link(on: site))">\(text.sessions)</a></p>
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
    static func time(_ moment: Instant) -> HTML {
        let text = moment.rfc3339
        return "<time datetime=\"\(text)\">\("\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC")</time>"
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
        let applications: HTML
        let sessions: HTML
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
            applications: "Applications that have access",
            sessions: "Where you are signed in",
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
            applications: "Anwendungen, die Zugriff haben",
            sessions: "Wo Sie angemeldet sind",
            signOut: "Abmelden")
    }
}
