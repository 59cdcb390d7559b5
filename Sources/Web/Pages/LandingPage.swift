import Provider

/// `/`: what this server is, for whoever opens its address, and how a program uses it.
struct LandingPage {
    var language: Language
    /// A client that is there to be tried; nil where readers have to bring their own.
    var exampleClient: ClientID?

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
                <dl class="pairs"><dt>\(text.issuer)</dt><dd><code>\(site.issuer)</code></dd>
                <dt>\(text.configuration)</dt><dd>\
                <a href="\(Link("/.well-known/openid-configuration", on: site))"><code>/.well-known/openid-configuration\
                </code></a></dd>
                <dt>\(text.keys)</dt><dd>\
                <a href="\(Link("/.well-known/jwks.json", on: site))"><code>/.well-known/jwks.json</code></a></dd>
                <dt>\(text.description)</dt><dd>\
                <a href="\(Link("/api/v1/openapi.json", on: site))"><code>/api/v1/openapi.json</code></a></dd>
                \(endpoints(text, site))</dl>
                <h2>\(text.getClient)</h2>
                <p>\(exampleClient.map { text.demoClient("<code>\($0.text)</code>") } ?? text.noDemo)</p>
                <p><a class="button" href="\(Link("/applications/new", on: site))">\(text.request)</a></p>
                <h2>\(text.examples)</h2>
                <p>\(text.secretFirst)</p>
                <pre tabindex="0"><code>read -rs CLIENT_SECRET; export CLIENT_SECRET</code></pre>
                \(exampleClient == nil ? "<p>\(text.ownClient("<code>\(Self.placeholder)</code>"))</p>" as HTML : nil)
                <p>\(text.redirect("<code>\(CodeExample.redirectURI)</code>"))</p>
                \(CodeExample.Flow.allCases.map { examples(of: $0, text, site) })
                """,
            isWide: true, cacheControl: "public, max-age=300")
    }

    /// What stands for a client that there is none of.
    private static let placeholder = "your-client-id"

    private func endpoints(_ text: Texts, _ site: Site) -> [HTML] {
        [
            (text.authorization, "/api/v1/oauth2/authorize"), (text.token, "/api/v1/oauth2/token"),
            (text.device, "/api/v1/oauth2/device-authorization"), (text.userInfo, "/api/v1/oauth2/userinfo"),
            (text.introspection, "/api/v1/oauth2/introspect"), (text.revocation, "/api/v1/oauth2/revoke"),
            (text.logout, "/api/v1/oauth2/logout"),
        ].map { words, path in "<dt>\(words)</dt><dd><code>\(site.basePath)\(path)</code></dd>\n" }
    }

    private func examples(of flow: CodeExample.Flow, _ text: Texts, _ site: Site) -> HTML {
        let programs = CodeExample.Tongue.allCases.map { tongue -> HTML in
            let example = CodeExample(
                flow: flow, tongue: tongue, issuer: site.issuer, clientID: exampleClient?.text ?? Self.placeholder)
            return """
                <details><summary>\(text.words(for: tongue))</summary>
                <pre tabindex="0"><code id="\(example.name)">\(example.text)</code></pre></details>

                """
        }
        let (title, words) = text.words(for: flow)
        return "<h3>\(title)</h3>\n<p>\(words)</p>\n\(programs)"
    }
}
