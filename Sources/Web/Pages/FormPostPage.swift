import Provider

/// The answer to the client as a form (OAuth 2.0 Form Post Response Mode §2): sent at once by the server's one script,
/// by a button without it. Every value is escaped (CVE-2026-29191), and the address is a redirect URI the client has
/// registered.
struct FormPostPage {
    var language: Language
    var answer: AuthorizationResponse

    func page(on site: Site) -> Page {
        let fields = answer.parameters.map { parameter -> HTML in
            "<input type=\"hidden\" name=\"\(parameter.name)\" value=\"\(parameter.value)\">\n"
        }
        let texts = Self.texts(language)
        let source = ContentSecurityPolicy.Source(uri: answer.redirect.uri)
        return Page(
            language: language, title: texts.title,
            content: """
                <h1>\(texts.title)</h1>
                <p class="lead">\(texts.lead)</p>
                <form method="post" action="\(Link(answerTo: answer.redirect))">
                \(fields)<button>\(texts.button)</button>
                </form>
                """,
            policy: ContentSecurityPolicy(formTargets: source.map { [$0] } ?? [], allowsScript: true),
            script:
                "<script defer src=\"\(Link("/assets/", segment: site.assets.formPost.name, on: site))\"></script>\n")
    }

    private static func texts(_ language: Language) -> (title: HTML, lead: HTML, button: HTML) {
        switch language {
        case .english:
            ("Almost there", "Your browser takes you back. If nothing happens, press the button.", "Continue")
        case .german:
            (
                "Gleich geschafft", "Ihr Browser bringt Sie zurück. Wenn nichts geschieht, drücken Sie den Knopf.",
                "Weiter"
            )
        }
    }
}
