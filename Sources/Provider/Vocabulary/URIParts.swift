/// An absolute URI taken apart as far as redirect and resource rules need it (RFC 3986 §3), and no further: nothing is
/// decoded, normalised or repaired.
struct URIParts {
    /// Lower-case letters as written; a scheme in other letter case is kept, so that string rules see it.
    var scheme: Substring
    /// Between `//` and the next `/`, `?` or `#`; nil without `//`.
    var authority: Substring?
    /// What follows the authority or the scheme.
    var rest: Substring

    /// Nil for text that is not an absolute URI of printable ASCII without `"<>\^`{|}`.
    init?(_ text: String) {
        guard text.utf8.allSatisfy(Self.isAllowed), let colon = text.firstIndex(of: ":") else { return nil }
        scheme = text[..<colon]
        guard let first = scheme.utf8.first, ASCII.isLetter(first), scheme.utf8.allSatisfy(Self.isSchemeByte) else {
            return nil
        }
        let afterScheme = text[text.index(after: colon)...]
        if afterScheme.hasPrefix("//") {
            let start = afterScheme.dropFirst(2)
            let end = start.firstIndex { "/?#".contains($0) } ?? start.endIndex
            authority = start[..<end]
            rest = start[end...]
        } else {
            authority = nil
            rest = afterScheme
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x3B, 0x3D, 0x3F...0x5B, 0x5D, 0x5F, 0x61...0x7A, 0x7E: true
        default: false
        }
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E
    }

    /// The host as written, brackets included; nil without one.
    var host: Substring? { authority.map { Self.split($0).host } }
    /// The digits after the host's colon; nil without a colon.
    var port: Substring? { authority.flatMap { Self.split($0).port } }

    private static func split(_ authority: Substring) -> (host: Substring, port: Substring?) {
        let end =
            authority.hasPrefix("[")
            ? authority.firstIndex(of: "]").map { authority.index(after: $0) } ?? authority.endIndex
            : authority.firstIndex(of: ":") ?? authority.endIndex
        guard end < authority.endIndex else { return (authority, nil) }
        return (authority[..<end], authority[authority.index(after: end)...])
    }

    /// Whether the port is absent or 1 to 5 digits up to 65535.
    var hasValidPort: Bool {
        guard let port else { return true }
        return (1...5).contains(port.utf8.count) && port.utf8.allSatisfy(ASCII.isDigit)
            && UInt16(port) != nil
    }
}
