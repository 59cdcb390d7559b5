/// A declared statement that takes the entries of many callers at once, as arrays, and answers each by its key: one
/// message, one execution, one commit.
///
///     static let issue = Batch<AccessToken>(
///         """
///         INSERT INTO access_tokens (bucket, hash, grant_id)
///         SELECT * FROM unnest(\(\.bucket), \(\.hash), \(\.grantID))
///         ON CONFLICT DO NOTHING
///         RETURNING hash
///         """, key: \.hash)
///
/// Each interpolated property becomes an array parameter with one element per entry. The statement must give back the
/// key of every entry that it has an answer for as its first column, each at most once: an entry whose key is missing
/// has none. An insert must skip (`ON CONFLICT DO NOTHING`) what exists, so that the missing ones are those that lost.
/// An event may be written with it in a CTE. A statement whose entries fail for another reason is run again entry by
/// entry, so that none fails for its neighbour's sake.
///
/// An entry may bring several rows for another table: each of a list that `each:` names gives an element to the array,
/// whichever entry it is of; all columns of such a table name lists of equal length.
///
/// A `constant:` becomes part of the statement, as in ``SQL``; only entries with equal constants travel together.
public struct Batch<Entry: Sendable>: Sendable {
    let declaration: BatchDeclaration
    private let cells: [Statement.Cells]
    private let constants: [@Sendable (Entry) -> Int32]
    private let key: Statement.Encoder

    /// Declares a statement.
    /// - Parameter key: what tells the entries apart, of exactly the type of the statement's first result column.
    ///   In a statement that writes, entries with equal keys never travel together: the later one sees what the earlier
    ///   one did.
    /// - Parameter locksRows: whether the statement changes or locks rows that are there already, and so may wait for
    ///   somebody else who does. What only inserts never waits, and shares its commit with others of the kind.
    @inlinable
    public init<Key: PostgresEncodable>(
        _ statement: Statement, key: @escaping @Sendable (Entry) -> Key, locksRows: Bool = false
    ) {
        self.init(
            statement, encodingKey: { entry, bytes in key(entry).encode(into: &bytes) }, locksRows: locksRows)
    }

    @usableFromInline
    init(_ statement: Statement, encodingKey: @escaping Statement.Encoder, locksRows: Bool) {
        declaration = BatchDeclaration(
            shape: statement.shape, columns: statement.columns, locksRows: locksRows)
        cells = statement.cells
        constants = statement.constants
        key = encodingKey
    }

    /// The statement's literal.
    public struct Statement: ExpressibleByStringInterpolation, Sendable {
        /// Appends one cell; false, having appended nothing, for NULL.
        @usableFromInline typealias Encoder = @Sendable (Entry, inout [UInt8]) -> Bool
        /// Hands out the cells of an entry.
        @usableFromInline typealias Cells = @Sendable (Entry, ((inout [UInt8]) -> Bool) -> Void) -> Void

        var shape = StatementShape()
        var columns: [BatchDeclaration.Column] = []
        var cells: [Cells] = []
        var constants: [@Sendable (Entry) -> Int32] = []

        /// A statement without columns: of no use, but a literal may be written so.
        public init(stringLiteral value: StaticString) {
            shape.append(value)
        }

        /// A statement with columns.
        public init(stringInterpolation: StringInterpolation) {
            self = stringInterpolation.statement
        }

        init() {}

        /// Builds the statement.
        public struct StringInterpolation: StringInterpolationProtocol {
            var statement = Statement()

            /// Begins an empty statement.
            public init(literalCapacity: Int, interpolationCount: Int) {}

            /// A part of the literal.
            public mutating func appendLiteral(_ literal: StaticString) {
                statement.shape.append(literal)
            }

            /// A column: an array of this property of every entry.
            @inlinable
            public mutating func appendInterpolation<Value: PostgresEncodable>(
                _ property: @escaping @Sendable (Entry) -> Value
            ) {
                appendColumn(Value.postgresArrayType, of: Value.postgresType) { entry, add in
                    add { bytes in property(entry).encode(into: &bytes) }
                }
            }

            /// A column: an array of the elements of this list of every entry.
            @inlinable
            public mutating func appendInterpolation<Value: PostgresEncodable>(
                each list: @escaping @Sendable (Entry) -> [Value]
            ) {
                appendColumn(Value.postgresArrayType, of: Value.postgresType) { entry, add in
                    for value in list(entry) { add { bytes in value.encode(into: &bytes) } }
                }
            }

            @usableFromInline
            mutating func appendColumn(_ array: PostgresType, of element: PostgresType, _ cells: @escaping Cells) {
                statement.shape.append(parameter: array.declared)
                statement.columns.append(.array(of: element.element))
                statement.cells.append(cells)
            }

            /// How many entries there are, for a `LIMIT`: PostgreSQL takes a limit that it does not know for a tenth of
            /// ten entries, and so plans for one, which finds rows by their index and not by reading a whole table.
            public mutating func appendInterpolation(_ count: EntryCount) {
                statement.shape.append(parameter: PostgresType.bigint.declared)
                statement.columns.append(.count)
            }

            /// A number that is part of the statement.
            public mutating func appendInterpolation(constant number: @escaping @Sendable (Entry) -> Int32) {
                statement.shape.append(constant: 0)
                statement.constants.append(number)
            }

            /// A fragment without values, such as a list of columns.
            public mutating func appendInterpolation(_ fragment: SQL) {
                precondition(
                    fragment.parameters.isEmpty && !fragment.shape.hasConstants,
                    "a fragment of a batch has no values of its own")
                statement.shape.append(fragment.shape)
            }
        }
    }

    /// Stands for the number of entries in a statement: `LIMIT \(.count)`.
    public struct EntryCount: Sendable {
        /// The number of entries.
        public static var count: EntryCount { EntryCount() }
    }

    /// The entry as it travels.
    func encoded(_ entry: Entry) -> EncodedEntry {
        var encoded = EncodedEntry(columns: cells.count, constants: constants.map { $0(entry) })
        for cells in cells {
            cells(entry) { cell in encoded.append(cell) }
            encoded.endColumn()
        }
        _ = key(entry, &encoded.key)
        return encoded
    }

    /// The statement for these entries, which have equal constants.
    func statement(for entries: [Entry]) -> SQL {
        declaration.statement(for: entries.map(encoded))
    }
}

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
