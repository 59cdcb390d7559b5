import Testing

@testable import Provider

@Suite("Redirect URIs: RFC 6749 §3.1.2, RFC 8252 §7.3, RFC 9700 §2.1")
struct RedirectURITests {
    @Test(
        "RFC 8252 §7.3: only the port of a loopback IP literal is free",
        arguments: [
            ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", true),
            ("http://127.0.0.1:8000/cb", "http://127.0.0.1/cb", true),
            ("http://[::1]/cb?a=b", "http://[::1]:1/cb?a=b", true),
            ("http://127.0.0.1/cb", "http://[::1]/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/cb?x=1", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/CB", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:0x1/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:65536/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1@evil.example/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb", false),
            ("http://127.0.0.1/cb", "https://127.0.0.1:1/cb", false),
            ("http://localhost/cb", "http://localhost:1234/cb", false),
            ("https://rp.example/cb", "https://rp.example:444/cb", false),
        ])
    func loopback(registered: String, requested: String, matches: Bool) {
        let client = client(.public, redirectURIs: [registered])
        #expect((RedirectURI.verify(requested, for: client) != nil) == matches)
    }

    @Test(
        "RFC 9700 §4.1.3: compared as strings, nothing is normalised, matched by pattern or folded",
        arguments: [
            "https://rp.example/cb/", "https://rp.example/CB", "https://RP.example/cb", "https://rp.example/cb?",
            "https://rp.example/cb#", "https://rp.example/x/../cb", "https://rp.example/cb%2F",
            "https://rp.example:443/cb",
            "https://rpXexample/cb", "https://rp.example/c", "HTTPS://rp.example/cb", " https://rp.example/cb",
        ])
    func exact(requested: String) {
        #expect(RedirectURI.verify(requested, for: client()) == nil)
    }

    @Test(
        "CVE-2026-7504, CVE-2026-3872, Keycloak #48430, CVE-2024-52289: tricks around the host and path",
        arguments: [
            "https://a@b@rp.example/cb", "https://rp.example@evil.example/cb", "https://rp.example/..;/cb",
            "https://rp.example.evil.example/cb", "https://rp-example/cb", "https://rp.example\\@evil.example/cb",
        ])
    func tricks(requested: String) {
        #expect(RedirectURI.verify(requested, for: client()) == nil)
    }

    @Test("CVE-2024-8883: a registered loopback address allows no other host")
    func loopbackIsNoWildcard() {
        let client = client(redirectURIs: ["http://localhost/cb", "http://127.0.0.1/cb"])
        #expect(RedirectURI.verify("http://evil.example/cb", for: client) == nil)
        #expect(RedirectURI.verify("http://127.0.0.2/cb", for: client) == nil)
    }

    @Test("GHSA-grfp-q2mm-hfp6, GHSA-rfq3-w54c-f9q5: letter case, host and query count for loopback too")
    func loopbackIsExact() {
        let client = client(redirectURIs: ["http://127.0.0.1/Cb?a=1"])
        #expect(RedirectURI.verify("http://127.0.0.1:5/Cb?a=1", for: client) != nil)
        #expect(RedirectURI.verify("http://127.0.0.1:5/cb?a=1", for: client) == nil)
        #expect(RedirectURI.verify("http://127.0.0.1:5/Cb?a=2", for: client) == nil)
        #expect(RedirectURI.verify("http://127.0.0.1:5/Cb", for: client) == nil)
        #expect(RedirectURI.verify("http://[::1]:5/Cb?a=1", for: client) == nil)
        #expect(RedirectURI.verify("http://evil.example:5/Cb?a=1", for: client) == nil)
    }

    @Test("Characters that Unicode calls equivalent to ASCII do not match")
    func canonicalEquivalents() {
        let client = client(redirectURIs: ["https://rp.example/K"])
        #expect(RedirectURI.verify("https://rp.example/\u{212A}", for: client) == nil)
    }

    @Test(
        "RFC 6749 §3.1.2: what may be registered",
        arguments: [
            ("https://rp.example/cb?x=%20y", Client.Kind.confidential), ("http://127.0.0.1/cb", .confidential),
            ("http://[::1]:8000/cb", .public), ("http://localhost:3000/", .public), ("com.example.app:/cb", .public),
            ("https://rp.example:8443", .public),
        ])
    func registrable(uri: String, kind: Client.Kind) {
        #expect(RedirectURI.problem(with: uri, kind: kind) == nil)
    }

    @Test(
        "RFC 6749 §3.1.2, CVE-2026-9086, CVE-2026-67333: what may not",
        arguments: [
            "/cb", "rp.example/cb", "https://rp.example/cb#f", "https://rp.example/cb#", "https://u@rp.example/cb",
            "https://u:p@rp.example/cb", "https://*.rp.example/cb", "https://rp.example/*", "http://rp.example/cb",
            "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "DATA:text/html,x", "vbscript:x",
            "ftp://rp/",
            "https:///cb", "https://", "https:cb", "https://rp.example:99999/", "https://rp.example:/x\u{7F}",
            "https://r p/",
            "https://rp.example/\u{E9}", "https://-rp.example/", "https://rp..example/", "customscheme:/cb",
            "com.example.App:/cb", "http://127.0.0.1.evil.example/", "http://127.1/", "http://0x7f.0.0.1/", "",
            "https://rp.example/" + String(repeating: "a", count: 2000),
        ])
    func notRegistrable(uri: String) {
        #expect(RedirectURI.problem(with: uri, kind: .public) != nil)
    }

    @Test("RFC 8252 §7.1: a private-use scheme is for public clients")
    func privateUseScheme() {
        #expect(RedirectURI.problem(with: "com.example.app:/cb", kind: .confidential) != nil)
    }
}
