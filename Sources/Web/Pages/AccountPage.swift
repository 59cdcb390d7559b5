import HTTP
import Provider

/// `/account`: who you are here, the way out, and what you can change, a section each.
struct AccountPage {
    var language: Language
    var user: User
    var session: Session
    var csrf: String
    /// What was done just now.
    var success: Success?
    var status = Status.ok
    /// Seconds to wait.
    var retryAfter: Int?
    /// What can be changed.
    var sections: [HTML] = []

    /// What can be done here.
    enum Success: String { case profile, password, mail }

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.greeting("\(user.displayName)"))</h1>
                \(success.map { Notice.success(text.words(for: $0)) })<dl>
                <dt>\(text.username)</dt><dd>\(user.username)</dd>
                \(email(text))<dt>\(text.since)</dt>\
                <dd>\(Self.time(session.authTime))</dd>
                </dl>
                <p><a href="\(LoginGoal.factors.link(on: site))">\(text.factors)</a></p>
                <p><a href="\(ApplicationsPage.link(on: site))">\(text.applications)</a></p>
                <p><a href="\(SessionsPage.link(on: site))">\(text.sessions)</a></p>
                \(administration(text, site))\
                <form method="post" action="\(Link("/account", on: site))">
                <input type="hidden" name="csrf" value="\(csrf)">
                <button class="plain" name="action" value="logout">\(text.signOut)</button>\
                \(confirmation(text))
                </form>
                \(sections)
                """, status: status, retryAfter: retryAfter)
    }

    /// What administrators of the server find here beside their own.
    private func administration(_ text: Texts, _ site: Site) -> HTML? {
        guard user.roles.contains("admin"), user.tenantID == nil else { return nil }
        return "<p><a href=\"\(LoginGoal.applications.link(on: site))\">\(text.administration)</a></p>\n"
    }

    private func confirmation(_ text: Texts) -> HTML? {
        guard user.email != nil, !user.emailVerified else { return nil }
        return "<button class=\"plain\" name=\"action\" value=\"send-confirmation\">\(text.sendConfirmation)</button>"
    }

    private func email(_ text: Texts) -> HTML? {
        guard let email = user.email else { return nil }
        let verdict = user.emailVerified ? text.verified : text.unverified
        return "<dt>\(text.email)</dt><dd>\(email) (\(verdict))</dd>\n"
    }

    static func time(_ moment: Instant) -> HTML {
        "<time datetime=\"\(moment.rfc3339)\">\(readable(moment))</time>"
    }

    /// `2026-11-21 09:38 UTC`
    static func readable(_ moment: Instant) -> String {
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
        let applications: HTML
        let sessions: HTML
        let administration: HTML
        let signOut: HTML
        let sendConfirmation: HTML
        let profileSaved: HTML
        let passwordSaved: HTML
        let mailSent: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        func words(for success: Success) -> HTML {
            switch success {
            case .profile: profileSaved
            case .password: passwordSaved
            case .mail: mailSent
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
            factors: "How you sign in: two-step sign-in, passkeys, recovery codes",
            applications: "Applications that have access",
            sessions: "Where you are signed in",
            administration: "Applications that people ask for",
            signOut: "Sign out",
            sendConfirmation: "Send the confirmation again",
            profileSaved: "Your profile was saved.",
            passwordSaved: "Your password was changed, and everything else that was signed in has been signed out.",
            mailSent: "A message with a link is on its way to your e-mail address.")

        private static let german = Texts(
            title: "Ihr Konto",
            greeting: { "Guten Tag, \($0)" },
            username: "Benutzername",
            email: "E-Mail-Adresse",
            verified: "bestätigt",
            unverified: "nicht bestätigt",
            since: "Angemeldet seit",
            factors: "Wie Sie sich anmelden: zwei Schritte, Passkeys, Wiederherstellungscodes",
            applications: "Anwendungen, die Zugriff haben",
            sessions: "Wo Sie angemeldet sind",
            administration: "Anwendungen, die beantragt sind",
            signOut: "Abmelden",
            sendConfirmation: "Bestätigung erneut schicken",
            profileSaved: "Ihr Profil wurde gespeichert.",
            passwordSaved: "Ihr Passwort wurde geändert, und alles andere, was angemeldet war, wurde abgemeldet.",
            mailSent: "Eine Nachricht mit einem Link ist zu Ihrer E-Mail-Adresse unterwegs.")
    }
}
