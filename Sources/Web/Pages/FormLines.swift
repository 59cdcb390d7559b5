/// A labelled field of a form for more than one line.
struct FormLines {
    var name: StaticString
    var label: HTML
    var value = ""
    var hint: HTML?
    var rows = 3
    var maxLength = 4000
    /// One identifier a line: no capitals, no spelling.
    var isIdentifiers = false
    /// The notice with the id `problem` is about it.
    var isFaulty = false

    var html: HTML {
        let plain: HTML = isIdentifiers ? " autocapitalize=\"none\" spellcheck=\"false\" class=\"lines\"" : ""
        let focus: HTML = isFaulty ? " aria-invalid=\"true\" autofocus" : ""
        let about: HTML? =
            switch (isFaulty, hint != nil) {
            case (true, true): " aria-describedby=\"problem \(name.string)-hint\""
            case (true, false): " aria-describedby=\"problem\""
            case (false, true): " aria-describedby=\"\(name.string)-hint\""
            case (false, false): nil
            }
        // The parser drops one line break behind the tag (HTML §13.1.2.5): this one, and not the user's.
        return """
            <div class="field"><label for="\(name.string)">\(label)</label>
            <textarea id="\(name.string)" name="\(name.string)" rows="\(rows)" maxlength="\(maxLength)"\(plain)\(focus)\
            \(about)>
            \(value)</textarea>\
            \(hint.map { "<p class=\"hint\" id=\"\(name.string)-hint\">\($0)</p>" })</div>

            """
    }
}

/// Boxes or buttons under one heading.
struct FormChoices {
    /// One of them.
    struct Choice {
        var value: String
        var words: HTML
        var hint: HTML?
        var isChosen: Bool
    }

    var name: StaticString
    var label: HTML
    /// Whether one of them excludes the others.
    var isSingle = false
    var choices: [Choice]
    /// The notice with the id `problem` is about them.
    var isFaulty = false

    var html: HTML {
        let about: HTML = isFaulty ? " aria-describedby=\"problem\"" : ""
        return """
            <fieldset\(about)><legend>\(label)</legend>
            <ul class="scopes">
            \(choices.map(line))</ul></fieldset>

            """
    }

    private func line(_ choice: Choice) -> HTML {
        let type: HTML = isSingle ? "radio" : "checkbox"
        let checked: HTML = choice.isChosen ? " checked" : ""
        return """
            <li><label><input type="\(type)" name="\(name.string)" value="\(choice.value)"\(checked)> \
            <span>\(choice.words)</span>\(choice.hint.map { " <span class=\"hint\">\($0)</span>" })</label></li>

            """
    }
}
