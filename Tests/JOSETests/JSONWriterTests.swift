import Foundation
import JOSE
import Testing

@Suite("Writing JSON (RFC 8259)")
struct JSONWriterTests {
    @Test("A tree is written in order and without whitespace")
    func tree() {
        let json: JSON = ["b": [1, -2, 2.5, true, false, nil, [], [:]], "a": "x", "c": ["d": "e"]]
        #expect(json.description == #"{"b":[1,-2,2.5,true,false,null,[],{}],"a":"x","c":{"d":"e"}}"#)
    }

    @Test("Members are written without a tree; absent ones not at all")
    func members() {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("iss", "https://issuer.example")
            writer.member("aud", ["a", "b"])
            writer.member("exp", 1_300_819_380)
            writer.member("nonce", ifPresent: String?.none)
            writer.member("sid", ifPresent: "s")
            writer.member("auth_time", ifPresent: Int64?.none)
            writer.member("active", true)
            writer.objectMember("cnf") { writer in writer.member("jkt", JSON.string("t")) }
            writer.arrayMember("list") { writer in
                writer.value(1)
                writer.object { _ in }
                writer.array { _ in }
                writer.value(nil)
                writer.value([nil, 1])
                writer.value(0.5)
            }
            writer.member("raw", raw: Array("[0]".utf8))
        }
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"iss":"https://issuer.example","aud":["a","b"],"exp":1300819380,"sid":"s","active":true,"#
                + #""cnf":{"jkt":"t"},"list":[1,{},[],null,[null,1],0.5],"raw":[0]}"#)
    }

    @Test("§7: what must be escaped is, the rest is UTF-8 as it is")
    func escapes() {
        let text = "\"\\/\u{8}\u{C}\n\r\t\0\u{1F}\u{7F}é\u{1F600}"
        let expected = #""\"\\/\u0008\u000c\n\r\t\u0000\u001f"# + "\u{7F}é\u{1F600}\""
        #expect(JSON.string(text).description == expected)
    }

    @Test("In HTML no element can begin or end, and no line is broken")
    func html() throws {
        let text = "</script><!--&\u{2028}\u{2029}\u{2027}\u{202A}é"
        let written = String(decoding: JSON.string(text).encoded(escapingHTML: true), as: UTF8.self)
        #expect(
            written == #""\u003c/script\u003e\u003c!--\u0026\u2028\u2029"# + "\u{2027}\u{202A}é\"")
        #expect(try JSON.parse(written) == .string(text))
    }

    @Test(
        "Numbers are written as JSON writes them; what it cannot write is null",
        arguments: [
            (JSON.integer(0), "0"), (.integer(.max), "9223372036854775807"), (.integer(.min), "-9223372036854775808"),
            (.double(0.1), "0.1"), (.double(1e100), "1e+100"), (.double(.leastNonzeroMagnitude), "5e-324"),
            (.double(-0.0), "-0.0"),
            (.double(.infinity), "null"), (.double(-.infinity), "null"), (.double(.nan), "null"),
        ])
    func numbers(value: JSON, text: String) {
        #expect(value.description == text)
    }

    @Test("Another reader reads what was written")
    func anotherReader() throws {
        let text = String(String.UnicodeScalarView((0...0x2FF).compactMap(Unicode.Scalar.init))) + "\u{1F600}\u{10FFFF}"
        let json = JSON.object(JSONObject([(text, .string(text)), ("n", -12.5), ("l", [1, nil, true])]))
        for bytes in [json.encoded(), json.encoded(escapingHTML: true)] {
            let read = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            #expect(read?[text] as? String == text)
            #expect(read?["n"] as? Double == -12.5)
            #expect((read?["l"] as? [Any])?.count == 3)
        }
    }

    @Test("An object is changed in place, and of a repeated name the last value stays")
    func objects() {
        var object = JSONObject([("a", 1), ("b", 2), ("a", 3)])
        #expect(JSON.object(object).description == #"{"a":3,"b":2}"#)
        object["b"] = nil
        object["c"] = "x"
        object["a"] = "y"
        object["z"] = nil
        #expect(JSON.object(object).description == #"{"a":"y","c":"x"}"#)
    }
}
