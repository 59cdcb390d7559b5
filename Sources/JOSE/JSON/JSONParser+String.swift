extension JSONParser {
    /// A string, from its opening quotation mark (RFC 8259 §7).
    mutating func parseString() throws(JSONError) -> String {
        let opening = position
        position += 1
        let start = position
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let text = try validated(bytes[start..<position], opening: opening)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                return try parseEscapedString(opening: opening, start: start)
            case 0..<0x20:
                throw error(.controlCharacter)
            default:
                position += 1
            }
        }
        throw error(.unexpectedEnd)
    }

    /// The rest of a string that has escapes, from the first of them.
    private mutating func parseEscapedString(opening: Int, start: Int) throws(JSONError) -> String {
        var content = Array(bytes[start..<position])
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let text = try validated(content[...], opening: opening)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                try parseEscape(into: &content)
            case 0..<0x20:
                throw error(.controlCharacter)
            default:
                content.append(byte)
                position += 1
            }
        }
        throw error(.unexpectedEnd)
    }

    private func validated(_ content: ArraySlice<UInt8>, opening: Int) throws(JSONError) -> String {
        guard let text = String(validating: content, as: UTF8.self) else { throw error(.invalidUTF8, at: opening) }
        return text
    }

    private mutating func parseEscape(into content: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        guard let byte = current else { throw error(.unexpectedEnd) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): content += Array(String(try parseUnicodeEscape(start: start)).utf8)
        default: throw error(.badEscape, at: start)
        }
    }

    /// `\uXXXX` after its `u`, or two of them that make a surrogate pair.
    private mutating func parseUnicodeEscape(start: Int) throws(JSONError) -> Unicode.Scalar {
        let first = try parseFourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, current == UInt8(ascii: "\\") else { throw error(.loneSurrogate, at: start) }
        position += 1
        guard current == UInt8(ascii: "u") else { throw error(.loneSurrogate, at: start) }
        position += 1
        let second = try parseFourDigits()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw error(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func parseFourDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current else { throw error(.unexpectedEnd) }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw error(.badEscape)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
