import HTTP
import Testing

@Suite("application/x-www-form-urlencoded, decoded strictly (WHATWG URL §5.1, RFC 6749 B)")
struct FormTests {
    private func pairs(_ query: String, atMost limit: Int = 256) throws(FormError) -> [String] {
        try FormDecoder.decode(query: query, atMost: limit).map { "\($0.name)=\($0.value)" }
    }

    private func error(_ body: [UInt8], atMost limit: Int = 256) -> FormError? {
        do throws(FormError) {
            _ = try FormDecoder.decode(body, atMost: limit)
            return nil
        } catch {
            return error
        }
    }

    @Test("Pairs keep their order and repeats stay visible")
    func order() throws {
        #expect(try pairs("b=1&a=2&b=3") == ["b=1", "a=2", "b=3"])
        #expect(try pairs("") == [])
        #expect(try FormDecoder.decode(query: nil) == [])
        #expect(try pairs("&&a=1&&") == ["a=1"])
    }

    @Test("A value may be empty, absent or hold further equals signs; a name may be empty")
    func shapes() throws {
        #expect(try pairs("a=&b&c=d=e&=f&=") == ["a=", "b=", "c=d=e", "=f", "="])
    }

    @Test("Plus is a space, %XX is a byte in either letter case, names are decoded too")
    func decoding() throws {
        #expect(try pairs("a=b+c%20d%2B%2b&n%20m=%C3%A4") == ["a=b c d++", "n m=ä"])
        #expect(try pairs("a%26b%3D=c%26d%3D") == ["a&b==c&d="])
        #expect(try pairs("a=b c") == ["a=b c"])
        #expect(try pairs("a=%0D%0A%09") == ["a=\r\n\t"])
        #expect(try FormDecoder.decode(Array("a=ä".utf8)) == [FormParameter(name: "a", value: "ä")])
    }

    @Test(
        "A malformed percent sign is an error that names the parameter",
        arguments: ["%", "%4", "%zz", "%4g", "%%41", "% 41", "b%", "b%2", "%+1", "%-1"])
    func percent(_ value: String) {
        #expect(
            error(Array("x=1&state=\(value)&y=2".utf8))
                == FormError(reason: .malformedPercentEncoding, parameter: "state"))
        #expect(error(Array("\(value)=1".utf8)) == FormError(reason: .malformedPercentEncoding, parameter: nil))
    }

    @Test(
        "Bytes that are not UTF-8 are an error that names the parameter",
        arguments: ["%FF", "%C3", "%C0%80", "%ED%A0%80", "%F4%90%80%80", "%E2%82", "%80", "a%C3b"])
    func utf8(_ value: String) {
        #expect(error(Array("scope=\(value)".utf8)) == FormError(reason: .invalidUTF8, parameter: "scope"))
        #expect(error(Array("\(value)=a".utf8)) == FormError(reason: .invalidUTF8, parameter: nil))
        #expect(error(Array("a=".utf8) + [0xC3]) == FormError(reason: .invalidUTF8, parameter: "a"))
    }

    @Test("NUL is an error however it is written; other control characters unless they are percent-encoded")
    func controls() {
        #expect(error(Array("a=b%00".utf8)) == FormError(reason: .controlCharacter, parameter: "a"))
        for byte: UInt8 in [0x00, 0x01, 0x09, 0x0A, 0x0D, 0x1F, 0x7F] {
            #expect(error(Array("a=b".utf8) + [byte]) == FormError(reason: .controlCharacter, parameter: "a"))
            #expect(error([byte]) == FormError(reason: .controlCharacter, parameter: nil))
        }
    }

    @Test("The number of parameters is bounded")
    func bounded() throws {
        #expect(try pairs("a&b&c", atMost: 3).count == 3)
        #expect(error(Array("a&b&c&d".utf8), atMost: 3)?.reason == .tooManyParameters)
        #expect(error(Array(String(repeating: "a&", count: 100_000).utf8))?.reason == .tooManyParameters)
    }

    @Test("CVE-2022-31019: a name with a hundred thousand brackets is one flat name")
    func nestedKeys() throws {
        let name = "a" + String(repeating: "[x]", count: 100_000)
        let parameters = try FormDecoder.decode(query: "\(name)=1")
        #expect(parameters == [FormParameter(name: name, value: "1")])
    }

    @Test("What the encoder writes, the decoder reads, every character of it")
    func roundTrip() throws {
        let text = String(String.UnicodeScalarView((1...0x2FF).compactMap(Unicode.Scalar.init))) + "𝄞"
        let parameters = [FormParameter(name: text, value: text), FormParameter(name: "a", value: "")]
        let encoded = FormEncoder.encode(parameters)
        #expect(try FormDecoder.decode(query: encoded) == parameters)
        #expect(encoded.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        #expect(FormEncoder.encode([FormParameter(name: "a b", value: "c+d&ä")]) == "a%20b=c%2Bd%26%C3%A4")
        #expect(FormEncoder.encode("a/b c~") == "a%2Fb%20c~")
    }
}
