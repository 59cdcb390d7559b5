internal import Postgres

/// Reads a row's columns one after the other, in the order in which the statement lists them.
struct ColumnReader {
    private let row: Row
    private var position = 0

    init(_ row: Row) { self.row = row }

    /// The next column.
    mutating func next<Value: PostgresDecodable>(
        _ type: Value.Type = Value.self
    ) throws(DatabaseError) -> Value {
        defer { position += 1 }
        return try row.value(position, as: type)
    }

    /// Passes over columns that are NULL together, as those of an outer join's missing side.
    mutating func skip(_ count: Int) { position += count }

    /// Whether the next column is NULL.
    func nextIsNull() throws(DatabaseError) -> Bool { try row.value(position, as: Presence?.self) == nil }

    /// Any value at all.
    private struct Presence: PostgresDecodable {
        init(postgres cell: PostgresCell) {}
    }
}
