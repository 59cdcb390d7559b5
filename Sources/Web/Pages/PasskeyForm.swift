import Provider

/// A form that the page's script fills in with what the browser's authenticator says. Hidden where there is no script.
struct PasskeyForm {
    /// What the script asks of the browser.
    enum Kind: String {
        case login = "get"
        case registration = "create"
    }

    var language: Language
    var kind: Kind
    var question: PasskeyQuestion
    /// Where the form leads.
    var target: Link
    /// What the page's other forms carry.
    var hiddenFields: HTML
    /// Fields that the user fills in.
    var fields: HTML?

    var html: HTML {
        let action: HTML = kind == .login ? "passkey" : "add_passkey"
        let style: HTML = kind == .login ? " class=\"plain\"" : ""
        let (button, problem) = words
        return """
            <form method="post" action="\(target)" data-passkey="\(kind.rawValue)" data-options="\(question.options)" hidden>
            \(hiddenFields)
            <input type="hidden" name="action" value="\(action)">
            <input type="hidden" name="challenge" value="\(question.challenge)">
            <input type="hidden" name="credential" value="">
            <p class="notice alarm" role="alert" hidden>\(problem)</p>
            \(fields)<button\(style)>\(button)</button>
            </form>

            """
    }

    /// The script, for the page's head.
    static func script(on site: Site) -> HTML {
        "<script defer src=\"\(Link("/assets/", segment: site.assets.passkey.name, on: site))\"></script>\n"
    }

    private var words: (button: HTML, problem: HTML) {
        switch (language, kind) {
        case (.english, .login): ("Sign in with a passkey", "No passkey was used. You can try again.")
        case (.english, .registration): ("Add a passkey", "No passkey was made. You can try again.")
        case (.german, .login):
            ("Mit einem Passkey anmelden", "Es wurde kein Passkey verwendet. Sie können es noch einmal versuchen.")
        case (.german, .registration):
            ("Passkey hinzufügen", "Es wurde kein Passkey angelegt. Sie können es noch einmal versuchen.")
        }
    }
}
