import Testing

@testable import Provider

@Suite("Addresses that mail is sent to (RFC 5321 §4.5.3, RFC 5322 §3.4.1)")
struct EmailAddressTests {
    @Test(
        "atoms and labels, beyond ASCII as well",
        arguments: [
            "anna@example.org", "a.b+c_d-e@sub.example.co", "o'neil@example.org", "x@localhost", "Ä.Ö@bücher.example",
            "-dash@example.org", "{|}~@example.org", "1@2.3",
        ])
    func good(_ text: String) throws {
        let address = try #require(EmailAddress(text))
        #expect(address.text == text && text.hasSuffix("@" + address.domain))
    }

    @Test(
        "nothing that could end the address, a field or an argument, and nothing invisible",
        arguments: [
            "", "@", "a@", "@b", "a@b@c", "a b@example.org", "a@exam ple.org", "a@b\n", "a@b\r\nBcc: x@y", "a\u{0}@b",
            "a,b@example.org", "a;b@example.org", "<a@b>", "a@b>", "\"a b\"@example.org", "a@[127.0.0.1]", "a..b@c",
            ".a@b", "a.@b", "a@.b", "a@b.", "a@b..c", "a@-b", "a@b-", "a(x)@b", "a\\b@c", "a@b_c", "a\u{202E}b@c",
            "a\u{200B}@b", "a\u{2028}@b", "a@b\u{85}", String(repeating: "a", count: 65) + "@b",
            "a@" + String(repeating: "b", count: 64), "a@" + String(repeating: "b.", count: 130) + "c",
        ])
    func bad(_ text: String) { #expect(EmailAddress(text) == nil) }

    @Test("a sender is an address, or a name and an address")
    func senders() {
        let address = EmailAddress("no-reply@example.org")
        #expect(MailSender("no-reply@example.org")?.address == address)
        #expect(MailSender("no-reply@example.org")?.name == nil)
        #expect(MailSender("Example Inc. <no-reply@example.org>")?.name == "Example Inc.")
        #expect(MailSender("  Zoë \"Z\" <b>  <no-reply@example.org>")?.name == "Zoë \"Z\" <b>")
        #expect(MailSender("<no-reply@example.org>")?.name == nil)
        for bad in ["", "x", "Name <x>", "Name <a@b> c", "Name\r\nBcc: <a@b>", "a@b, c@d", "Name a@b"] {
            #expect(MailSender(bad) == nil, "\(bad)")
        }
    }
}

@Suite("How much mail a network may cause")
struct MailAllowanceTests {
    private func allowance(_ perNetwork: Int) -> MailAllowance {
        var limits = MailLimits()
        limits.perNetwork = perNetwork
        limits.secondsEach = 10
        return MailAllowance(limits)
    }

    @Test("so much at once, then one every while, and after enough of it all again")
    func bucket() {
        let allowance = allowance(3)
        func taken(_ count: Int, at moment: Instant) -> Int {
            (0..<count).filter { _ in allowance.take(from: "192.0.2.1", at: moment) }.count
        }
        #expect(taken(10, at: noon) == 3)
        #expect(taken(10, at: noon + 9) == 0)
        #expect(taken(10, at: noon + 10) == 1)
        #expect(taken(10, at: noon + 1000) == 3)
    }

    @Test("one network has nothing to do with another, and however many there are, memory is bounded")
    func networks() {
        let allowance = allowance(1)
        #expect(allowance.take(from: "192.0.2.1", at: noon) && !allowance.take(from: "192.0.2.1", at: noon))
        #expect(allowance.take(from: "192.0.2.2", at: noon))
        for number in 0..<60_000 { _ = allowance.take(from: "n\(number)", at: noon) }
        #expect(allowance.count <= 50_000)
    }
}
