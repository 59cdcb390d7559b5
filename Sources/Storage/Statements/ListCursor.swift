internal import JOSE
internal import Postgres
internal import Provider

/// Where a list by age goes on: after the row of this time and id. Opaque to callers.
struct ListCursor {
    var createdAt: Instant
    var id: String

    /// The years 1 to 9999 in milliseconds: what RFC 3339 can write and PostgreSQL can compare.
    private static let times: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// `<milliseconds>.<id>` in base64url.
    var text: String { Base64URL.encode(Array("\(createdAt.milliseconds).\(id)".utf8)) }

    init(createdAt: Instant, id: String) {
        self.createdAt = createdAt
        self.id = id
    }

    /// - Throws: `invalid_request` naming `cursor` for text that no list gave.
    init(_ text: String) throws(OAuthError) {
        guard let bytes = Base64URL.decode(text), let plain = String(validating: bytes, as: UTF8.self),
            let dot = plain.firstIndex(of: "."), let milliseconds = Int64(plain[..<dot]),
            Self.times.contains(milliseconds), !plain.utf8.contains(0)
        else { throw .malformed("cursor", "is not one that a list gave") }
        createdAt = Instant(milliseconds: milliseconds)
        id = String(plain[plain.index(after: dot)...])
    }

    /// The condition that the rows of a list by `(created_at, id)` come after the page's cursor.
    static func condition(_ page: PageRequest) throws(OAuthError) -> SQL {
        guard let text = page.cursor else { return "true" }
        let cursor = try ListCursor(text)
        return "(created_at, id) > (\(cursor.createdAt), \(cursor.id)::text)"
    }
}

extension PageRequest {
    /// Rows to ask for: one more than the page has tells whether another page follows.
    var rowsToRead: Int { max(1, min(200, limit)) + 1 }

    /// The page that these rows make.
    func page<Element>(_ rows: [Element], cursor: (Element) -> String) -> Page<Element> {
        guard rows.count == rowsToRead else { return Page(items: rows, nextCursor: nil) }
        let items = Array(rows.dropLast())
        return Page(items: items, nextCursor: items.last.map(cursor))
    }
}
