/// `/`: what this server is, for whoever opens its address.
struct LandingPage {
    var language: Language

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.heading)</h1>
                <p>\(text.whatItIs)</p>
                <p><a class="button" href="\(Link("/account", on: site))">\(text.account)</a></p>
                <h2>\(text.forDevelopers)</h2>
                <p>\(text.discoveryBefore)</p>
                <dl><dt>\(text.issuer)</dt><dd><code>\(site.issuer)</code></dd>
                <dt>\(text.configuration)</dt><dd>\
                <a href="\(Link("/.well-known/openid-configuration", on: site))"><code>/.well-known/openid-configuration\
                </code></a></dd>
                <dt>\(text.keys)</dt><dd>\
                <a href="\(Link("/.well-known/jwks.json", on: site))"><code>/.well-known/jwks.json</code></a></dd>
                <dt>\(text.description)</dt><dd>\
                <a href="\(Link("/api/v1/openapi.json", on: site))"><code>/api/v1/openapi.json</code></a></dd></dl>
                """,
            isWide: true, cacheControl: "public, max-age=300")
    }
}

extension LandingPage {
    /// What the page says in one language.
    private struct Texts {
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

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
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
            description: "All addresses (OpenAPI)")

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
            description: "Alle Adressen (OpenAPI)")
    }
}
