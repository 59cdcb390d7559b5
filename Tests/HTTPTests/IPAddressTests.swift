import HTTP
import Testing

@Suite("RFC 4291, RFC 5952, RFC 6890: addresses")
struct IPAddressTests {
    @Test(
        "RFC 5952 §4: the canonical text",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"),
            ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("0:0:1:0:0:0:0:0", "0:0:1::"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:0201", "192.0.2.1"),
            ("0:0:0:0:0:ffff:10.0.0.1", "10.0.0.1"),
        ])
    func text(_ text: String, _ canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
        #expect(IPAddress(bytes: address.bytes) == address)
    }

    @Test(
        "Anything but the strict text is no address",
        arguments: [
            "", "1", "127.1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.0.0.1", "01.2.3.4",
            "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "1.2.3.4 ", " 1.2.3.4", "1.2.3.+4", "1.2.3.-4",
            "1.2.3.4/8", "1.2.3.4:80", "１.2.3.4", "1.2.3.4\0", "1.2.3.00", "1.2.3.1000",
            ":", ":::", "1:", ":1", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
            "::1:2:3:4:5:6:7:8", "12345::", "g::", "[::1]", "::1%lo", "::1%25lo", "::1/128", "1.2.3.4::", "::1.2.3",
            "::1.2.3.4:5", "::256.0.0.1", "1:2:3:4:5:6:7:1.2.3.4", "::01.2.3.4", "00000::",
            "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
        ])
    func malformed(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("Bytes of a socket address: 4 or 16 and nothing else; mapped IPv4 is IPv4")
    func bytes() {
        #expect(IPAddress(bytes: [127, 0, 0, 1]) == .loopback)
        #expect(IPAddress(bytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1]) == .loopback)
        #expect(IPAddress(bytes: [UInt8](repeating: 0, count: 15) + [1])?.description == "::1")
        for count in [0, 1, 3, 5, 15, 17] {
            #expect(IPAddress(bytes: [UInt8](repeating: 0, count: count)) == nil)
        }
    }

    @Test("Loopback is 127.0.0.0/8 and ::1, also when mapped")
    func loopback() {
        for text in ["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"] {
            #expect(IPAddress(text)?.isLoopback == true)
        }
        for text in ["128.0.0.0", "126.255.255.255", "::", "::2", "1::1"] {
            #expect(IPAddress(text)?.isLoopback == false)
        }
    }

    @Test(
        "RFC 4291 §2.5.1, RFC 6052 §2.1: a client is counted by its IPv4 address, or by the first half of its IPv6 one",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("64:ff9b::192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"),
            ("2001:db8:1:3::1", "2001:db8:1:3::"), ("2001:db8:1:2::", "2001:db8:1:2::"), ("::1", "::"),
            ("64:ff9b:0:0:1::192.0.2.1", "64:ff9b::"), ("64:ff9b:1::192.0.2.1", "64:ff9b:1::"),
        ])
    func network(_ text: String, _ network: String) throws {
        #expect(try #require(IPAddress(text)).network.description == network)
    }

    @Test(
        "RFC 6177 §2: what one customer of a provider may have is the /48 of an IPv6 address, and an IPv4 address as it is",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("64:ff9b::192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"), ("2001:db8:1:ffff::1", "2001:db8:1::"),
            ("2001:db8:2::1", "2001:db8:2::"), ("::1", "::"),
        ])
    func delegation(_ text: String, _ delegation: String) throws {
        #expect(try #require(IPAddress(text)).delegation.description == delegation)
    }

    @Test(
        "CVE-2026-1180, CVE-2026-1518: what is not of the public internet",
        arguments: [
            "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
            "169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.170", "192.0.2.1",
            "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.1",
            "203.0.113.255", "224.0.0.1", "239.255.255.255", "240.0.0.0", "255.255.255.255",
            "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::808:808", "100::1", "fc00::1",
            "fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1", "2001::1",
            "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:1ff:ffff::1", "2001:db8::1",
            "2002:7f00:1::1", "2002:808:808::1", "3fff::1", "3fff:fff:ffff::1", "5f00::1", "4000::1", "1fff::1",
        ])
    func notPublic(_ text: String) throws {
        #expect(try !#require(IPAddress(text)).isPublic)
    }

    @Test(
        "What is of the public internet, up to the edges of the reserved blocks",
        arguments: [
            "1.0.0.0", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
            "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255",
            "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0",
            "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0",
            "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2000::1", "2001:200::1", "2001:db7::1",
            "2001:db9::1", "2003::1", "2606:4700::1111", "3ffe::1", "3fff:1000::1",
        ])
    func isPublic(_ text: String) throws {
        #expect(try #require(IPAddress(text)).isPublic)
    }
}
