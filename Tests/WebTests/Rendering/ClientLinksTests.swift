import JOSE
import Provider
import Testing

@testable import Web

@Suite("A client's own pages (OpenID Connect Dynamic Client Registration §2)")
struct ClientLinksTests {
    private func client(policy: String?, terms: String?) -> Client {
        var client = Client(id: ClientID("c"), name: "Books", kind: .public, createdAt: Instant(seconds: 0))
        client.presentation["policyUri"] = policy.map { .string($0) }
        client.presentation["tosUri"] = terms.map { .string($0) }
        client.presentation["logoUri"] = "https://rp.example/logo.png"
        return client
    }

    private func loginPage(_ language: Language, _ links: ClientLinks) -> String {
        LoginPage(language: language, clientName: "Books", clientLinks: links, csrf: "")
            .page(on: Site(issuer: "https://id.example")).content.text
    }

    @Test("the login page has policy and terms as links that open beside it and tell nothing, in its language")
    func login() {
        let links = ClientLinks(
            of: client(policy: "https://rp.example/policy?a=1&b=2", terms: "https://rp.example/terms"))
        for (language, policy, terms) in [
            (Language.english, "Privacy policy", "Terms of service"),
            (.german, "Datenschutzerklärung", "Nutzungsbedingungen"),
        ] {
            let text = loginPage(language, links)
            let attributes = "target=\"_blank\" rel=\"noopener noreferrer\""
            #expect(text.contains("<a href=\"https://rp.example/policy?a=1&amp;b=2\" \(attributes)>\(policy)</a>"))
            #expect(text.contains("<a href=\"https://rp.example/terms\" \(attributes)>\(terms)</a>"))
            #expect(!text.contains("logo.png"))
        }
    }

    @Test("what does not lead to the web is no link, and without any there is no foot")
    func none() {
        for odd in [
            "JavaScript:alert(1)", "data:text/html,x", "https://", "//rp.example/", "https://rp.example/\u{9}x",
        ] {
            #expect(
                loginPage(.english, ClientLinks(of: client(policy: odd, terms: odd)))
                    == loginPage(.english, ClientLinks()))
        }
        let one = loginPage(.english, ClientLinks(of: client(policy: nil, terms: "http://rp.example/terms")))
        #expect(one.contains("Terms of service") && !one.contains("Privacy policy"))
        #expect(!loginPage(.english, ClientLinks()).contains("<hr>"))
    }
}
