import HTTP
import Provider

/// `/applications/credentials`: the credentials of a client that somebody asked for, this once.
struct CredentialsPage {
    var language: Language
    var stage: Stage

    /// What the page shows.
    enum Stage {
        /// The button behind a link that is good: whoever only opens links for others presses none.
        case ask(Client, token: String)
        case credentials(CollectedCredentials)
        /// The link is none, or used, or over.
        case linkOver
    }

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        // The address may have the link's secret in it.
        var page = Page(language: language, title: text.title, content: "", referrerPolicy: "no-referrer")
        switch stage {
        case .ask(let client, let token):
            page.content = """
                <h1>\(text.title)</h1>
                <p>\(text.question("\(client.name)"))</p>
                <p>\(client.kind == .confidential ? text.once : text.noSecret)</p>
                <form method="post" action="\(Link("/applications/credentials", on: site))">
                <input type="hidden" name="token" value="\(token)">
                <button>\(text.show)</button>
                </form>
                """
        case .credentials(let found):
            let secret: HTML =
                found.secret.map { "<dt>\(text.secret)</dt><dd><code class=\"secret\">\($0)</code></dd>" }
                ?? "<dt>\(text.secret)</dt><dd>\(text.noSecret)</dd>"
            page.content = """
                <h1>\(text.doneTitle("\(found.client.name)"))</h1>
                \(found.secret == nil ? nil : "<p class=\"notice\">\(text.keep)</p>\n" as HTML)\
                <dl><dt>\(text.id)</dt><dd><code class="secret">\(found.client.id.text)</code></dd>
                \(secret)
                <dt>\(text.issuer)</dt><dd><code class="secret">\(site.issuer)</code></dd></dl>
                <p><a class="button" href="\(Link("/", on: site))">\(text.examples)</a></p>
                """
        case .linkOver:
            page.content = """
                <h1>\(text.overTitle)</h1>
                <p>\(text.over)</p>
                """
            page.status = .gone
        }
        return page
    }
}

extension CredentialsPage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let question: @Sendable (HTML) -> HTML
        let once: HTML
        let noSecret: HTML
        let show: HTML
        let doneTitle: @Sendable (HTML) -> HTML
        let keep: HTML
        let id: HTML
        let secret: HTML
        let issuer: HTML
        let examples: HTML
        let overTitle: HTML
        let over: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        private static let english = Texts(
            title: "Your credentials",
            question: { "Your application <strong>\($0)</strong> was approved." },
            once: """
                Its secret is made when you press the button, and shown only then. Have a safe place for it ready; this \
                server keeps nothing that it could be read from again.
                """,
            noSecret: "A public client has none.",
            show: "Show the credentials",
            doneTitle: { "Credentials of \($0)" },
            keep: "Put the secret into a safe place now: it is not shown again.",
            id: "Client id",
            secret: "Client secret",
            issuer: "Issuer",
            examples: "How to use them",
            overTitle: "This link is over",
            over: """
                It was used already, or it is older than a week, or there is a newer one in your mail. An administrator can \
                make a new secret for your client.
                """)

        private static let german = Texts(
            title: "Ihre Zugangsdaten",
            question: { "Ihr Antrag für <strong>\($0)</strong> ist bewilligt." },
            once: """
                Das Geheimnis entsteht, wenn Sie den Knopf drücken, und wird nur dann gezeigt. Halten Sie einen sicheren Ort \
                dafür bereit; dieser Server behält nichts, woraus es wieder zu lesen wäre.
                """,
            noSecret: "Ein öffentlicher Client hat keines.",
            show: "Zugangsdaten zeigen",
            doneTitle: { "Zugangsdaten von \($0)" },
            keep: "Bringen Sie das Geheimnis jetzt an einen sicheren Ort: Es wird nicht noch einmal gezeigt.",
            id: "Client-Id",
            secret: "Client-Geheimnis",
            issuer: "Aussteller",
            examples: "So benutzt man sie",
            overTitle: "Dieser Link gilt nicht mehr",
            over: """
                Er wurde schon benutzt, ist älter als eine Woche, oder es liegt ein neuerer in Ihrer Post. Ein Administrator \
                kann Ihrem Client ein neues Geheimnis geben.
                """)
    }
}
