import Foundation
import JOSE
import Testing

@Suite("base64url (RFC 4648 §5, RFC 7515 Appendix C)")
struct Base64URLTests {
    @Test(
        "RFC 4648 §10, RFC 7515 Appendix C: known texts",
        arguments: [
            ("", []), ("Zg", Array("f".utf8)), ("Zm8", Array("fo".utf8)), ("Zm9v", Array("foo".utf8)),
            ("Zm9vYg", Array("foob".utf8)), ("Zm9vYmE", Array("fooba".utf8)), ("Zm9vYmFy", Array("foobar".utf8)),
            ("A-z_4ME", [3, 236, 255, 224, 193]),
        ] as [(String, [UInt8])])
    func known(text: String, bytes: [UInt8]) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
        #expect(Base64URL.decode(Array(text.utf8)[...]) == bytes)
        var appended = [UInt8(ascii: ".")]
        Base64URL.append(bytes, to: &appended)
        #expect(String(decoding: appended, as: UTF8.self) == "." + text)
    }

    @Test("Each length survives, and agrees with another implementation")
    func lengths() {
        var generator = SystemRandomNumberGenerator()
        for length in 0...300 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let text = Base64URL.encode(bytes)
            let other = Data(bytes).base64EncodedString()
                .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
                .replacingOccurrences(of: "=", with: "")
            #expect(text == other)
            #expect(text.utf8.count == Base64URL.encodedCount(of: length))
            #expect(Base64URL.decode(text) == bytes)
        }
    }

    @Test("A byte outside the alphabet is refused at each place of each kind of group")
    func alphabet() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        #expect(alphabet.count == 64)
        for length in [2, 3, 4, 6, 7, 8] {
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max where !alphabet.contains(byte) {
                    var text = [UInt8](repeating: UInt8(ascii: "A"), count: length)
                    text[place] = byte
                    #expect(Base64URL.decode(text[...]) == nil)
                }
            }
        }
    }

    @Test("RFC 4648 §3.5: of the spellings of a byte string only the canonical one is read")
    func canonical() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for (value, character) in alphabet.enumerated() {
            let one = [UInt8(ascii: "A"), character]
            let two = [UInt8(ascii: "A"), UInt8(ascii: "A"), character]
            #expect((Base64URL.decode(one[...]) != nil) == (value % 16 == 0))
            #expect((Base64URL.decode(two[...]) != nil) == (value % 4 == 0))
        }
    }

    @Test(
        "Padding, whitespace and a lone character are refused",
        arguments: [
            "Zg==", "Zg=", "Zm8=", "Z", "Zm9vY", "Zm 9v", " Zm9v", "Zm9v\n", "Zm9v\0", "Zm+v", "Zm/v", "Zm9é", "=",
        ])
    func refused(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
