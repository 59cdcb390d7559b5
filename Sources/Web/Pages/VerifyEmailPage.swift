import HTTP
import Provider

/// `/verify-email`: from an address to one that is confirmed.
struct VerifyEmailPage {
    var language: Language
    var stage: Stage

    /// What the page shows.
    enum Stage {
        /// Mail to which address? `isRepeated`: the form came from a page that is too old, or from elsewhere.
        case ask(csrf: String, isRepeated: Bool)
        /// Mail is on its way, or not; the words are the same.
        case sent
        /// The button behind a link that is good: whoever only opens links for others presses none.
        case confirm(token: String, user: User)
        case done
        /// The link is none, or used, or over.
        case linkOver
    }

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        var page = Page(language: language, title: text.title, content: "")
        switch stage {
        case .ask(let csrf, let isRepeated):
            page.content = ask(text, csrf, isRepeated, site)
            if isRepeated { page.status = .forbidden }
        case .sent:
            page.content = "<h1>\(text.sentTitle)</h1>\n<p>\(text.sent)</p>\n\(account(text, site))"
        case .confirm(let token, let user):
            page.content = """
                <h1>\(text.title)</h1>
                <p>\(text.question("\(user.email ?? "")", "\(user.username)"))</p>
                <form method="post" action="\(Link("/verify-email", on: site))">
                <input type="hidden" name="token" value="\(token)">
                <button>\(text.confirm)</button>
                </form>
                <p class="aside">\(text.notYou)</p>
                """
            // The address has the link's secret in it.
            page.referrerPolicy = "no-referrer"
        case .done:
            page.content = "<h1>\(text.doneTitle)</h1>\n<p>\(text.done)</p>\n\(account(text, site))"
        case .linkOver:
            page.content = """
                <h1>\(text.overTitle)</h1>
                <p>\(text.over)</p>
                <p><a class="button" href="\(Link("/verify-email", on: site))">\(text.again)</a></p>
                """
            page.status = .gone
            page.referrerPolicy = "no-referrer"
        }
        return page
    }

    private func account(_ text: Texts, _ site: Site) -> HTML {
        "<p><a class=\"button\" href=\"\(Link("/account", on: site))\">\(text.account)</a></p>"
    }

    private func ask(_ text: Texts, _ csrf: String, _ isRepeated: Bool, _ site: Site) -> HTML {
        let field = FormField(
            name: "email", label: text.email, type: "email", autocomplete: "email", maxLength: 254, isRequired: true,
            hasFocus: true)
        return """
            <h1>\(text.title)</h1>
            <p class="lead">\(text.lead)</p>
            \(isRepeated ? Notice.alarm(text.staleForm) : nil)\
            <form method="post" action="\(Link("/verify-email", on: site))">
            <input type="hidden" name="csrf" value="\(csrf)">
            \(field.html)<button>\(text.send)</button>
            </form>
            """
    }
}

extension VerifyEmailPage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let lead: HTML
        let email: HTML
        let send: HTML
        let sentTitle: HTML
        let sent: HTML
        let question: @Sendable (_ address: HTML, _ account: HTML) -> HTML
        let confirm: HTML
        let notYou: HTML
        let doneTitle: HTML
        let done: HTML
        let account: HTML
        let overTitle: HTML
        let over: HTML
        let again: HTML
        let staleForm: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        private static let english = Texts(
            title: "Confirm your e\u{2011}mail address",
            lead: "We send you a message with a link.",
            email: "E-mail address",
            send: "Send the link",
            sentTitle: "Look into your mail",
            sent: """
                If there is an account with this address that is not yet confirmed, a message with a link is on its way.
                """,
            question: { "Does <strong>\($0)</strong> belong to your account <strong>\($1)</strong>?" },
            confirm: "Yes, it is mine",
            notYou: "If this is not your account, simply close this page.",
            doneTitle: "Thank you",
            done: "Your e-mail address is confirmed.",
            account: "Your account",
            overTitle: "This link is over",
            over: "It was used already, or it is older than a day, or the account has another address by now.",
            again: "Ask for another one",
            staleForm: "This page was too old to be used. Please try again.")

        private static let german = Texts(
            title: "E\u{2011}Mail\u{2011}Adresse bestätigen",
            lead: "Wir schicken Ihnen eine Nachricht mit einem Link.",
            email: "E-Mail-Adresse",
            send: "Link schicken",
            sentTitle: "Sehen Sie in Ihre Post",
            sent: """
                Wenn es ein Konto mit dieser Adresse gibt, die noch nicht bestätigt ist, ist eine Nachricht mit einem Link \
                unterwegs.
                """,
            question: { "Gehört <strong>\($0)</strong> zu Ihrem Konto <strong>\($1)</strong>?" },
            confirm: "Ja, das ist meine",
            notYou: "Wenn das nicht Ihr Konto ist, schließen Sie einfach diese Seite.",
            doneTitle: "Danke",
            done: "Ihre E-Mail-Adresse ist bestätigt.",
            account: "Ihr Konto",
            overTitle: "Dieser Link gilt nicht mehr",
            over: """
                Er wurde schon benutzt, ist älter als ein Tag, oder das Konto hat inzwischen eine andere Adresse.
                """,
            again: "Einen neuen anfordern",
            staleForm: "Diese Seite war zu alt. Bitte versuchen Sie es noch einmal.")
    }
}
