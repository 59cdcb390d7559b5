import HTTP
import Testing

@testable import HTTPClient

@Suite("EgressGuard: https to public addresses, and what the operator allows")
struct EgressGuardTests {
    @Test(
        "CVE-2026-1180, CVE-2026-1518, CVE-2020-10770: inner addresses are refused by their text",
        arguments: [
            "https://127.0.0.1/", "https://127.255.255.254/", "https://10.0.0.1/", "https://172.16.0.1/",
            "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/", "https://100.64.0.1/",
            "https://0.0.0.0/", "https://224.0.0.1/", "https://255.255.255.255/", "https://[::1]/", "https://[::]/",
            "https://[fe80::1]/", "https://[fc00::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::127.0.0.1]/", "https://[2002:7f00:1::]/", "https://localhost/", "https://LOCALHOST/",
            "https://api.localhost/",
        ])
    func inner(text: String) {
        guard case .notPublic = EgressGuard().verdict(for: text) else {
            Issue.record("\(text): \(String(describing: EgressGuard().verdict(for: text)))")
            return
        }
    }

    @Test("plain http is refused, public or not", arguments: ["http://example.com/", "http://93.184.215.14/"])
    func plain(text: String) {
        #expect(EgressGuard().verdict(for: text) == .plainHTTP)
    }

    @Test("a public address and a name pass", arguments: ["https://example.com/", "https://93.184.215.14/"])
    func passes(text: String) {
        #expect(EgressGuard().verdict(for: text) == nil)
    }

    @Test("a text that is no URL is refused with its fault")
    func malformed() {
        #expect(EgressGuard().verdict(for: "https://a@b/") == .malformed(.userInfo))
    }

    @Test("an allowed name may be reached over http and wherever it leads, its neighbours may not")
    func allowedName() throws {
        let egress = EgressGuard(allowing: try EgressAllowance("hooks.internal"))
        let url = try OutboundURL("http://Hooks.Internal:9000/x")
        #expect(egress.verdict(for: url) == nil)
        #expect(egress.verdict(on: .loopback, for: url) == nil)
        #expect(egress.verdict(for: "http://other.internal/") == .plainHTTP)
        #expect(egress.verdict(for: "http://hooks.internal.evil.example/") == .plainHTTP)
        #expect(egress.verdict(on: .loopback, for: try OutboundURL("https://evil.example/")) == .notPublic(.loopback))
    }

    @Test("an allowed range may be reached over http by any name that leads into it")
    func allowedRange() throws {
        let egress = EgressGuard(allowing: try EgressAllowance("10.1.0.0/16, fd00::/8"))
        let url = try OutboundURL("http://name.example/")
        let inside = try #require(IPAddress("10.1.2.3"))
        let beside = try #require(IPAddress("10.2.0.1"))
        #expect(egress.verdict(for: url) == nil)
        #expect(egress.verdict(on: inside, for: url) == nil)
        #expect(egress.verdict(on: beside, for: url) == .notPublic(beside))
        #expect(egress.verdict(on: try #require(IPAddress("93.184.215.14")), for: url) == .plainHTTP)
        #expect(egress.verdict(for: "http://[fd12::1]/") == nil)
        #expect(egress.verdict(for: "http://10.2.0.1/") == .notPublic(beside))
        #expect(egress.verdict(for: "https://localhost/") == .notPublic(.loopback))
    }

    @Test(
        "an entry that is neither name nor range is named", arguments: ["10.0.0.1/8", "*.example.com", "http://a", "1"])
    func malformedEntry(entry: String) {
        #expect(throws: EgressAllowance.MalformedEntry(text: entry)) { try EgressAllowance("a.example,\(entry)") }
    }

    @Test("a description names no value", arguments: ["https://a@b/", "https://10.0.0.1/", "http://example.com/"])
    func description(text: String) throws {
        let refusal = try #require(EgressGuard().verdict(for: text))
        #expect(refusal.description.allSatisfy { $0.isASCII && $0 != "\"" && $0 != "\\" })
        #expect(!refusal.description.contains { $0.isNumber })
    }
}
