internal import CLibPQ

/// What a statement gave back: rows, in order, and how many rows it changed.
public struct Rows: RandomAccessCollection, Sendable {
    let result: ResultHandle
    /// The number of rows.
    public let count: Int

    init(_ result: ResultHandle) {
        self.result = result
        count = result.rowCount
    }

    /// Always 0.
    public var startIndex: Int { 0 }
    /// The number of rows.
    public var endIndex: Int { count }
    /// A row.
    public subscript(position: Int) -> Row {
        precondition(indices.contains(position), "row \(position) of \(count)")
        return Row(result: result, index: position)
    }

    /// How many rows an INSERT, UPDATE or DELETE touched (the outermost one, not those in CTEs); how many a SELECT gave.
    public var affected: Int { result.affected }

    /// The row of a statement that gives one row or none.
    /// - Throws: `unexpectedResult` when there are more.
    public func atMostOne() throws(DatabaseError) -> Row? {
        guard count <= 1 else { throw .unexpectedResult(reason: "\(count) rows instead of at most one") }
        return first
    }

    /// The row of a statement that always gives exactly one.
    /// - Throws: `unexpectedResult` when there are none or more.
    public func exactlyOne() throws(DatabaseError) -> Row {
        guard count == 1 else { throw .unexpectedResult(reason: "\(count) rows instead of one") }
        return self[0]
    }
}

/// One row of a result.
public struct Row: Sendable {
    let result: ResultHandle
    let index: Int

    /// The value of a column by its position, from 0.
    /// - Throws: `unexpectedResult` for a column that is not there, NULL where no optional is asked for,
    ///   or a type that does not fit.
    @inlinable
    public func value<Value: PostgresDecodable>(
        _ column: Int, as type: Value.Type = Value.self
    ) throws(DatabaseError) -> Value {
        // The cell lies in the result, which lives as long as this row.
        defer { withExtendedLifetime(self) {} }
        return try Value(postgres: try cell(column))
    }

    @usableFromInline
    func cell(_ column: Int) throws(DatabaseError) -> PostgresCell {
        try result.cell(row: index, column: column)
    }

    /// The first columns, in order: `let (id, name) = try row.values(Int.self, String?.self)`.
    /// - Throws: as `value`.
    public func values<each Value: PostgresDecodable>(
        _ types: repeat (each Value).Type
    ) throws(DatabaseError) -> (repeat each Value) {
        var column = -1
        func next<T: PostgresDecodable>(_ type: T.Type) throws(DatabaseError) -> T {
            column += 1
            return try value(column, as: type)
        }
        return (repeat try next(each types))
    }
}

/// Owns a `PGresult`.
///
/// `@unchecked Sendable`: a result is not changed after it was received, and libpq reads it without side effects.
final class ResultHandle: @unchecked Sendable {
    private let result: OpaquePointer

    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit {
        PQclear(result)
    }

    var rowCount: Int { Int(PQntuples(result)) }
    var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }
    /// The command tag's beginning, such as `COMMIT`.
    var command: String { String(cString: PQcmdStatus(result)) }

    /// The raw bytes of a cell; empty for NULL.
    func bytes(row: Int, column: Int32) -> [UInt8] {
        guard column < PQnfields(result) else { return [] }
        let start = PQgetvalue(result, Int32(row), column)
        return Array(UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, Int32(row), column))))
    }

    func cell(row: Int, column: Int) throws(DatabaseError) -> PostgresCell {
        guard (0..<PQnfields(result)).contains(Int32(truncatingIfNeeded: column)) else {
            throw .unexpectedResult(reason: "no column \(column)")
        }
        let (row, column) = (Int32(row), Int32(column))
        let type = PQftype(result, column)
        guard PQgetisnull(result, row, column) == 0 else {
            return PostgresCell(type: type, bytes: nil, column: column)
        }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        return PostgresCell(type: type, bytes: bytes, column: column)
    }
}
