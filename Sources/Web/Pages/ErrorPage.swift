import HTTP
import Provider

/// Shown to the user when an error must not travel to the client (RFC 6749 §4.1.2.1: no verified redirect URI), and for
/// every page that fails.
struct ErrorPage {
    var language: Language
    var error: OAuthError
    var status: Status
    /// Known only when the client itself was in order.
    var clientName: String?
    var requestID: String

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        let name: HTML? = clientName.map { "\($0)" }
        let isOurs = status.code >= 500
        let what: HTML =
            switch error.code {
            case .notFound: text.notFound
            case .tooManyRequests: text.tooMany
            case .insufficientScope: text.notAllowed
            default: isOurs ? text.ours : name.map(text.theirs) ?? text.theirsUnnamed
            }
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p>\(what)</p>
                <h2>\(text.forDevelopers)</h2>
                <p lang="en"><code>\(error.code.rawValue)</code>: \(error.description)</p>
                <p><a href="\(Link("/errors/", segment: error.code.rawValue, on: site))">\(text.more)</a></p>
                <p class="trace">\(text.requestID) <code>\(requestID)</code></p>
                """, status: status, retryAfter: error.retryAfter)
    }
}

extension ErrorPage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let theirs: @Sendable (HTML) -> HTML
        let theirsUnnamed: HTML
        let ours: HTML
        let notFound: HTML
        let tooMany: HTML
        let notAllowed: HTML
        let forDevelopers: HTML
        let more: HTML
        let requestID: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        private static let english = Texts(
            title: "This did not work",
            theirs: { "<strong>\($0)</strong> sent a request that this server cannot accept. You did nothing wrong." },
            theirsUnnamed: """
                The service that you came from sent a request that this server cannot accept. You did nothing wrong.
                """,
            ours: "This server cannot answer at the moment. Please try again in a few seconds.",
            notFound: "There is no such page.",
            tooMany: "There were too many requests in a short time. Please wait a little and try again.",
            notAllowed: "This page is for administrators. You are signed in, but not as one of them.",
            forDevelopers: "For the developers of the service",
            more: "What this error means and what helps",
            requestID: "Request")

        private static let german = Texts(
            title: "Das hat nicht geklappt",
            theirs: {
                "<strong>\($0)</strong> hat eine Anfrage geschickt, die dieser Server nicht annehmen kann. Sie haben nichts falsch gemacht."
            },
            theirsUnnamed: """
                Der Dienst, von dem Sie kamen, hat eine Anfrage geschickt, die dieser Server nicht annehmen kann. Sie \
                haben nichts falsch gemacht.
                """,
            ours: "Dieser Server kann gerade nicht antworten. Bitte versuchen Sie es in einigen Sekunden erneut.",
            notFound: "Diese Seite gibt es nicht.",
            tooMany: "Das waren zu viele Anfragen in kurzer Zeit. Bitte warten Sie ein wenig.",
            notAllowed: "Diese Seite ist für Administratoren. Sie sind angemeldet, aber nicht als einer von ihnen.",
            forDevelopers: "Für die Entwickler des Dienstes",
            more: "Was dieser Fehler bedeutet und was hilft",
            requestID: "Anfrage")
    }
}
