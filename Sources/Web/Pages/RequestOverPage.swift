import HTTP
import Provider

/// Instead of a page that was sent again when its request was over: says so, and leads back to the client.
struct RequestOverPage {
    var language: Language
    /// Where the client lets users begin a login, if it told (`initiate_login_uri` or `client_uri`).
    var startAgain: String?

    func page(on site: Site) -> Page {
        let text = Self.texts(language)
        let link = startAgain.flatMap(Link.init(untrusted:))
        let way: HTML =
            link.map { "<p><a class=\"button\" href=\"\($0)\">\(text.again)</a></p>" } ?? "<p>\(text.back)</p>"
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p>\(text.why)</p>
                \(way)
                """, status: .gone)
    }

    private static func texts(_ language: Language) -> (title: HTML, why: HTML, again: HTML, back: HTML) {
        switch language {
        case .english:
            (
                "This request is over",
                "It was answered already, or it waited too long. Nothing is lost: simply start again.",
                "Start again", "Go back to the service that you came from and start again there."
            )
        case .german:
            (
                "Diese Anfrage ist vorbei",
                "Sie wurde schon beantwortet oder hat zu lange gewartet. Nichts ist verloren: Beginnen Sie einfach neu.",
                "Neu beginnen", "Gehen Sie zurück zu dem Dienst, von dem Sie kamen, und beginnen Sie dort neu."
            )
        }
    }
}
