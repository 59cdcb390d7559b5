import Testing

@testable import Provider

@Suite("Base32 (RFC 4648 §6)")
struct Base32Tests {
    @Test(
        "RFC 4648 §10: known texts, without their padding",
        arguments: [
            ("", ""), ("MY", "f"), ("MZXQ", "fo"), ("MZXW6", "foo"), ("MZXW6YQ", "foob"), ("MZXW6YTB", "fooba"),
            ("MZXW6YTBOI", "foobar"),
        ])
    func known(text: String, bytes: String) {
        #expect(Base32.standard.encode(Array(bytes.utf8)) == text)
        #expect(Base32.standard.decode(text) == Array(bytes.utf8))
    }

    @Test("the wiki's example of a key: Hello! and four bytes")
    func wiki() {
        let bytes = Array("Hello!".utf8) + [0xDE, 0xAD, 0xBE, 0xEF]
        #expect(Base32.standard.encode(bytes) == "JBSWY3DPEHPK3PXP")
        #expect(Base32.standard.decode("JBSWY3DPEHPK3PXP") == bytes)
    }

    @Test("each length survives, in either alphabet")
    func lengths() {
        for base32 in [Base32.standard, .crockford] {
            for length in 0...100 {
                let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max) }
                let text = base32.encode(bytes)
                #expect(text.utf8.count == (length * 8 + 4) / 5)
                #expect(base32.decode(text) == bytes)
            }
        }
    }

    @Test("RFC 4648 §6, Crockford: a byte outside the alphabet is refused at each place")
    func alphabet() {
        for (base32, alphabet) in [
            (Base32.standard, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), (.crockford, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
        ] {
            #expect(base32.encode([UInt8](repeating: 0, count: 5)).utf8.allSatisfy { $0 == alphabet.utf8.first })
            for place in 0..<8 {
                for byte in UInt8.min...127 {
                    var text = Array(base32.encode([1, 2, 3, 4, 5]).utf8)
                    text[place] = byte
                    let decoded = base32.decode(String(decoding: text, as: UTF8.self))
                    #expect((decoded != nil) == alphabet.utf8.contains(byte))
                }
            }
        }
    }

    @Test("RFC 4648 §3.5: of the spellings of a byte string only the canonical one is read")
    func canonical() {
        for (value, character) in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".enumerated() {
            for (others, unusedBits) in [("A", 2), ("AAA", 4), ("AAAA", 1), ("AAAAAA", 3)] {
                let isCanonical = value % (1 << unusedBits) == 0
                #expect((Base32.standard.decode(others + String(character)) != nil) == isCanonical)
            }
        }
    }

    @Test(
        "padding, small letters, white space and lengths that no bytes have are refused",
        arguments: ["MY======", "MY=", "my", "MZ XQ", "MZXQ\n", "M", "MZX", "MZXW6Y", "MZXW6YTBO", "MY\0", "MYé", "1"])
    func refused(text: String) {
        #expect(Base32.standard.decode(text) == nil)
    }
}
