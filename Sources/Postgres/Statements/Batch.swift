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
/// A `constant:` becomes part of the statement, as in ``SQL``; only entries with equal constants travel together.
public struct Batch<Entry: Sendable>: Sendable {
    let declaration: BatchDeclaration
    private let cells: [Statement.Encoder]
    private let constants: [@Sendable (Entry) -> Int32]
    private let key: Statement.Encoder

    /// Declares a statement.
    /// - Parameter key: what tells the entries apart, of exactly the type of the statement's first result column.
    ///   Entries with equal keys never travel together: the later one sees what the earlier one did.
    @inlinable
    public init<Key: PostgresEncodable>(_ statement: Statement, key: @escaping @Sendable (Entry) -> Key) {
        self.init(statement, encodingKey: { entry, bytes in key(entry).encode(into: &bytes) })
    }

    @usableFromInline
    init(_ statement: Statement, encodingKey: @escaping Statement.Encoder) {
        declaration = BatchDeclaration(shape: statement.shape, columns: statement.columns)
        cells = statement.encoders
        constants = statement.constants
        key = encodingKey
    }

    /// The statement's literal.
    public struct Statement: ExpressibleByStringInterpolation, Sendable {
        @usableFromInline typealias Encoder = @Sendable (Entry, inout [UInt8]) -> Bool

        var shape = StatementShape()
        var columns: [BatchDeclaration.Column] = []
        var encoders: [Encoder] = []
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
                appendColumn(Value.postgresArrayType, of: Value.postgresType) { entry, bytes in
                    property(entry).encode(into: &bytes)
                }
            }

            @usableFromInline
            mutating func appendColumn(
                _ array: PostgresType, of element: PostgresType, _ encoder: @escaping Encoder
            ) {
                statement.shape.append(parameter: array.declared)
                statement.columns.append(.array(of: element.element))
                statement.encoders.append(encoder)
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
                precondition(fragment.parameters.isEmpty, "a fragment of a batch has no values of its own")
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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        var ends: [Int32] = []
        ends.reserveCapacity(cells.count)
        for cell in cells {
            ends.append(cell(entry, &bytes) ? Int32(truncatingIfNeeded: bytes.count) : -1)
        }
        var key: [UInt8] = []
        _ = self.key(entry, &key)
        return EncodedEntry(bytes: bytes, ends: ends, constants: constants.map { $0(entry) }, key: key)
    }

    /// The statement for these entries, which have equal constants.
    func statement(for entries: [Entry]) -> SQL {
        declaration.statement(for: entries.map(encoded))
    }
}

/// An entry of a batch: its cells one behind the other.
struct EncodedEntry: Sendable {
    let bytes: [UInt8]
    /// Where each cell ends; -1 for NULL.
    let ends: [Int32]
    let constants: [Int32]
    let key: [UInt8]
}

/// What a batch is, whatever its entries were before they were encoded.
final class BatchDeclaration: Sendable {
    /// A parameter of the statement.
    enum Column: Sendable {
        /// An array with a cell of each entry, of this type.
        case array(of: PostgresOID)
        /// The number of entries.
        case count
    }

    private let shape: StatementShape
    private let columns: [Column]

    init(shape: StatementShape, columns: [Column]) {
        self.shape = shape
        self.columns = columns
    }

    /// The statement for these entries, which have equal constants.
    func statement(for entries: [EncodedEntry]) -> SQL {
        var sql: SQL = ""
        sql.shape = shape
        if let constants = entries.first?.constants, !constants.isEmpty {
            sql.shape = shape.replacingConstants(by: constants)
        }
        var starts = [Int](repeating: 0, count: entries.count)
        var cell = 0
        for column in columns {
            switch column {
            case .count: sql.parameters.append(Int64(entries.count))
            case .array(let element):
                sql.parameters.append(isText: false) { bytes in
                    Self.append(cell: cell, of: entries, from: &starts, element, to: &bytes)
                    return true
                }
                cell += 1
            }
        }
        return sql
    }

    /// PostgreSQL's binary format of an array with one dimension.
    private static func append(
        cell: Int, of entries: [EncodedEntry], from starts: inout [Int], _ element: PostgresOID,
        to bytes: inout [UInt8]
    ) {
        bytes.append(bigEndian: Int32(entries.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(1))
        bytes.append(bigEndian: element)
        guard !entries.isEmpty else { return }
        bytes.append(bigEndian: Int32(truncatingIfNeeded: entries.count))
        bytes.append(bigEndian: Int32(1))
        for (index, entry) in entries.enumerated() {
            let end = Int(entry.ends[cell])
            guard end >= 0 else {
                bytes.append(bigEndian: Int32(-1))
                continue
            }
            bytes.append(bigEndian: Int32(truncatingIfNeeded: end - starts[index]))
            bytes += entry.bytes[starts[index]..<end]
            starts[index] = end
        }
    }
}
