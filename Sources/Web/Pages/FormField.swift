/// A labelled field of a form.
struct FormField {
    var name: StaticString
    var label: HTML
    var type: StaticString = "text"
    var value = ""
    /// HTML §4.10.18.7: what a browser or password manager may fill in.
    var autocomplete: StaticString = "off"
    /// What helps before anything is wrong.
    var hint: HTML?
    var maxLength = 1000
    var isRequired = false
    /// Shown, and for password managers to know whose password it is.
    var isReadOnly = false
    /// Named as an identifier: no capitals, no spelling.
    var isIdentifier = false
    /// The notice with the id `problem` is about it, and the cursor stands here.
    var isFaulty = false
    var hasFocus = false

    var html: HTML {
        let required: HTML = isRequired ? " required" : isReadOnly ? " readonly" : ""
        let plain: HTML = isIdentifier ? " autocapitalize=\"none\" spellcheck=\"false\"" : ""
        let focus: HTML = hasFocus || isFaulty ? " autofocus" : ""
        let isPassword = type.string == "password"
        let content: HTML? = isPassword ? nil : " value=\"\(value)\""
        return """
            <div class="field"><label for="\(name.string)">\(label)</label>
            <input id="\(name.string)" name="\(name.string)" type="\(type.string)"\(content) \
            autocomplete="\(autocomplete.string)" maxlength="\(maxLength)"\(plain)\(required)\(description)\(focus)>\
            \(hint.map { "<p class=\"hint\" id=\"\(name.string)-hint\">\($0)</p>" })</div>

            """
    }

    private var description: HTML {
        switch (isFaulty, hint != nil) {
        case (true, true): " aria-invalid=\"true\" aria-describedby=\"problem \(name.string)-hint\""
        case (true, false): " aria-invalid=\"true\" aria-describedby=\"problem\""
        case (false, true): " aria-describedby=\"\(name.string)-hint\""
        case (false, false): ""
        }
    }
}

/// What a page says above its form.
enum Notice {
    /// Something is wrong.
    static func alarm(_ words: HTML) -> HTML {
        "<p class=\"notice alarm\" id=\"problem\" role=\"alert\">\(words)</p>\n"
    }

    /// Something is done.
    static func success(_ words: HTML) -> HTML { "<p class=\"notice\" role=\"status\">\(words)</p>\n" }
}
