import JOSE
import Testing

@Suite("Reading JSON (RFC 8259)")
struct JSONParserTests {
    struct Case: Decodable {
        let name: String
        let text: String?
        let hex: String?

        var bytes: [UInt8] {
            if let text { return Array(text.utf8) }
            let digits = Array((hex ?? "").utf8)
            return stride(from: 0, to: digits.count, by: 2).compactMap { index in
                UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16)
            }
        }
    }

    @Test("Each text of the table is read or refused; what is read survives writing")
    func table() throws {
        let cases = try Vectors.load("json", as: [Case].self)
        #expect(cases.count == 265)
        for vector in cases {
            let value = try? JSON.parse(vector.bytes)
            #expect((value != nil) == vector.name.hasPrefix("y_"), "\(vector.name)")
            guard let value else { continue }
            #expect(try JSON.parse(value.encoded()) == value, "\(vector.name)")
            #expect(try JSON.parse(value.encoded(escapingHTML: true)) == value, "\(vector.name)")
        }
    }

    @Test("Numbers: exact where 64 bits hold them, otherwise floating point")
    func numbers() throws {
        let texts: [(String, JSON)] = [
            ("0", .integer(0)), ("-0", .integer(0)), ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .double(9_223_372_036_854_775_808)),
            ("1.0", .double(1)), ("1e2", .double(100)), ("-1.5E-3", .double(-0.0015)), ("1e-400", .double(0)),
        ]
        for (text, value) in texts { #expect(try JSON.parse(text) == value, "\(text)") }
        #expect(try JSON.parse("3.0").integer == 3)
        #expect(try JSON.parse("3e0").integer == 3)
        #expect(try JSON.parse("3.5").integer == nil)
        #expect(try JSON.parse("1e300").integer == nil)
        #expect(try JSON.parse("3").number == 3)
        #expect(try JSON.parse("\"3\"").integer == nil)
    }

    @Test("Strings: escapes and surrogate pairs become what they mean")
    func strings() throws {
        #expect(try JSON.parse(#""\"\\\/\b\f\n\r\t""#) == .string("\"\\/\u{8}\u{C}\n\r\t"))
        #expect(try JSON.parse(#""\ud83d\ude39 é \u00e9""#) == .string("\u{1F639} é é"))
        #expect(try JSON.parse(#""\u0000""#) == .string("\0"))
    }

    @Test("Members keep their order and are found by name, code point by code point (§8.3)")
    func members() throws {
        let json = try JSON.parse(#"{"z":1,"a":{"K":true},"m":null}"#)
        let object = try #require(json.object)
        #expect(object.names == ["z", "a", "m"])
        #expect(json["a"]?["K"] == .bool(true))
        #expect(json["a"]?["\u{212A}"] == nil)  // the Kelvin sign, which Swift's == takes for K
        #expect(json["m"]?.isNull == true)
        #expect(json["x"] == nil)
    }

    @Test("Two objects are equal when their members are, in whatever order (§1)")
    func equality() throws {
        let left = try JSON.parse(#"{"a":1,"b":[2]}"#)
        #expect(try left == JSON.parse(#"{"b":[2],"a":1}"#))
        #expect(try left.hashValue == JSON.parse(#"{"b":[2],"a":1}"#).hashValue)
        #expect(try left != JSON.parse(#"{"b":[2],"a":2}"#))
        #expect(try left != JSON.parse(#"{"b":[2]}"#))
        #expect(try left != JSON.parse(#"{"b":[2],"c":1}"#))
        #expect(try JSON.parse("[1,2]") != JSON.parse("[2,1]"))
    }

    @Test(
        "An error says what is wrong, where, and in which member",
        arguments: [
            ("", JSONError.Reason.unexpectedEnd, 0, "malformed JSON: unexpected end at byte 0"),
            ("{\"a\":1,\"a\":2}", .repeatedMember, 7, "repeated JSON member (member 'a') at byte 7"),
            (
                "{\"keys\":[{},{\"kid\":x}]}", .unexpectedByte, 19,
                "malformed JSON: unexpected character (member 'keys[1].kid') at byte 19"
            ),
            (
                "[[1,\"\u{1}\"]]", .controlCharacter, 5,
                "malformed JSON: unescaped control character in a string (member '[0][1]') at byte 5"
            ),
            ("{\"a\"b\\\"\u{e9}'\": 1}", .unexpectedByte, 4, "malformed JSON: unexpected character at byte 4"),
            (
                "{\"\\\"\\\\\u{e9}'\": y}", .unexpectedByte, 12,
                "malformed JSON: unexpected character (member '????') at byte 12"
            ),
            ("[1] 2", .trailingBytes, 4, "malformed JSON: something follows the value at byte 4"),
            ("{\"a\": 1e999}", .numberOutOfRange, 6, "a JSON number is out of range (member 'a') at byte 6"),
            ("[01]", .badNumber, 1, "malformed JSON: malformed number (member '[0]') at byte 1"),
            ("\"\\ud800\"", .loneSurrogate, 1, "malformed JSON: lone surrogate in a string at byte 1"),
            ("\"\\q\"", .badEscape, 1, "malformed JSON: unknown escape in a string at byte 1"),
        ])
    func errors(text: String, reason: JSONError.Reason, offset: Int, description: String) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(text) }
        #expect(error?.reason == reason)
        #expect(error?.offset == offset)
        #expect(error?.description == description)
    }

    @Test("RFC 6749 §5.2: a description holds only characters that an error_description may hold")
    func describable() throws {
        for name in ["\"", "\\", "é", "\u{1F600}", "a'b", String(repeating: "x", count: 1000), "\n"] {
            let text = JSON.object(JSONObject([(name, 1)])).description.dropLast() + "x"
            let error = try #require(throws: JSONError.self) { try JSON.parse(String(text)) }
            let named = JSONError.self == type(of: error) ? error.description : ""
            #expect(!named.isEmpty && named.utf8.count < 200)
            #expect(named.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
        }
    }

    @Test("CVE-2022-31019: the depth is limited, for arrays, objects and both, before the stack is")
    func depth() throws {
        for (opening, closing) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
            let levels = opening == "[{\"a\":" ? 2 : 1
            for limit in [2, 8, 32] {
                let deepest = String(repeating: opening, count: limit / levels)
                let end = String(repeating: closing, count: limit / levels)
                #expect(throws: Never.self) { try JSON.parse(deepest + "0" + end, depthLimit: limit) }
                let error = #expect(throws: JSONError.self) {
                    try JSON.parse(deepest + "[0]" + end, depthLimit: limit)
                }
                #expect(error?.reason == .tooDeep)
            }
            #expect(throws: JSONError.self) { try JSON.parse(String(repeating: opening, count: 200_000)) }
        }
        #expect(throws: JSONError.self) { try JSON.parse("[]", depthLimit: 0) }
    }

    @Test("A hundred thousand members, canonical equivalents among them, do not cost their square")
    func manyMembers() throws {
        var writer = JSONWriter(capacity: 8_000_000)
        writer.object { writer in
            for index in 0..<100_000 {
                // 17 places, each é or e with an accent: all names are equal for Swift's == and hash.
                let name = (0..<17).map { index >> $0 & 1 == 0 ? "\u{e9}" : "e\u{301}" }.joined()
                writer.member(name, 1)
            }
        }
        #expect(try JSON.parse(writer.bytes).object?.count == 100_000)
    }

    @Test("Changed bytes are read or refused, never worse")
    func mutations() throws {
        let seed = Array(#"{"keys":[{"kty":"RSA","n":"\u00e9\ud83d\ude39","e":-1.5e+3,"x":[true,null,{}]}]}"#.utf8)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: place)
                }
            }
            guard let value = try? JSON.parse(bytes) else { continue }
            #expect(try JSON.parse(value.encoded()) == value)
        }
    }
}
