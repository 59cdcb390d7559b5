import Provider

/// Says that nobody is signed in any more. Meanwhile hidden frames tell relying parties so (OpenID Connect Front-Channel
/// Logout §3), and then the browser goes on to where it is sent. All of it works without a script.
struct SignedOutPage {
    var language: Language
    var loggedOut: LoggedOut

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        let onward = loggedOut.redirect.map(Link.init(after:))
        // Browsers count from when the page is there with its frames.
        let refresh: HTML? =
            loggedOut.isSentOn
            ? onward.map { "<meta http-equiv=\"refresh\" content=\"2; url=\($0)\">\n" } : nil
        let way: HTML =
            onward.map { "<p><a class=\"button\" href=\"\($0)\">\(text.goOn)</a></p>" }
            ?? "<p><a class=\"button\" href=\"\(Link("/login", on: site))\">\(text.signIn)</a></p>"
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p class="lead">\(loggedOut.told.isEmpty ? text.lead : text.telling)</p>
                \(loggedOut.told.map { Self.frame($0, on: site) })\(way)
                """,
            policy: ContentSecurityPolicy(
                frames: loggedOut.told.compactMap { ContentSecurityPolicy.Source(uri: $0.uri) }),
            script: refresh)
    }

    /// It may do what forgetting a login takes, and nothing to the page around it.
    private static func frame(_ party: FrontChannelLogout, on site: Site) -> HTML {
        """
        <iframe hidden sandbox="allow-forms allow-same-origin allow-scripts" src="\(Link(telling: party, on: site))"></iframe>

        """
    }
}

extension SignedOutPage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let lead: HTML
        let telling: HTML
        let goOn: HTML
        let signIn: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        private static let english = Texts(
            title: "You are signed out",
            lead: "Nobody is signed in here in this browser any more.",
            telling: "The services that you used in this browser are being told.",
            goOn: "Continue",
            signIn: "Sign in again")

        private static let german = Texts(
            title: "Sie sind abgemeldet",
            lead: "In diesem Browser ist hier niemand mehr angemeldet.",
            telling: "Die Dienste, die Sie in diesem Browser genutzt haben, erfahren davon.",
            goOn: "Weiter",
            signIn: "Wieder anmelden")
    }
}
