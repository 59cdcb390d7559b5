import Provider

extension ApplicationFormPage {
    /// What the page says in one language.
    struct Texts {
        let title: HTML
        let lead: HTML
        let name: HTML
        let nameHint: HTML
        let description: HTML
        let descriptionHint: HTML
        let type: HTML
        let confidential: (HTML, HTML)
        let `public`: (HTML, HTML)
        let grants: HTML
        let grant: @Sendable (GrantType) -> HTML
        let redirectURIs: HTML
        let redirectHint: HTML
        let scopes: HTML
        let resources: HTML
        let resourcesHint: HTML
        let email: HTML
        let emailHint: HTML
        let send: HTML
        let back: HTML
        let staleForm: HTML
        let full: HTML
        let unavailable: HTML
        let refused: @Sendable (HTML) -> HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        func words(for grant: GrantType) -> HTML { self.grant(grant) }

        func words(for problem: Problem) -> HTML {
            switch problem {
            case .staleForm: staleForm
            case .busy(_, let isFull): isFull ? full : unavailable
            case .refused(let error): refused("<span lang=\"en\">\(error.description)</span>")
            }
        }

        private static let english = Texts(
            title: "Request an application",
            lead: "Say what you want to connect. An administrator decides; the answer comes by mail.",
            name: "Name",
            nameHint: "People read it when they are asked for their consent.",
            description: "What is it for?",
            descriptionHint: "A few sentences for the administrator.",
            type: "What kind of application is it?",
            confidential: ("It can keep a secret", "It runs on a server of yours (<code>CONFIDENTIAL</code>)."),
            public: ("It cannot", "It runs in browsers or on other people’s devices (<code>PUBLIC</code>)."),
            grants: "How does it get tokens?",
            grant: { grant in
                switch grant {
                case .authorizationCode: "People sign in by their browser"
                case .refreshToken: "They stay signed in"
                case .clientCredentials: "It acts for itself, without a user"
                case .deviceCode: "People sign in on a device without a browser"
                case .implicit: "Tokens straight from the authorization endpoint"
                case .password: "People type their password into it"
                }
            },
            redirectURIs: "Redirect URIs",
            redirectHint: "One a line, exactly as your application sends them.",
            scopes: "What does it want to do?",
            resources: "Resources",
            resourcesHint:
                "Addresses of the services that its tokens are for (RFC 8707), one a line. Leave it empty if you do not know.",
            email: "Your e-mail address",
            emailHint: "The link to the credentials goes there.",
            send: "Send the application",
            back: "What this server is",
            staleForm: "This page was too old to be used. Please send it again.",
            full: "Too many applications wait for a decision. Please try again later.",
            unavailable: "This server cannot take it at the moment. Please try again in a few seconds.",
            refused: { "This cannot be accepted: \($0)" })

        private static let german = Texts(
            title: "Eine Anwendung beantragen",
            lead: "Sagen Sie, was Sie anschließen wollen. Ein Administrator entscheidet; die Antwort kommt per Mail.",
            name: "Name",
            nameHint: "Menschen lesen ihn, wenn sie um Zustimmung gebeten werden.",
            description: "Wozu dient sie?",
            descriptionHint: "Ein paar Sätze für den Administrator.",
            type: "Was für eine Anwendung ist es?",
            confidential: (
                "Sie kann ein Geheimnis bewahren", "Sie läuft auf einem Server von Ihnen (<code>CONFIDENTIAL</code>)."
            ),
            public: ("Sie kann es nicht", "Sie läuft in Browsern oder auf fremden Geräten (<code>PUBLIC</code>)."),
            grants: "Wie kommt sie zu Tokens?",
            grant: { grant in
                switch grant {
                case .authorizationCode: "Menschen melden sich mit dem Browser an"
                case .refreshToken: "Sie bleiben angemeldet"
                case .clientCredentials: "Sie handelt für sich selbst, ohne Benutzer"
                case .deviceCode: "Menschen melden sich an einem Gerät ohne Browser an"
                case .implicit: "Tokens direkt vom Autorisierungsendpunkt"
                case .password: "Menschen tippen ihr Passwort in sie ein"
                }
            },
            redirectURIs: "Redirect-URIs",
            redirectHint: "Eine pro Zeile, genau wie Ihre Anwendung sie schickt.",
            scopes: "Was möchte sie tun?",
            resources: "Ressourcen",
            resourcesHint:
                "Adressen der Dienste, für die ihre Tokens gelten (RFC 8707), eine pro Zeile. Lassen Sie es leer, wenn Sie es nicht wissen.",
            email: "Ihre E-Mail-Adresse",
            emailHint: "Dorthin geht der Link zu den Zugangsdaten.",
            send: "Antrag absenden",
            back: "Was dieser Server ist",
            staleForm: "Diese Seite war zu alt. Bitte senden Sie sie noch einmal ab.",
            full: "Zu viele Anträge warten auf eine Entscheidung. Bitte versuchen Sie es später noch einmal.",
            unavailable:
                "Dieser Server kann ihn gerade nicht annehmen. Bitte versuchen Sie es in einigen Sekunden erneut.",
            refused: { "So geht es nicht: \($0)" })
    }
}
