import HTTP
import Testing

@Suite("RFC 4632: address ranges and the client behind trusted proxies")
struct AddressRangeTests {
    @Test(
        "A block contains its first and last address and not their neighbours",
        arguments: [
            ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255"], ["9.255.255.255", "11.0.0.0", "::a00:0"]),
            ("192.0.2.4/30", ["192.0.2.4", "192.0.2.7"], ["192.0.2.3", "192.0.2.8"]),
            ("192.0.2.1", ["192.0.2.1", "::ffff:192.0.2.1"], ["192.0.2.0", "192.0.2.2"]),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::", "::1"]),
            ("::/0", ["::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"], ["0.0.0.0", "::ffff:1.2.3.4"]),
            ("2001:db8::/33", ["2001:db8::", "2001:db8:7fff::"], ["2001:db8:8000::", "2001:db7::"]),
            ("fd00::/8", ["fd00::1", "fdff::1"], ["fc00::1", "fe00::1"]),
            ("::1", ["::1"], ["::", "::2", "127.0.0.1"]),
            ("::ffff:10.0.0.0/104", ["10.0.0.0", "10.255.255.255"], ["11.0.0.0"]),
        ])
    func contains(_ text: String, _ inside: [String], _ outside: [String]) throws {
        let range = try #require(AddressRange(text))
        for text in inside { #expect(range.contains(try #require(IPAddress(text)))) }
        for text in outside { #expect(!range.contains(try #require(IPAddress(text)))) }
        #expect(AddressRange(range.description) == range)
    }

    @Test(
        "Anything but strict CIDR is no range",
        arguments: [
            "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8 ",
            "10.0.0.0/8/8", "10.0.0.0/255.0.0.0", "10/8", "10.0.0.1/8", "10.0.0.0/1000", "2001:db8::/129",
            "2001:db8::1/64", "[::1]/128", "localhost", "::ffff:10.0.0.0/95", "::ffff:0.0.0.0/0", "10.0.0.0/٨",
        ])
    func malformed(_ text: String) {
        #expect(AddressRange(text) == nil)
    }
}

@Suite("X-Forwarded-For and X-Forwarded-Proto are believed from trusted proxies only")
struct ForwardedClientTests {
    private func client(
        peer: String, tls: Bool = false, _ forwardedFor: [String], _ forwardedProto: [String] = []
    ) throws -> (address: String, isSecure: Bool) {
        let trusted = ["10.0.0.0/8", "fd00::/8"].compactMap { AddressRange($0) }
        let client = ForwardedClient(
            peer: try #require(IPAddress(peer)), peerIsSecure: tls, forwardedFor: forwardedFor,
            forwardedProto: forwardedProto, trusted: trusted)
        return (client.address.description, client.isSecure)
    }

    @Test("From anyone else they are ignored wholly")
    func untrustedPeer() throws {
        #expect(try client(peer: "192.0.2.1", ["127.0.0.1"], ["https"]) == ("192.0.2.1", false))
        #expect(try client(peer: "192.0.2.1", tls: true, ["127.0.0.1"], ["http"]) == ("192.0.2.1", true))
    }

    @Test("From the right, trusted proxies are skipped; what the client itself wrote is not reached")
    func walk() throws {
        #expect(try client(peer: "10.0.0.1", ["192.0.2.1"]).address == "192.0.2.1")
        #expect(try client(peer: "10.0.0.1", ["6.6.6.6, 192.0.2.1"]).address == "192.0.2.1")
        #expect(try client(peer: "10.0.0.1", ["6.6.6.6, 192.0.2.1, 10.9.9.9"]).address == "192.0.2.1")
        #expect(try client(peer: "10.0.0.1", ["6.6.6.6", "192.0.2.1 ,\t10.9.9.9", "fd00::1"]).address == "192.0.2.1")
        #expect(try client(peer: "::ffff:10.0.0.1", ["::ffff:192.0.2.1"]).address == "192.0.2.1")
    }

    @Test("When all are trusted, the farthest one is the client; without the header, the peer is")
    func allTrusted() throws {
        #expect(try client(peer: "10.0.0.1", ["10.0.0.3, 10.0.0.2"]).address == "10.0.0.3")
        #expect(try client(peer: "10.0.0.1", []).address == "10.0.0.1")
        #expect(try client(peer: "10.0.0.1", [""]).address == "10.0.0.1")
    }

    @Test(
        "A malformed entry ends the walk at the last good one",
        arguments: ["unknown", "", "_hidden", "192.0.2.1:", "192.0.2.1:port", "[::1", "::1]:80", "192.0.2.01", "a b"])
    func malformed(_ entry: String) throws {
        #expect(try client(peer: "10.0.0.1", ["192.0.2.1, \(entry), 10.0.0.2"]).address == "10.0.0.2")
        #expect(try client(peer: "10.0.0.1", ["192.0.2.1, \(entry)"]).address == "10.0.0.1")
    }

    @Test("Entries may carry a port")
    func ports() throws {
        #expect(try client(peer: "10.0.0.1", ["192.0.2.1:4711"]).address == "192.0.2.1")
        #expect(try client(peer: "10.0.0.1", ["[2001:db8::1]:4711"]).address == "2001:db8::1")
        #expect(try client(peer: "10.0.0.1", ["[2001:db8::1]"]).address == "2001:db8::1")
        #expect(try client(peer: "10.0.0.1", ["2001:db8::1"]).address == "2001:db8::1")
    }

    @Test("The scheme is the one beside the client, or the nearest proxy's")
    func scheme() throws {
        #expect(try client(peer: "10.0.0.1", ["192.0.2.1"], ["https"]).isSecure)
        #expect(try client(peer: "10.0.0.1", ["192.0.2.1"], ["HTTPS"]).isSecure)
        #expect(try !client(peer: "10.0.0.1", ["192.0.2.1"], ["http"]).isSecure)
        #expect(try !client(peer: "10.0.0.1", ["192.0.2.1"], ["https, x"]).isSecure)
        #expect(try client(peer: "10.0.0.1", ["192.0.2.1, 10.0.0.2"], ["https, http"]).isSecure)
        #expect(try !client(peer: "10.0.0.1", ["6.6.6.6, 192.0.2.1"], ["https, http"]).isSecure)
        #expect(try !client(peer: "10.0.0.1", tls: true, ["192.0.2.1"], ["http"]).isSecure)
        #expect(try client(peer: "10.0.0.1", tls: true, ["192.0.2.1"]).isSecure)
        #expect(try !client(peer: "10.0.0.1", ["192.0.2.1"]).isSecure)
    }
}
