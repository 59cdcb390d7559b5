/// An address that mail can be sent to: RFC 5322 §3.4.1 without what nobody uses (quoted local parts, comments, domain
/// literals), and RFC 6532's letters beyond ASCII. It has no white space, no control character and nothing that ends an
/// address, so it can stand in a header field and among the arguments of a program as it is.
public struct EmailAddress: Sendable, Equatable, CustomStringConvertible {
    /// `local@domain`.
    public let text: String
    /// What stands behind the `@`.
    public let domain: String

    /// RFC 5321 §4.5.3.1.
    private static let (longestLocal, longestDomain, longest) = (64, 255, 254)

    /// The address that this is; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= Self.longest, parts[0].utf8.count <= Self.longestLocal,
            parts[1].utf8.count <= Self.longestDomain, text.unicodeScalars.allSatisfy(Self.isPlain)
        else { return nil }
        let atoms = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard atoms.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isAtomByte) }),
            labels.allSatisfy({ $0.utf8.allSatisfy(Self.isLabelByte) && Self.hasLabelForm($0) })
        else { return nil }
        self.text = text
        domain = String(parts[1])
    }

    /// The address.
    public var description: String { text }

    /// No control character, no line or paragraph separator, nothing invisible that turns the text around.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .unassigned, .privateUse: false
        default: true
        }
    }

    /// `atext` (RFC 5322 §3.2.3), and every byte of what is not ASCII.
    private static func isAtomByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || ASCII.isLetter(byte) || ASCII.isDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "-")
    }

    private static func hasLabelForm(_ label: Substring) -> Bool {
        !label.isEmpty && label.utf8.count <= 63 && !label.hasPrefix("-") && !label.hasSuffix("-")
    }
}
