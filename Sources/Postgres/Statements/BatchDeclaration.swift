/// An entry of a batch as it travels: its cells column by column, each with its length before it.
struct EncodedEntry: Sendable {
    /// Where a column ends, and how many cells it has.
    typealias Column = (end: Int, cells: Int)

    private(set) var bytes: [UInt8] = []
    private(set) var columns: [Column] = []
    private var cellsInColumn = 0
    let constants: [Int32]
    var key: [UInt8] = []

    init(columns count: Int, constants: [Int32]) {
        self.constants = constants
        bytes.reserveCapacity(512)
        columns.reserveCapacity(count)
    }

    /// Appends what `encode` writes; NULL when it answers false.
    mutating func append(_ encode: (inout [UInt8]) -> Bool) {
        let start = bytes.count
        cellsInColumn += 1
        bytes.append(bigEndian: Int32(-1))
        guard encode(&bytes) else { return }
        let length = UInt32(truncatingIfNeeded: bytes.count - start - 4)
        for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
    }

    mutating func endColumn() {
        columns.append((bytes.count, cellsInColumn))
        cellsInColumn = 0
    }

    /// The bytes of a column's cells.
    func cells(of column: Int) -> ArraySlice<UInt8> {
        bytes[(column == 0 ? 0 : columns[column - 1].end)..<columns[column].end]
    }
}

/// What a batch is, whatever its entries were before they were encoded.
final class BatchDeclaration: Sendable {
    /// A parameter of the statement.
    enum Column: Sendable {
        /// An array of the cells of all entries, of this type.
        case array(of: PostgresOID)
        /// The number of entries.
        case count
    }

    private let shape: StatementShape
    private let columns: [Column]
    let locksRows: Bool

    init(shape: StatementShape, columns: [Column], locksRows: Bool) {
        self.shape = shape
        self.columns = columns
        self.locksRows = locksRows
    }

    /// The statement for these entries, which have equal constants.
    func statement(for entries: [EncodedEntry]) -> SQL {
        var sql: SQL = ""
        sql.shape = shape
        if let constants = entries.first?.constants, !constants.isEmpty {
            sql.shape = shape.replacingConstants(by: constants)
        }
        var column = 0
        for kind in columns {
            switch kind {
            case .count: sql.parameters.append(Int64(entries.count))
            case .array(let element):
                sql.parameters.append(isText: false) { bytes in
                    Self.append(column, of: entries, element, to: &bytes)
                    return true
                }
                column += 1
            }
        }
        return sql
    }

    /// PostgreSQL's binary format of an array with one dimension.
    private static func append(
        _ column: Int, of entries: [EncodedEntry], _ element: PostgresOID, to bytes: inout [UInt8]
    ) {
        let count = entries.reduce(0) { $0 + $1.columns[column].cells }
        bytes.append(bigEndian: Int32(count == 0 ? 0 : 1))
        bytes.append(bigEndian: Int32(1))
        bytes.append(bigEndian: element)
        guard count > 0 else { return }
        bytes.append(bigEndian: Int32(truncatingIfNeeded: count))
        bytes.append(bigEndian: Int32(1))
        for entry in entries { bytes += entry.cells(of: column) }
    }
}
