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
