import HTTP
import HTTPClient
import Testing

@Suite("OutboundURL: what requests can be sent to (RFC 3986, RFC 9110 §4.2)")
struct OutboundURLTests {
    @Test(
        "is read as scheme, authority and target",
        arguments: [
            ("https://example.com", "example.com", 443, "/"),
            ("https://example.com/", "example.com", 443, "/"),
            ("HTTPS://EXAMPLE.com/Path?q=%20#".replacing("#", with: ""), "example.com", 443, "/Path?q=%20"),
            ("https://example.com:443/a", "example.com", 443, "/a"),
            ("https://example.com:8443?x=1", "example.com:8443", 8443, "/?x=1"),
            ("http://my_service:80/hook", "my_service", 80, "/hook"),
            ("https://192.0.2.1/", "192.0.2.1", 443, "/"),
            ("https://[2001:DB8::1]:8443/", "[2001:db8::1]:8443", 8443, "/"),
            ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/"),
            ("https://3com.com/", "3com.com", 443, "/"),
            ("https://0xdead.beef/", "0xdead.beef", 443, "/"),
        ] as [(String, String, UInt16, String)])
    func accepted(text: String, authority: String, port: UInt16, target: String) throws {
        let url = try OutboundURL(text)
        #expect(url.authorityText == authority)
        #expect(url.port == port)
        #expect(url.target == target)
    }

    @Test(
        "is refused when anything is doubtful",
        arguments: [
            ("", .malformed), ("example.com", .malformed), ("//example.com/", .malformed), ("https:/a", .malformed),
            ("https://exa mple.com/", .malformed), ("https://example.com/\r\nX: y", .malformed),
            ("https://bücher.example/", .malformed), ("https://a/" + String(repeating: "x", count: 2000), .malformed),
            ("ftp://example.com/", .unsupportedScheme), ("file:///etc/passwd", .unsupportedScheme),
            ("javascript://example.com/%0aalert(1)", .unsupportedScheme), ("gopher://a/", .unsupportedScheme),
            ("https://user@example.com/", .userInfo), ("https://example.com@127.0.0.1/", .userInfo),
            ("https://a:b@example.com/", .userInfo), ("https://a@b@example.com/", .userInfo),
            ("https://example.com/#x", .fragment), ("https://example.com#@127.0.0.1/", .fragment),
            ("https:///path", .host), ("https://:443/", .host), ("https://example.com./", .host),
            ("https://.example.com/", .host), ("https://a..b/", .host), ("https://-a.com/", .host),
            ("https://a-.com/", .host), ("https://ex%61mple.com/", .host), ("https://*.example.com/", .host),
            ("https://[::1/", .host), ("https://[::1]x/", .host), ("https://[127.0.0.1]/", .host),
            ("https://[fe80::1%25eth0]/", .host), ("https://::1/", .host), ("https://[]/", .host),
            ("https://example.com:/", .port), ("https://example.com:0/", .port), ("https://example.com:65536/", .port),
            ("https://example.com:+443/", .port), ("https://example.com:44 3/", .malformed),
            ("https://example.com:0000443/", .port), ("https://example.com\\@127.0.0.1/", .target),
            ("https://example.com\\a", .target), ("https://example.com/%zz", .target),
            ("https://example.com/<script>", .target), ("https://example.com/a\\b", .target),
        ] as [(String, OutboundURL.Fault)])
    func refused(text: String, fault: OutboundURL.Fault) {
        #expect(throws: fault) { try OutboundURL(text) }
    }

    @Test(
        "numbers that a resolver would take for an address are no names",
        arguments: [
            "2130706433", "0x7f000001", "0x7f.1", "0X7F.0.0.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1",
            "0", "1", "0x", "127.0.0.01", "256.256.256.256", "1.2.3.4.5", "example.0x1", "example.1",
        ])
    func numbers(host: String) {
        #expect(throws: OutboundURL.Fault.host) { try OutboundURL("https://\(host)/") }
    }
}
