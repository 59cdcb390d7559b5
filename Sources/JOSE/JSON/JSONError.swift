/// Why bytes are not the JSON that Martlet reads: what is wrong, where, and in which member.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Sendable, Equatable {
        /// A byte that cannot stand there.
        case unexpectedByte
        /// The text ends within a value.
        case unexpectedEnd
        /// Bytes after the value.
        case trailingBytes
        /// Deeper than the limit.
        case tooDeep
        /// A member of this object came before.
        case repeatedMember
        /// Not UTF-8.
        case invalidUTF8
        /// A control character in a string that is not escaped.
        case controlCharacter
        /// An escape that JSON does not have.
        case badEscape
        /// A surrogate without its other half.
        case loneSurrogate
        /// A number that is not written as JSON writes them.
        case badNumber
        /// A number beyond 64-bit floating point, or of more than 512 characters.
        case numberOutOfRange
    }

    /// What is wrong.
    public let reason: Reason
    /// Where, in bytes from the start.
    public let offset: Int
    /// The members and indices on the way there, outermost first: `keys`, `[2]`, `kid`.
    public internal(set) var path: [String] = []

    /// One line that is fit for an `error_description` (RFC 6749 §5.2: ASCII without `"` and `\`).
    public var description: String {
        var text = Self.words(for: reason)
        if !path.isEmpty {
            let way = path.reduce("") { $1.hasPrefix("[") || $0.isEmpty ? $0 + $1 : "\($0).\($1)" }
            text += " (member '\(Self.describable(way))')"
        }
        return text + " at byte \(offset)"
    }

    private static func words(for reason: Reason) -> String {
        switch reason {
        case .unexpectedByte: "malformed JSON: unexpected character"
        case .unexpectedEnd: "malformed JSON: unexpected end"
        case .trailingBytes: "malformed JSON: something follows the value"
        case .tooDeep: "the JSON is nested too deeply"
        case .repeatedMember: "repeated JSON member"
        case .invalidUTF8: "the JSON is not UTF-8"
        case .controlCharacter: "malformed JSON: unescaped control character in a string"
        case .badEscape: "malformed JSON: unknown escape in a string"
        case .loneSurrogate: "malformed JSON: lone surrogate in a string"
        case .badNumber: "malformed JSON: malformed number"
        case .numberOutOfRange: "a JSON number is out of range"
        }
    }

    /// At most 64 characters, with `?` for each that an `error_description` may not hold.
    private static func describable(_ text: String) -> String {
        let characters = text.unicodeScalars.prefix(64).map { scalar -> Character in
            let isAllowed = (0x20...0x7E).contains(scalar.value) && scalar != "\"" && scalar != "\\" && scalar != "'"
            return isAllowed ? Character(scalar) : "?"
        }
        return String(characters) + (text.unicodeScalars.count > 64 ? "..." : "")
    }
}
