import HTTP
import Provider

/// `/applications/new`: the form by which anybody asks for a client.
struct ApplicationFormPage {
    var language: Language
    var wish: Wish
    /// What may be asked for.
    var scopes: [Scope]
    var grantTypes: [GrantType]
    var csrf: String
    var problem: Problem?

    /// What is filled in.
    struct Wish {
        var name = ""
        var description = ""
        var type = Client.Kind.confidential.rawValue
        var grantTypes = [GrantType.authorizationCode.rawValue, GrantType.refreshToken.rawValue]
        var redirectURIs = ""
        var scopes = ["openid"]
        var resources = ""
        var email = ""
    }

    enum Problem {
        case staleForm
        /// `isFull`: too many ask; else the store is away.
        case busy(seconds: Int, isFull: Bool)
        case refused(OAuthError)
    }

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p class="lead">\(text.lead)</p>
                \(problem.map { Notice.alarm(text.words(for: $0)) })\
                <form method="post" action="\(Link("/applications/new", on: site))">
                <input type="hidden" name="csrf" value="\(csrf)">
                \(fields(text))<button>\(text.send)</button>
                </form>
                <p class="aside"><a href="\(Link("/", on: site))">\(text.back)</a></p>
                """,
            status: problem?.status ?? .ok, retryAfter: problem?.retryAfter, isWide: true)
    }

    private func fields(_ text: Texts) -> [HTML] {
        [
            FormField(
                name: "name", label: text.name, value: wish.name, hint: text.nameHint, maxLength: 200, isRequired: true,
                isFaulty: isFaulty("name")
            ).html,
            FormLines(
                name: "description", label: text.description, value: wish.description, hint: text.descriptionHint,
                isFaulty: isFaulty("description")
            ).html,
            FormChoices(
                name: "type", label: text.type, isSingle: true,
                choices: [(Client.Kind.confidential, text.confidential), (.public, text.public)].map { kind, words in
                    FormChoices.Choice(
                        value: kind.rawValue, words: words.0, hint: words.1, isChosen: wish.type == kind.rawValue)
                }, isFaulty: isFaulty("type")
            ).html,
            FormChoices(
                name: "grant_type", label: text.grants,
                choices: grantTypes.map { grant in
                    FormChoices.Choice(
                        value: grant.rawValue, words: text.words(for: grant), hint: "<code>\(grant.rawValue)</code>",
                        isChosen: wish.grantTypes.contains(grant.rawValue))
                }, isFaulty: isFaulty("grantTypes")
            ).html,
            FormLines(
                name: "redirect_uris", label: text.redirectURIs, value: wish.redirectURIs, hint: text.redirectHint,
                maxLength: 20_000, isIdentifiers: true, isFaulty: isFaulty("redirectUris")
            ).html,
            FormChoices(
                name: "scope", label: text.scopes,
                choices: scopes.map { scope in
                    FormChoices.Choice(
                        value: scope.name, words: "\(scope.words(in: language.rawValue))",
                        hint: "<code>\(scope.name)</code>", isChosen: wish.scopes.contains(scope.name))
                }, isFaulty: isFaulty("scopes")
            ).html,
            FormLines(
                name: "resources", label: text.resources, value: wish.resources, hint: text.resourcesHint, rows: 2,
                maxLength: 20_000, isIdentifiers: true, isFaulty: isFaulty("resources")
            ).html,
            FormField(
                name: "email", label: text.email, type: "email", value: wish.email, autocomplete: "email",
                hint: text.emailHint, maxLength: 254, isRequired: true, isFaulty: isFaulty("email")
            ).html,
        ]
    }

    private func isFaulty(_ member: String) -> Bool {
        guard case .refused(let error)? = problem else { return false }
        return error.parameter == member
    }
}

extension ApplicationFormPage.Problem {
    fileprivate var status: Status {
        switch self {
        case .staleForm: .forbidden
        case .busy(_, let isFull): isFull ? .tooManyRequests : .serviceUnavailable
        case .refused: .badRequest
        }
    }

    fileprivate var retryAfter: Int? {
        if case .busy(let seconds, _) = self { seconds } else { nil }
    }
}

/// What follows the form.
struct ApplicationSentPage {
    var language: Language

    func page(on site: Site) -> Page {
        let (title, words, back): (HTML, HTML, HTML) =
            switch language {
            case .english:
                (
                    "Thank you",
                    """
                    Your application is with the administrators. When they have decided, you get mail: with a link to the \
                    credentials, or with the reason why not.
                    """, "What this server is"
                )
            case .german:
                (
                    "Danke",
                    """
                    Ihr Antrag liegt bei den Administratoren. Wenn sie entschieden haben, bekommen Sie Post: mit einem Link \
                    zu den Zugangsdaten, oder mit dem Grund, warum nicht.
                    """, "Was dieser Server ist"
                )
            }
        return Page(
            language: language, title: title,
            content: """
                <h1>\(title)</h1>
                <p>\(words)</p>
                <p><a class="button" href="\(Link("/", on: site))">\(back)</a></p>
                """)
    }
}
