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
/// Each interpolated key path becomes an array parameter with one element per entry. The statement must give back the
/// key of every entry that it has an answer for as its first column, each at most once: an entry whose key is missing
/// has none. An insert must skip (`ON CONFLICT DO NOTHING`) what exists, so that the missing ones are those that lost.
/// An event may be written with it in a CTE. A statement whose entries fail for another reason is run again entry by
/// entry, so that none fails for its neighbour's sake.
///
/// A `constant:` becomes part of the statement, as in ``SQL``; only entries with equal constants travel together.
public struct Batch<Entry: Sendable>: Sendable {
    let statement: Statement
    let key: @Sendable (Entry) -> [UInt8]
    private let identity = Identity()

    /// What tells declared statements apart.
    private final class Identity: Sendable {}

    /// Which entries may travel together.
    struct Kind: Hashable {
        fileprivate let declaration: ObjectIdentifier
        fileprivate let constants: [Int32]
    }

    /// Declares a statement.
    /// - Parameter key: what tells the entries apart, of exactly the type of the statement's first result column.
    ///   Entries with equal keys never travel together: the later one sees what the earlier one did.
    public init<Key: PostgresEncodable>(_ statement: Statement, key: any KeyPath<Entry, Key> & Sendable) {
        self.statement = statement
        self.key = { entry in
            var bytes: [UInt8] = []
            _ = entry[keyPath: key].encode(into: &bytes)
            return bytes
        }
    }

    /// The statement's literal.
    public struct Statement: ExpressibleByStringInterpolation, Sendable {
        var shape = StatementShape()
        var columns: [@Sendable ([Entry], inout ParameterList) -> Void] = []
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
            public mutating func appendInterpolation<Value: PostgresEncodable>(
                _ column: any KeyPath<Entry, Value> & Sendable
            ) {
                statement.shape.append(parameter: Value.postgresArrayType.declared)
                statement.columns.append { entries, list in list.append(entries.map { $0[keyPath: column] }) }
            }

            /// How many entries there are, for a `LIMIT`: PostgreSQL takes a limit that it does not know for a tenth of
            /// ten entries, and so plans for one, which finds rows by their index and not by reading a whole table.
            public mutating func appendInterpolation(_ count: EntryCount) {
                statement.shape.append(parameter: Int64.postgresType.declared)
                statement.columns.append { entries, list in list.append(Int64(entries.count)) }
            }

            /// A number that is part of the statement.
            public mutating func appendInterpolation(constant number: any KeyPath<Entry, Int32> & Sendable) {
                statement.shape.append(constant: 0)
                statement.constants.append { $0[keyPath: number] }
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

    /// With whom an entry may travel.
    func kind(of entry: Entry) -> Kind {
        Kind(declaration: ObjectIdentifier(identity), constants: statement.constants.map { $0(entry) })
    }

    /// The statement for these entries, which are of one kind.
    func statement(for entries: [Entry]) -> SQL {
        var sql: SQL = ""
        sql.shape = statement.shape
        if let first = entries.first, !statement.constants.isEmpty {
            sql.shape = statement.shape.replacingConstants(by: statement.constants.map { $0(first) })
        }
        for column in statement.columns { column(entries, &sql.parameters) }
        return sql
    }
}
