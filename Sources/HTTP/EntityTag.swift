/// An entity tag (RFC 9110 §8.8.3), and the comparison that `If-None-Match` asks for (§13.1.2).
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// Whether it is marked `W/`.
    public let isWeak: Bool
    /// What stands between the quotes.
    public let opaque: String

    /// A tag around `opaque`; nil when it has a byte outside `etagc` (a quote, a space, a control character, non-ASCII).
    public init?(opaque: String, isWeak: Bool = false) {
        guard opaque.utf8.allSatisfy({ $0 == 0x21 || (0x23...0x7E).contains($0) }) else { return nil }
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// The tag as it is written in `ETag`.
    public var description: String {
        isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\""
    }

    /// Weak comparison: the same opaque part, marked weak or not.
    public func weaklyMatches(_ other: EntityTag) -> Bool {
        opaque == other.opaque
    }

    /// Whether the values of `If-None-Match` name this tag or are `*`: then a GET is answered 304. A malformed list
    /// matches nothing, so that the full answer is sent.
    public func isNamed(byIfNoneMatch values: [String]) -> Bool {
        values.contains { value in
            if value == "*" { return true }
            guard let tags = Self.list(value) else { return false }
            return tags.contains(where: weaklyMatches)
        }
    }

    /// A comma-separated list of tags; nil when anything in it is malformed.
    static func list(_ text: String) -> [EntityTag]? {
        var tags: [EntityTag] = []
        var rest = text.utf8[...]
        while true {
            rest = rest.drop { Grammar.isWhitespace($0) || $0 == 0x2C }  // empty list members are allowed, §5.6.1.2
            guard !rest.isEmpty else { return tags }
            let isWeak = rest.starts(with: [0x57, 0x2F])  // W/
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.first == 0x22 else { return nil }
            let inside = rest.dropFirst()
            guard let end = inside.firstIndex(of: 0x22), let opaque = String(inside[..<end]),
                let tag = EntityTag(opaque: opaque, isWeak: isWeak)
            else { return nil }
            tags.append(tag)
            rest = inside[inside.index(after: end)...].drop(while: Grammar.isWhitespace)
            guard rest.isEmpty || rest.first == 0x2C else { return nil }
        }
    }
}
