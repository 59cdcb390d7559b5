/// The character classes of RFC 9110 §5.6 and RFC 3986 §2, spelled once. Bytes, never characters: a request has no text
/// yet.
package enum Grammar {
    /// `tchar` (RFC 9110 §5.6.2): what methods, field names and parameter names are made of.
    @inline(__always)
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true  // DIGIT ALPHA
        case 0x21, 0x23...0x27, 0x2A, 0x2B: true  // ! # $ % & ' * +
        case 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true  // - . ^ _ ` | ~
        default: false
        }
    }

    /// `field-vchar`, SP and HTAB (RFC 9110 §5.5), `obs-text` included: what may stand in a field value.
    @inline(__always)
    static func isFieldValueByte(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09
    }

    /// SP and HTAB, which make up OWS and BWS (RFC 9110 §5.6.3).
    @inline(__always)
    static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }

    /// DIGIT (RFC 5234 B.1).
    @inline(__always)
    package static func isDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10
    }

    /// ALPHA (RFC 5234 B.1).
    @inline(__always)
    package static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26
    }

    /// The value of a HEXDIG in either case, or nil.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// `unreserved` (RFC 3986 §2.3).
    @inline(__always)
    package static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true  // DIGIT ALPHA - . _ ~
        default: false
        }
    }

    /// `sub-delims` (RFC 3986 §2.2).
    @inline(__always)
    static func isSubDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x24, 0x26...0x2C, 0x3B, 0x3D: true  // ! $ & ' ( ) * + , ; =
        default: false
        }
    }

    /// `pchar` without `pct-encoded` (RFC 3986 §3.3).
    @inline(__always)
    static func isPathByte(_ byte: UInt8) -> Bool {
        isUnreserved(byte) || isSubDelimiter(byte) || byte == 0x3A || byte == 0x40  // : @
    }

    /// A–Z made a–z, every other byte as it is.
    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    /// Whether `bytes` spells `word`, which must be lower case, in any letter case.
    static func equals(_ bytes: Span<UInt8>, ignoringCase word: StaticString) -> Bool {
        guard bytes.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { expected in
            for index in bytes.indices where lowercased(bytes[index]) != expected[index] { return false }
            return true
        }
    }

    /// `bytes` without leading and trailing SP and HTAB, as a range into it.
    static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, isWhitespace(bytes[lower]) { lower += 1 }
        while upper > lower, isWhitespace(bytes[upper - 1]) { upper -= 1 }
        return lower..<upper
    }
}

extension String {
    /// The text of `bytes`; sequences that are not UTF-8 become U+FFFD.
    init(repairing bytes: Span<UInt8>) {
        self = bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}

extension [UInt8] {
    /// Appends what `span` holds.
    @inline(__always)
    mutating func append(_ span: Span<UInt8>) {
        span.withUnsafeBufferPointer { append(contentsOf: $0) }
    }

    /// Appends the UTF-8 of a literal.
    @inline(__always)
    mutating func append(_ literal: StaticString) {
        literal.withUTF8Buffer { append(contentsOf: $0) }
    }
}
