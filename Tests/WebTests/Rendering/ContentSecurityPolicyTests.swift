import Testing

@testable import Web

@Suite("Content security policy")
struct ContentSecurityPolicyTests {
    @Test(
        "A redirect URI's place is its origin, or its scheme where policies cannot name the host",
        arguments: [
            ("https://app.example/cb?x=1", "https://app.example"),
            ("https://app.example:8443/cb", "https://app.example:8443"),
            ("http://127.0.0.1:53682/cb", "http://127.0.0.1:53682"), ("http://[::1]:8000/cb", "http:"),
            ("com.example.app:/cb", "com.example.app:"), ("com.example.app://cb/x", "com.example.app:"),
            ("https://a.example;script-src *", "https:"), ("https://a.example, evil", "https:"),
            ("https://u@a.example/", "https:"), ("https://", "https:"),
        ])
    func sources(uri: String, source: String) {
        #expect(ContentSecurityPolicy.Source(uri: uri)?.text == source)
    }

    @Test("What is no URI gives no source", arguments: ["", "nothing", ":x", "a b:c", "ä:b", ";x:y"])
    func noSource(uri: String) {
        #expect(ContentSecurityPolicy.Source(uri: uri) == nil)
    }

    @Test("A page names its form targets once each, and never allows inline script")
    func text() {
        var policy = ContentSecurityPolicy()
        policy.formTargets = ["https://a.example/1", "https://a.example/2", "app.x:/y"].compactMap { .init(uri: $0) }
        #expect(
            policy.text == """
                default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' https://a.example app.x:; \
                frame-ancestors 'none'; base-uri 'none'
                """)
        policy.allowsScript = true
        #expect(policy.text.contains("; script-src 'self'; "))
        #expect(!policy.text.contains("unsafe"))
    }
}
