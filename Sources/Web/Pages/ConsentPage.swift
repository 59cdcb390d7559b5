import Provider

/// `/consent`: what may the client do and know?
struct ConsentPage {
    var language: Language
    var handle: String
    var client: Client
    /// Where the form may lead at last.
    var formTargets: [ContentSecurityPolicy.Source]
    var user: User
    var choices: [ConsentPrompt.Choice]
    /// The version of the sentences.
    var wording: String
    /// Where the answer goes: an origin, or the scheme of an app.
    var destination: String?
    var csrf: String
    /// The form came from a page that is too old, or from elsewhere.
    var isRepeated = false

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        let repeated: HTML? =
            isRepeated ? "<p class=\"notice alarm\" role=\"alert\">\(text.staleForm)</p>\n" : nil
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.question("\(client.name)"))</h1>
                <p class="lead">\(text.signedInAs("\(user.displayName)"))</p>
                \(repeated)<form method="post" action="\(Link("/consent", on: site))">
                <input type="hidden" name="csrf" value="\(csrf)">
                <input type="hidden" name="request" value="\(handle)">
                <input type="hidden" name="wording" value="\(wording)">
                <fieldset><legend>\(text.willBeAble("\(client.name)"))</legend>
                \(ScopeChecklist(language: language, choices: choices).html)</fieldset>
                <div class="pair"><button name="decision" value="allow">\(text.allow)</button>
                <button class="plain" name="decision" value="deny">\(text.deny)</button></div>
                </form>
                \(footnotes(text))
                """,
            policy: ContentSecurityPolicy(formTargets: formTargets))
    }

    /// Where the browser goes next, and the client's own pages.
    private func footnotes(_ text: Texts) -> HTML {
        let links = ClientLinks(of: client).html(in: language).map { "<br>\($0)" as HTML }
        return "<hr><p class=\"trace\">\(destination.map { text.thenTo("\($0)") })\(links)</p>"
    }
}

extension ConsentPage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let question: @Sendable (HTML) -> HTML
        let signedInAs: @Sendable (HTML) -> HTML
        let willBeAble: @Sendable (HTML) -> HTML
        let allow: HTML
        let deny: HTML
        let thenTo: @Sendable (HTML) -> HTML
        let staleForm: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        private static let english = Texts(
            title: "Give access",
            question: { "Give \($0) access?" },
            signedInAs: { "You are signed in as <strong>\($0)</strong>." },
            willBeAble: { "\($0) asks to" },
            allow: "Allow",
            deny: "Deny",
            thenTo: { "Afterwards you return to <strong>\($0)</strong>." },
            staleForm: "This page was too old to be used. Please decide again.")

        private static let german = Texts(
            title: "Zugriff erlauben",
            question: { "\($0) den Zugriff erlauben?" },
            signedInAs: { "Sie sind angemeldet als <strong>\($0)</strong>." },
            willBeAble: { "\($0) möchte" },
            allow: "Erlauben",
            deny: "Ablehnen",
            thenTo: { "Danach kehren Sie zurück zu <strong>\($0)</strong>." },
            staleForm: "Diese Seite war zu alt. Bitte entscheiden Sie noch einmal.")
    }
}
