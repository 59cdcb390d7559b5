import Provider

/// The scopes that a page asks for, one box each.
struct ScopeChecklist {
    var language: Language
    var choices: [ConsentPrompt.Choice]

    /// The list's HTML.
    var html: HTML {
        let text = Texts.of(language)
        return """
            <ul class="scopes">
            \(choices.map { line($0, text) })</ul>
            """
    }

    private func line(_ choice: ConsentPrompt.Choice, _ text: Texts) -> HTML {
        let words = choice.scope.words(in: language.rawValue)
        let hint: HTML? = choice.isRequired ? text.isRequired : choice.isGranted ? text.isGrantedAlready : nil
        let lock: HTML = choice.isRequired ? " disabled" : ""
        return """
            <li><label><input type="checkbox" name="scope" value="\(choice.scope.name)" checked\(lock)> \
            <span>\(words)</span>\(hint.map { " <span class=\"hint\">\($0)</span>" })</label></li>

            """
    }

    private struct Texts {
        let isRequired: HTML
        let isGrantedAlready: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english:
                Texts(isRequired: "Always part of signing in", isGrantedAlready: "You allowed this before")
            case .german:
                Texts(
                    isRequired: "Gehört immer zur Anmeldung",
                    isGrantedAlready: "Haben Sie schon früher erlaubt")
            }
        }
    }
}
