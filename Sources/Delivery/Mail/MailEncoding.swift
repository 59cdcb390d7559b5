/// How text travels in mail: header fields by RFC 2047, bodies by RFC 2045 §6.
enum MailEncoding {
    /// Text in a header field: as it is where RFC 5322 lets it be, else encoded words. Whatever the text has in it, no line
    /// of the answer but the first begins without a space, and none is another field.
    static func unstructured(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
        return isPlain && text.utf8.count <= 60 ? text : encodedWords(text)
    }

    /// The name before an address: a quoted string (RFC 5322 §3.2.4), or encoded words.
    static func phrase(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
        guard isPlain, text.utf8.count <= 60 else { return encodedWords(text) }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// `=?utf-8?Q?…?=` in as many words of 75 characters at most as it takes; no character is cut in two (RFC 2047 §5).
    private static func encodedWords(_ text: String) -> String {
        let (start, end) = ("=?utf-8?Q?", "?=")
        var words: [String] = []
        var word = ""
        for scalar in text.unicodeScalars {
            let encoded = String(scalar).utf8.map(encodedByte).joined()
            if start.utf8.count + word.utf8.count + encoded.utf8.count + end.utf8.count > 75 {
                words.append(word)
                word = ""
            }
            word += encoded
        }
        words.append(word)
        return words.map { start + $0 + end }.joined(separator: "\n ")
    }

    /// Letters and digits stay: whatever else RFC 2047 would allow differs from place to place.
    private static func encodedByte(_ byte: UInt8) -> String {
        switch byte {
        case 0x20: "_"
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
        default: "=" + hexadecimal(byte)
        }
    }

    /// A body and the name of its encoding. ASCII in short lines stays as it is, so that links can be read and copied from
    /// the file; everything else is quoted-printable (§6.7).
    static func body(_ text: String) -> (encoding: StaticString, text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A || $0 == 0x09 }
        if isPlain, lines.allSatisfy({ $0.utf8.count <= 900 }) { return ("7bit", text) }
        return ("quoted-printable", lines.map(quotedPrintable).joined(separator: "\n"))
    }

    /// One line, in pieces of 76 characters at most.
    private static func quotedPrintable(_ line: Substring) -> String {
        let bytes = Array(line.utf8)
        var (result, column) = ("", 0)
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let stays = (0x21...0x7E).contains(byte) && byte != 0x3D || byte == 0x20 && !isLast
            let piece = stays ? String(UnicodeScalar(byte)) : "=" + hexadecimal(byte)
            if column + piece.utf8.count > 75 {
                result += "=\n"
                column = 0
            }
            result += piece
            column += piece.utf8.count
        }
        return result
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16, uppercase: true)
        return byte < 16 ? "0" + text : text
    }
}
