import JOSE

/// How answers write values as JSON.
extension JSON {
    /// An array of strings.
    static func strings(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
    /// A string, or null.
    static func string(orNull text: String?) -> JSON { text.map { .string($0) } ?? .null }
    /// A whole number, or null.
    static func integer(orNull number: Int?) -> JSON { number.map { .integer(Int64($0)) } ?? .null }
    /// A time in RFC 3339, or null.
    static func time(_ moment: Instant?) -> JSON { .string(orNull: moment?.rfc3339) }

    /// Adds a member to an object.
    mutating func append(_ name: String, _ value: JSON) {
        guard let object else { return }
        self = .object(JSONObject(object.members.map { ($0.name, $0.value) } + [(name, value)]))
    }
}

extension Page {
    /// `{"items": […], "nextCursor": …}`.
    func json(_ item: (Element) -> JSON) -> JSON {
        ["items": .array(items.map(item)), "nextCursor": .string(orNull: nextCursor)]
    }
}
