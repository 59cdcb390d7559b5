/// Event types as webhooks name them.
public enum EventPattern {
    /// - Throws: `invalid_request` naming `type` for a filter that could match nothing.
    static func check(_ pattern: String) throws(OAuthError) {
        guard isValid(pattern) else { throw .malformed("type", "must be an event type, or a prefix that ends in .*") }
    }

    /// `*`, `oauth2.*`, `oauth2.token.*` or a whole type.
    static func isValid(_ pattern: String) -> Bool {
        if pattern == "*" { return true }
        let words = pattern.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count <= 4 else { return false }
        return words.enumerated().allSatisfy { index, word in
            (index > 0 && index == words.count - 1 && word == "*")
                || (!word.isEmpty && word.utf8.allSatisfy(isTypeByte))
        }
    }

    /// Whether there are events that it means.
    static func isKnown(_ pattern: String) -> Bool { known.contains(pattern) }

    /// Every type, every beginning of one with `.*`, and `*`: all that a webhook can be registered for.
    public static let known: [String] = {
        var patterns = ["*"]
        for type in EventType.allCases.map(\.rawValue) {
            let words = type.split(separator: ".")
            for count in 1..<words.count {
                let beginning = words.prefix(count).joined(separator: ".") + ".*"
                if !patterns.contains(beginning) { patterns.append(beginning) }
            }
            patterns.append(type)
        }
        return patterns
    }()

    /// What types are made of: small letters, `_`, and the digit of `oauth2`.
    private static func isTypeByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "2")
    }
}
