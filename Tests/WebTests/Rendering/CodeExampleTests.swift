import Provider
import Testing

@testable import Web

@Suite("Programs of the landing page")
struct CodeExampleTests {
    private func example(
        _ flow: CodeExample.Flow, _ tongue: CodeExample.Tongue, issuer: String = "https://id.example/realm",
        clientID: String = "demo"
    ) -> String {
        CodeExample(flow: flow, tongue: tongue, issuer: issuer, clientID: clientID).text
    }

    @Test("what stands in a shell word or a string literal means nothing there")
    func escaping() {
        #expect(CodeExample.shellWord("a'b $(c) `d` \"e\\") == #"'a'\''b $(c) `d` "e\'"#)
        #expect(CodeExample.literal(#"a"b\c'd${e}"#) == #""a\"b\\c'd${e}""#)
        for flow in CodeExample.Flow.allCases {
            let hostile = #"it's "$(id)" \"#
            #expect(example(flow, .curl, clientID: hostile).contains(#"CLIENT_ID='it'\''s "$(id)" \'"#))
            for tongue in [CodeExample.Tongue.python, .javaScript] {
                #expect(
                    example(flow, tongue, clientID: hostile).contains(#"CLIENT_ID = "it's \"$(id)\" \\""#))
            }
        }
    }

    @Test(
        "each names this server and the client, and takes the secret from the environment",
        arguments: CodeExample.Flow.allCases)
    func whole(flow: CodeExample.Flow) {
        for tongue in CodeExample.Tongue.allCases {
            let text = example(flow, tongue)
            #expect(
                text.contains("https://id.example/realm") && text.contains("demo") && text.contains("CLIENT_SECRET"))
            #expect(!text.contains("\t"))
            // The shell's own has an address that is longer.
            if tongue != .curl { #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 }) }
            let names = flow == .code ? ["code_challenge", "S256", "code_verifier", "state"] : ["grant_type"]
            for name in names { #expect(text.contains(name), "\(tongue)") }
        }
    }

    @Test("the page has all of them, escaped, and without a demo client a place for one's own")
    func page() {
        let site = Site(issuer: "https://id.example/a'b&c")
        for client in [ClientID("demo"), nil] {
            let text = LandingPage(language: .english, exampleClient: client).page(on: site).content.text
            for flow in CodeExample.Flow.allCases {
                for tongue in CodeExample.Tongue.allCases {
                    let example = CodeExample(flow: flow, tongue: tongue, issuer: "", clientID: "")
                    #expect(text.contains("<code id=\"\(example.name)\">"))
                }
            }
            #expect(text.contains("ISSUER=&#39;https://id.example/a&#39;\\&#39;&#39;b&amp;c&#39;"))
            #expect(text.contains("your-client-id") == (client == nil))
            #expect(text.contains("href=\"/a&#39;b&amp;c/applications/new\""))
        }
    }
}
