import Provider

/// The part of `/account` about logins: in which browsers, from where and since when, and how to end them.
struct SessionsPage {
    var language: Language
    var user: User
    /// The one of this very browser.
    var present: SessionID
    var sessions: [Session]
    var csrf: String

    static func link(on site: Site) -> Link { Link("/account", on: site, query: [("section", "sessions")]) }

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        let hasOthers = sessions.contains { $0.id != present }
        let all: HTML? =
            hasOthers
            ? form(site, [("end_other_sessions", text.endOthers)], isPlain: false) : nil
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p class="lead">\(text.signedInAs("\(user.displayName)"))</p>
                <p>\(hasOthers ? text.explanation : text.none)</p>
                <ul class="plainlist">
                \(sessions.map { item($0, text, site) })</ul>
                \(all)
                <hr><p class="trace"><a href="\(LoginGoal.account.link(on: site))">\(text.back)</a></p>
                """)
    }

    private func item(_ session: Session, _ text: Texts, _ site: Site) -> HTML {
        let device = text.device(DeviceName(userAgent: session.userAgent))
        let isPresent = session.id == present
        let address: HTML? = session.address.isEmpty ? nil : text.from("\(session.address)")
        let button: HTML? =
            isPresent
            ? nil
            : form(
                site, [("end_session", text.end(device, "\(AccountPage.readable(session.authTime))"))],
                field: "<input type=\"hidden\" name=\"session\" value=\"\(session.id.text)\">")
        return """
            <li><p><strong>\(device)</strong>\(isPresent ? text.thisBrowser : nil)<br>
            <span class="trace">\(text.since(AccountPage.time(session.authTime)))\(address)</span></p>
            \(button)</li>

            """
    }

    private func form(
        _ site: Site, _ buttons: [(action: String, words: HTML)], field: HTML? = nil, isPlain: Bool = true
    ) -> HTML {
        let style: HTML = isPlain ? " class=\"plain\"" : ""
        return """
            <form method="post" action="\(Link("/account", on: site))">
            <input type="hidden" name="csrf" value="\(csrf)"><input type="hidden" name="section" value="sessions">
            \(field)\(buttons.map { "<button\(style) name=\"action\" value=\"\($0.action)\">\($0.words)</button>\n" as HTML })</form>
            """
    }
}

extension SessionsPage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let signedInAs: @Sendable (HTML) -> HTML
        let explanation: HTML
        let none: HTML
        let device: @Sendable (DeviceName) -> HTML
        let thisBrowser: HTML
        let since: @Sendable (HTML) -> HTML
        let from: @Sendable (HTML) -> HTML
        let end: @Sendable (_ device: HTML, _ time: HTML) -> HTML
        let endOthers: HTML
        let back: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        private static let english = Texts(
            title: "Where you are signed in",
            signedInAs: { "You are signed in as <strong>\($0)</strong>." },
            explanation: "If you do not know one of these, end it and change your password.",
            none: "You are signed in nowhere else.",
            device: { name in
                let program: HTML = "\(name.program ?? "A browser")"
                return name.system.map { "\(program) on \($0)" } ?? program
            },
            thisBrowser: " – this browser",
            since: { "since \($0)" },
            from: { ", from \($0)" },
            end: { "Sign out: \($0), since \($1)" },
            endOthers: "Sign out everywhere else",
            back: "Back to your account")

        private static let german = Texts(
            title: "Wo Sie angemeldet sind",
            signedInAs: { "Sie sind angemeldet als <strong>\($0)</strong>." },
            explanation: "Kennen Sie etwas davon nicht, beenden Sie es und ändern Sie Ihr Passwort.",
            none: "Sie sind nirgends sonst angemeldet.",
            device: { name in
                let program: HTML = "\(name.program ?? "Ein Browser")"
                return name.system.map { "\(program) auf \($0)" } ?? program
            },
            thisBrowser: " – dieser Browser",
            since: { "seit \($0)" },
            from: { ", von \($0)" },
            end: { "Abmelden: \($0), seit \($1)" },
            endOthers: "Überall sonst abmelden",
            back: "Zurück zu Ihrem Konto")
    }
}
