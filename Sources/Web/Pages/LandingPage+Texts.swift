extension LandingPage {
    /// What the page says in one language.
    struct Texts {
        let title: HTML
        let heading: HTML
        let whatItIs: HTML
        let account: HTML
        let forDevelopers: HTML
        let discoveryBefore: HTML
        let issuer: HTML
        let configuration: HTML
        let keys: HTML
        let description: HTML
        let authorization: HTML
        let token: HTML
        let device: HTML
        let userInfo: HTML
        let introspection: HTML
        let revocation: HTML
        let logout: HTML
        let getClient: HTML
        let demoClient: @Sendable (HTML) -> HTML
        let noDemo: HTML
        let request: HTML
        let examples: HTML
        let secretFirst: HTML
        let ownClient: @Sendable (HTML) -> HTML
        let redirect: @Sendable (HTML) -> HTML
        let codeFlow: (HTML, HTML)
        let credentialsFlow: (HTML, HTML)
        let deviceFlow: (HTML, HTML)

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        func words(for flow: CodeExample.Flow) -> (HTML, HTML) {
            switch flow {
            case .code: codeFlow
            case .clientCredentials: credentialsFlow
            case .device: deviceFlow
            }
        }

        func words(for tongue: CodeExample.Tongue) -> HTML {
            switch tongue {
            case .curl: "curl"
            case .python: "Python"
            case .javaScript: "JavaScript (Node.js, <code>.mjs</code>)"
            }
        }

        private static let english = Texts(
            title: "Welcome",
            heading: "One account for many services",
            whatItIs: """
                This server signs people in on behalf of other services. They learn who you are only when you allow it, \
                and none of them ever sees your password.
                """,
            account: "Your account",
            forDevelopers: "For developers",
            discoveryBefore: """
                An OpenID Connect library needs the issuer and a registered client; everything else it finds by itself.
                """,
            issuer: "Issuer",
            configuration: "Configuration",
            keys: "Public keys",
            description: "All addresses (OpenAPI)",
            authorization: "Authorization",
            token: "Tokens",
            device: "Devices without a browser",
            userInfo: "Who is signed in",
            introspection: "Introspection",
            revocation: "Revocation",
            logout: "Logout",
            getClient: "How to get a client",
            demoClient: {
                """
                The client \($0) is there to be tried; its secret, and the password of the user <code>demo</code>, were \
                printed when the server was started for the first time. For an application of your own:
                """
            },
            noDemo: "Say what you want to connect. An administrator decides, and you get the credentials by mail.",
            request: "Request an application",
            examples: "Examples",
            secretFirst: """
                Each of these programs runs as it is. They take the secret of the client from the environment, where it \
                stands in no file and in no history:
                """,
            ownClient: { "Put the id of your client in the place of \($0)." },
            redirect: {
                """
                The first ones wait for the browser at \($0), which must be a redirect URI of the client; the port does not \
                matter.
                """
            },
            codeFlow: (
                "People sign in",
                "Authorization code with PKCE: the browser brings a code, the program gets tokens for it."
            ),
            credentialsFlow: ("A service acts for itself", "Client credentials: no user, no browser."),
            deviceFlow: (
                "A device without a browser", "Device authorization: the user allows it on a telephone, say."
            ))

        private static let german = Texts(
            title: "Willkommen",
            heading: "Ein Konto für viele Dienste",
            whatItIs: """
                Dieser Server meldet Menschen bei anderen Diensten an. Wer Sie sind, erfahren diese nur, wenn Sie es \
                erlauben, und Ihr Passwort sieht keiner von ihnen.
                """,
            account: "Ihr Konto",
            forDevelopers: "Für Entwickler",
            discoveryBefore: """
                Eine Bibliothek für OpenID Connect braucht den Aussteller und einen registrierten Client; alles andere \
                findet sie selbst.
                """,
            issuer: "Aussteller",
            configuration: "Konfiguration",
            keys: "Öffentliche Schlüssel",
            description: "Alle Adressen (OpenAPI)",
            authorization: "Autorisierung",
            token: "Tokens",
            device: "Geräte ohne Browser",
            userInfo: "Wer angemeldet ist",
            introspection: "Introspektion",
            revocation: "Widerruf",
            logout: "Abmeldung",
            getClient: "Wie man zu einem Client kommt",
            demoClient: {
                """
                Der Client \($0) ist zum Ausprobieren da; sein Geheimnis und das Passwort des Benutzers <code>demo</code> \
                wurden ausgegeben, als der Server zum ersten Mal startete. Für eine eigene Anwendung:
                """
            },
            noDemo: """
                Sagen Sie, was Sie anschließen wollen. Ein Administrator entscheidet, und die Zugangsdaten kommen per Mail.
                """,
            request: "Eine Anwendung beantragen",
            examples: "Beispiele",
            secretFirst: """
                Jedes dieser Programme läuft, wie es dasteht. Das Geheimnis des Clients nehmen sie aus der Umgebung, wo es in \
                keiner Datei und in keinem Verlauf steht:
                """,
            ownClient: { "Setzen Sie an die Stelle von \($0) die Id Ihres Clients." },
            redirect: {
                """
                Die ersten warten unter \($0) auf den Browser; das muss eine Redirect-URI des Clients sein, der Port ist \
                gleichgültig.
                """
            },
            codeFlow: (
                "Menschen melden sich an",
                "Authorization Code mit PKCE: Der Browser bringt einen Code, das Programm bekommt Tokens dafür."
            ),
            credentialsFlow: ("Ein Dienst handelt für sich", "Client Credentials: kein Benutzer, kein Browser."),
            deviceFlow: (
                "Ein Gerät ohne Browser", "Device Authorization: Der Benutzer erlaubt es, etwa auf einem Telefon."
            ))
    }
}
