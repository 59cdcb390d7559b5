import JOSE
import Provider

/// The user's passkeys, and the way to another one.
struct PasskeyList {
    var language: Language
    var passkeys: [Passkey]
    /// What a new passkey would have to answer; nil where there can be none.
    var question: PasskeyQuestion?
    /// The last one was not acceptable.
    var hasRefused: Bool
    var csrf: String

    func html(on site: Site) -> HTML {
        let text = Texts.of(language)
        let items: HTML? =
            passkeys.isEmpty
            ? nil : "<ul class=\"plainlist\">\n\(passkeys.map { item($0, text, site) })</ul>\n"
        let refusal: HTML? = hasRefused ? "<p class=\"notice alarm\" role=\"alert\">\(text.refused)</p>\n" : nil
        return """
            <h2>\(text.title)</h2>
            <p>\(question == nil && passkeys.isEmpty ? text.impossible : text.explanation)</p>
            \(refusal)\(items)\(form(text, site))
            """
    }

    private func item(_ passkey: Passkey, _ text: Texts, _ site: Site) -> HTML {
        let used: HTML = passkey.lastUsedAt.map { text.lastUsed("\(day($0))") } ?? text.neverUsed
        return """
            <li><form method="post" action="\(Link("/account", on: site))">
            \(hiddenFields)
            <input type="hidden" name="passkey" value="\(Base64URL.encode(passkey.id))">
            <p><strong>\(passkey.name)</strong><br><span class="trace">\(text.added("\(day(passkey.createdAt))")), \(used)</span></p>
            <button class="plain" name="action" value="remove_passkey">\(text.remove("\(passkey.name)"))</button>
            </form></li>

            """
    }

    private func form(_ text: Texts, _ site: Site) -> HTML? {
        question.map { question in
            PasskeyForm(
                language: language, kind: .registration, question: question, target: Link("/account", on: site),
                hiddenFields: hiddenFields,
                fields: """
                    <div class="field"><label for="passkey_name">\(text.name)</label>
                    <input id="passkey_name" name="name" maxlength="64" autocomplete="off" placeholder="\(text.example)"></div>

                    """
            ).html
        }
    }

    private var hiddenFields: HTML {
        """
        <input type="hidden" name="csrf" value="\(csrf)"><input type="hidden" name="section" value="factors">
        """
    }

    private func day(_ moment: Instant) -> String { String(moment.rfc3339.prefix(10)) }
}

extension PasskeyList {
    /// What the list says in one language.
    private struct Texts {
        let title: HTML
        let explanation: HTML
        let impossible: HTML
        let refused: HTML
        let added: @Sendable (HTML) -> HTML
        let lastUsed: @Sendable (HTML) -> HTML
        let neverUsed: HTML
        let remove: @Sendable (HTML) -> HTML
        let name: HTML
        let example: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        private static let english = Texts(
            title: "Passkeys",
            explanation: """
                A passkey in your device or password manager signs you in without a password, and cannot be phished.
                """,
            impossible: "Passkeys need an address with a name; this server is reached by a number.",
            refused: "This passkey was not accepted. Please try again.",
            added: { "added on \($0)" },
            lastUsed: { "last used on \($0)" },
            neverUsed: "never used yet",
            remove: { "Remove «\($0)»" },
            name: "Name of a new passkey",
            example: "My phone")

        private static let german = Texts(
            title: "Passkeys",
            explanation: """
                Ein Passkey in Ihrem Gerät oder Passwortmanager meldet Sie ohne Passwort an und lässt sich nicht abfischen.
                """,
            impossible: "Passkeys brauchen eine Adresse mit einem Namen; dieser Server hat nur eine Nummer.",
            refused: "Dieser Passkey wurde nicht angenommen. Bitte versuchen Sie es noch einmal.",
            added: { "hinzugefügt am \($0)" },
            lastUsed: { "zuletzt benutzt am \($0)" },
            neverUsed: "noch nie benutzt",
            remove: { "«\($0)» entfernen" },
            name: "Name eines neuen Passkeys",
            example: "Mein Telefon")
    }
}
