import JOSE
import Provider

/// The client's own pages about what it does with people's data (OpenID Connect Dynamic Client Registration §2), for the
/// foot of the pages on which people decide about it. Its logo is not shown: pages load no image of other hosts, which
/// would tell those who looks at them.
struct ClientLinks {
    private var policy: Link?
    private var terms: Link?

    /// None of them.
    init() {}

    /// Those of a client that lead to the web.
    init(of client: Client) {
        func link(_ member: String) -> Link? { client.presentation[member]?.string.flatMap(Link.init(untrusted:)) }
        policy = link("policyUri")
        terms = link("tosUri")
    }

    /// A link each.
    func html(in language: Language) -> [HTML] {
        let words: (policy: HTML, terms: HTML) =
            switch language {
            case .english: ("Privacy policy", "Terms of service")
            case .german: ("Datenschutzerklärung", "Nutzungsbedingungen")
            }
        return [(policy, words.policy), (terms, words.terms)].compactMap { link, words in
            link.map { "<a href=\"\($0)\" target=\"_blank\" rel=\"noopener noreferrer\">\(words)</a>" }
        }
    }
}
