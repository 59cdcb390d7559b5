import Provider

/// The part of `/account` about applications: what the user has allowed them, and how to take it back.
struct ApplicationsPage {
    var language: Language
    var user: User
    var applications: [AllowedApplication]
    var csrf: String

    static func link(on site: Site) -> Link { Link("/account", on: site, query: [("section", "applications")]) }

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        let list: HTML =
            applications.isEmpty
            ? "<p>\(text.none)</p>"
            : "<p>\(text.explanation)</p>\n<ul class=\"plainlist\">\n\(applications.map { item($0, text, site) })</ul>"
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p class="lead">\(text.signedInAs("\(user.displayName)"))</p>
                \(list)
                <hr><p class="trace"><a href="\(LoginGoal.account.link(on: site))">\(text.back)</a></p>
                """)
    }

    private func item(_ application: AllowedApplication, _ text: Texts, _ site: Site) -> HTML {
        let scopes = application.scopes.map { "<li>\($0.words(in: language.rawValue))</li>\n" as HTML }
        return """
            <li><h2>\(application.client.name)</h2>
            <p class="trace">\(text.since(AccountPage.time(application.consent.grantedAt)))</p>
            <ul>
            \(scopes)</ul>
            <form method="post" action="\(Link("/account", on: site))">
            <input type="hidden" name="csrf" value="\(csrf)"><input type="hidden" name="section" value="applications">
            <input type="hidden" name="consent" value="\(application.consent.id)">
            <button class="plain" name="action" value="revoke_consent">\(text.revoke("\(application.client.name)"))</button>
            </form></li>

            """
    }
}

extension ApplicationsPage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let signedInAs: @Sendable (HTML) -> HTML
        let explanation: HTML
        let none: HTML
        let since: @Sendable (HTML) -> HTML
        let revoke: @Sendable (HTML) -> HTML
        let back: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        private static let english = Texts(
            title: "Applications that have access",
            signedInAs: { "You are signed in as <strong>\($0)</strong>." },
            explanation: """
                You have allowed these applications what stands below them. Taken back, it ends at once; an application \
                that needs it again will ask you.
                """,
            none: "You have allowed no application anything.",
            since: { "allowed on \($0)" },
            revoke: { "Take back the access of «\($0)»" },
            back: "Back to your account")

        private static let german = Texts(
            title: "Anwendungen, die Zugriff haben",
            signedInAs: { "Sie sind angemeldet als <strong>\($0)</strong>." },
            explanation: """
                Diesen Anwendungen haben Sie erlaubt, was darunter steht. Entziehen Sie es, endet es sofort; braucht eine \
                Anwendung es wieder, fragt sie Sie.
                """,
            none: "Sie haben keiner Anwendung etwas erlaubt.",
            since: { "erlaubt am \($0)" },
            revoke: { "«\($0)» den Zugriff entziehen" },
            back: "Zurück zu Ihrem Konto")
    }
}
