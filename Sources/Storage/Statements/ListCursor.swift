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
        else { throw .foreignCursor }
        createdAt = Instant(milliseconds: milliseconds)
        id = String(plain[plain.index(after: dot)...])
    }

    /// The condition that the rows of a list by time and id come after the page's cursor.
    ///
    /// - Parameter order: the two columns.
    static func condition(_ page: PageRequest, order: SQL = "created_at, id") throws(OAuthError) -> SQL {
        guard let text = page.cursor else { return "true" }
        let cursor = try ListCursor(text)
        return "(\(order)) > (\(cursor.createdAt), \(cursor.id)::text)"
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

/// Lists in which what is shown lies among what is not: so many rows are looked at for a page, and no more.
extension PageRequest {
    /// Rows to look at: some times as many as the page has.
    var rowsToExamine: Int { 4 * max(1, min(200, limit)) + 1 }

    /// The page that these rows make, in their order; an item is nil for a row that is not shown.
    func page<Position, Element>(
        examined rows: [(position: Position, item: Element?)], cursor: (Position) -> String
    ) -> Page<Element> {
        var items: [Element] = []
        for (index, row) in rows.enumerated() {
            if let item = row.item { items.append(item) }
            // What lies behind the last row that was looked at is for the next page.
            let isLast = index == rows.count - 1
            if items.count == max(1, min(200, limit)), !isLast || rows.count == rowsToExamine {
                return Page(items: items, nextCursor: cursor(row.position))
            }
            if isLast, rows.count == rowsToExamine { return Page(items: items, nextCursor: cursor(row.position)) }
        }
        return Page(items: items, nextCursor: nil)
    }
}

extension OAuthError {
    static var foreignCursor: OAuthError { .malformed("cursor", "is not one that a list gave") }
}
