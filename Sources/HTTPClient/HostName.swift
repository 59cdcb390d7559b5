internal import HTTP

/// A host name by RFC 1123 §2.1 (underscores as in private networks), in lower case, without trailing dot.
struct HostName: Sendable, Hashable {
    let text: String

    /// Nil for anything that is no name, and for what a resolver would take for a number: no top-level domain is one.
    init?(_ text: String) {
        guard (1...253).contains(text.utf8.count) else { return nil }
        let lower = text.lowercased()
        let labels = lower.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy(Self.isLabel), let last = labels.last, !Self.isNumber(last) else { return nil }
        self.text = lower
    }

    /// `localhost` and every name below it mean this machine (RFC 6761 §6.3).
    var isLocalhost: Bool { text == "localhost" || text.hasSuffix(".localhost") }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else {
            return false
        }
        return label.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || Grammar.isDigit(byte) || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "_")
        }
    }

    private static func isNumber(_ label: Substring.UTF8View) -> Bool {
        label.allSatisfy(Grammar.isDigit)
            || label.starts(with: "0x".utf8)
                && label.dropFirst(2).allSatisfy { Grammar.isDigit($0) || (0x61...0x66).contains($0) }
    }
}
