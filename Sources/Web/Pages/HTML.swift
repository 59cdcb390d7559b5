/// A piece of HTML that cannot carry an injection: its literal parts are `StaticString`s, so they are in the source, and
/// every interpolated value is escaped for text and for quoted attributes alike. A string made at run time cannot
/// become HTML by any way but that one.
///
/// An address never stands in `href`, `src` or `action` as a string: ``Link`` alone may, and a string there is left out
/// (CVE-2026-9086, CVE-2026-67333: `javascript:` addresses).
public struct HTML: Sendable, ExpressibleByStringInterpolation {
    /// What is sent.
    public private(set) var text: String

    /// A literal, taken as it is.
    public init(stringLiteral value: StaticString) { text = value.string }

    /// A literal with values, each of them escaped.
    public init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// Pieces one after the other.
    public init(_ pieces: some Sequence<HTML>) { text = pieces.reduce(into: "") { $0 += $1.text } }

    /// The file's own text: for what the build embeds, which is in the source like a literal.
    init(embedded bytes: [UInt8]) { text = String(decoding: bytes, as: UTF8.self) }

    /// What literals with values are put together by.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        /// Whether the literal before ended where an address begins.
        private var expectsAddress = false

        /// The beginning.
        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 32)
        }

        /// A part that stands in the source.
        public mutating func appendLiteral(_ literal: StaticString) {
            let literal = literal.string
            text += literal
            expectsAddress = Self.addressAttributes.contains { literal.hasSuffix($0) }
        }

        /// A value: escaped.
        public mutating func appendInterpolation(_ value: String) {
            guard !expectsAddress else { return }
            HTML.escape(value, into: &text)
        }

        /// A number.
        public mutating func appendInterpolation(_ value: Int) { text += String(value) }

        /// A piece of HTML.
        public mutating func appendInterpolation(_ html: HTML) { text += html.text }

        /// A piece of HTML, or nothing.
        public mutating func appendInterpolation(_ html: HTML?) { text += html?.text ?? "" }

        /// Pieces of HTML, one after the other.
        public mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { text += piece.text } }

        /// An address that is safe to follow.
        public mutating func appendInterpolation(_ link: Link) { HTML.escape(link.text, into: &text) }

        private static let addressAttributes = ["href=\"", "src=\"", "action=\"", "formaction=\""]
    }

    /// `&`, `<`, `>` and both quotes as character references: safe in text and in quoted attributes. U+0000, which the
    /// HTML standard forbids, becomes U+FFFD.
    static func escape(_ value: String, into text: inout String) {
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\0": text += "\u{FFFD}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}

extension StaticString {
    /// The literal as a string.
    var string: String {
        withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
    }
}
