internal import Configuration
internal import JOSE
internal import Provider

/// What a command answers: JSON for programs, lines for people.
enum Answer {
    /// Prints one thing, a member a line.
    static func print(_ object: JSON, json: Bool) {
        guard !json else { return print(json: object) }
        let rows = (object.object?.members ?? []).map { [$0.name, text($0.value)] }
        Terminal.print(TextTable(rows).text)
    }

    /// Prints a list (`items`, `nextCursor`), a thing a line, with these members as columns.
    static func print(list: JSON, columns: [String], json: Bool) {
        guard !json else { return print(json: list) }
        let items = list["items"]?.array ?? []
        Terminal.print(TextTable([columns] + items.map { item in columns.map { text(item[$0] ?? .null) } }).text)
        if let cursor = list["nextCursor"]?.string { Terminal.print("\nMore: --cursor \(cursor)\n") }
    }

    private static func print(json: JSON) { Terminal.print(json.description + "\n") }

    private static func text(_ value: JSON) -> String {
        switch value {
        case .null: "-"
        case .string(let text): text
        case .array(let values): values.isEmpty ? "-" : values.map(text).joined(separator: " ")
        default: value.description
        }
    }
}

extension Invocation {
    /// The page of a list that is asked for.
    var page: PageRequest {
        get throws { PageRequest(limit: try number("limit", in: 1...200) ?? 50, cursor: value("cursor")) }
    }
}
