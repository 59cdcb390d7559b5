internal import JOSE
internal import Postgres
internal import Provider

/// A place in the final order of events: after the event of this transaction and number. The day tells which partitions
/// may have later ones. Opaque to callers.
struct EventCursor {
    var day: Int32
    var xid: UInt64
    var id: Int64

    /// Before the first event.
    static let start = EventCursor(day: 0, xid: 0, id: 0)

    init(day: Int32, xid: UInt64, id: Int64) {
        self.day = day
        self.xid = xid
        self.id = id
    }

    /// `<day>.<xid>.<id>` in base64url.
    var text: String { Base64URL.encode(Array("\(day).\(xid).\(id)".utf8)) }

    /// - Throws: `invalid_request` naming `after` for text that is not such a cursor.
    init(_ text: String) throws(OAuthError) {
        let parts = Base64URL.decode(text).flatMap { String(validating: $0, as: UTF8.self) }?.split(separator: ".")
        guard let parts, parts.count == 3, let day = Int32(parts[0]), let xid = UInt64(parts[1]),
            let id = Int64(parts[2]), day >= 0, id >= 0
        else { throw .malformed("after", "is not a cursor that the list of events gave") }
        self.init(day: day, xid: xid, id: id)
    }
}

extension StoredEvent {
    /// What a statement over `outbox e` lists for ``init(columns:)``.
    static let columns: SQL = "e.bucket, e.xid::text, e.id, e.type, e.subject, e.time, e.data"

    init(columns: inout ColumnReader) throws(DatabaseError) {
        let (day, xid, id): (Int32, String, Int64) = (try columns.next(), try columns.next(), try columns.next())
        guard let number = UInt64(xid) else { throw .unexpectedResult(reason: "transaction \(xid)") }
        self.init(
            id: String(id), cursor: EventCursor(day: day, xid: number, id: id).text, type: try columns.next(),
            subject: try columns.next(), time: try columns.next(),
            data: Array(try columns.next(String.self).utf8))
    }
}
