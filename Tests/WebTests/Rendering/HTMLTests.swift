import HTTP
import Testing

@testable import Web

@Suite("HTML that cannot carry an injection")
struct HTMLTests {
    @Test(
        "A value is escaped in text and in attributes (CVE-2026-29191)",
        arguments: [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\" onfocus=\"alert(1)", "&quot; onfocus=&quot;alert(1)"),
            ("' x='", "&#39; x=&#39;"),
            ("a&amp;b", "a&amp;amp;b"),
            ("nul\0nul", "nul\u{FFFD}nul"),
            ("Grüße 🐦", "Grüße 🐦"),
        ])
    func escaping(value: String, escaped: String) {
        let html: HTML = "<p title=\"\(value)\">\(value)</p>"
        #expect(html.text == "<p title=\"\(escaped)\">\(escaped)</p>")
    }

    @Test("A combining mark does not hide a bracket: escaping goes by scalars, not by characters")
    func combiningMarks() {
        let html: HTML = "<p>\("<\u{301}script>")</p>"
        #expect(html.text == "<p>&lt;\u{301}script&gt;</p>")
    }

    @Test("A string never stands where an address is due (CVE-2026-9086, CVE-2026-67333)")
    func addresses() {
        let address = "javascript:alert(1)"
        let html: HTML = "<a href=\"\(address)\">x</a><form action=\"\(address)\"><img src=\"\(address)\">"
        #expect(!html.text.contains("javascript"))
    }

    @Test("Pieces are put in as they are")
    func pieces() {
        let item: HTML = "<li>\("&")</li>"
        let list: HTML = "<ul>\([item, item])</ul>\(nil as HTML?)\(7)"
        #expect(list.text == "<ul><li>&amp;</li><li>&amp;</li></ul>7")
    }
}

@Suite("Addresses that pages may offer")
struct LinkTests {
    @Test(
        "Only absolute http and https addresses come in from outside (CVE-2026-9086, CVE-2026-67333)",
        arguments: [
            "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
            "data:text/html,<script>", "DATA:text/html,x", "vbscript:x", "//evil.example", "/login",
            "https:evil.example",
            "https:///evil", "https://", "http://?x", "https://a b", "https://a\tb", "https:\\\\evil.example",
            "ftp://a",
            "", "\u{1}https://a.example", "https://a.example/\u{7F}",
        ])
    func refused(address: String) {
        #expect(Link(untrusted: address) == nil)
    }

    @Test(
        "Such addresses are taken as they are",
        arguments: ["https://a.example", "HTTPS://A.example/x?y#z", "http://127.0.0.1:8000/", "https://[::1]/"])
    func taken(address: String) {
        #expect(Link(untrusted: address)?.text == address)
    }

    @Test("Parameters of own addresses are percent-encoded, and the issuer's path stands before them")
    func own() {
        let site = Site(issuer: "https://id.example/realm")
        #expect(Link("/login", on: site, query: [("request", "a&b=\"<")]).text == "/realm/login?request=a%26b%3D%22%3C")
        #expect(Link("/errors/", segment: "a/b", on: site).text == "/realm/errors/a%2Fb")
    }
}

@Suite("The languages of the pages")
struct LanguageTests {
    @Test(
        "ui_locales first, then Accept-Language by weight, then English (OpenID Connect Core §3.1.2.1, RFC 9110 §12.5.4)",
        arguments: [
            ([], nil, "en"), ([], "de", "de"), ([], "de-AT,de;q=0.9,en;q=0.8", "de"),
            ([], "fr, en;q=0.5, de;q=0.7", "de"),
            ([], "en, de", "en"), ([], "de;q=0, en;q=0.1", "en"), ([], "fr", "en"), (["fr", "de"], "en", "de"),
            (["DE-ch"], "en", "de"), (["xx"], "de", "de"), ([], ";;;q=,de;q=x", "en"), ([], "deutsch", "en"),
        ] as [([String], String?, String)])
    func choice(uiLocales: [String], header: String?, expected: String) {
        #expect(Language.choose(uiLocales: uiLocales, acceptLanguage: header).rawValue == expected)
    }
}
