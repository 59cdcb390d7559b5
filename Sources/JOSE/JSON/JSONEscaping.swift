/// The content of a JSON string (RFC 8259 §7).
enum JSONEscaping {
    /// Appends `text` with the escapes that JSON demands, and on request those that HTML wants.
    static func append(_ text: String, to output: inout [UInt8], escapingHTML: Bool) {
        var text = text
        text.withUTF8 { text in
            var start = 0
            for (index, byte) in text.enumerated() where mayNeedEscape(byte, escapingHTML: escapingHTML) {
                guard let escape = escape(for: byte, in: text, at: index, escapingHTML: escapingHTML) else { continue }
                output += text[start..<index]
                output += escape.text
                start = index + escape.length
            }
            output += text[start...]
        }
    }

    /// Whether ``escape(for:in:at:escapingHTML:)`` has to be asked: for hardly any byte.
    @inline(__always)
    private static func mayNeedEscape(_ byte: UInt8, escapingHTML: Bool) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || escapingHTML
    }

    private typealias Escape = (text: [UInt8], length: Int)

    /// The escape for what begins at `index`, and how many bytes it stands for; nil when the byte stays as it is.
    private static func escape(
        for byte: UInt8, in text: UnsafeBufferPointer<UInt8>, at index: Int, escapingHTML: Bool
    ) -> Escape? {
        switch byte {
        case UInt8(ascii: "\""): return (Array("\\\"".utf8), 1)
        case UInt8(ascii: "\\"): return (Array("\\\\".utf8), 1)
        case 0x0A: return (Array("\\n".utf8), 1)
        case 0x0D: return (Array("\\r".utf8), 1)
        case 0x09: return (Array("\\t".utf8), 1)
        case 0..<0x20: return (unicode(byte), 1)
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            return escapingHTML ? (unicode(byte), 1) : nil
        case 0xE2 where escapingHTML && text[index + 1] == 0x80 && text[index + 2] & 0xFE == 0xA8:
            return (Array((text[index + 2] == 0xA8 ? "\\u2028" : "\\u2029").utf8), 3)
        default: return nil
        }
    }

    private static func unicode(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
