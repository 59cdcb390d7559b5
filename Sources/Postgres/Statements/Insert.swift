/// A declared insert: one fixed statement that takes the rows of many callers at once, as arrays, and commits once.
///
///     static let issue = Insert<AccessToken>(
///         """
///         INSERT INTO access_tokens (bucket, hash, grant_id)
///         SELECT * FROM unnest(\(\.bucket), \(\.hash), \(\.grantID))
///         ON CONFLICT DO NOTHING
///         RETURNING hash
///         """, key: \.hash)
///
/// Each interpolated key path becomes an array parameter with one element per row. The statement must give back, as
/// its first column, the key of every row that was inserted, and must skip (`ON CONFLICT DO NOTHING`) what exists:
/// a row whose key is missing in the answer has lost. An event may be written with it in a CTE. A statement whose
/// rows fail for another reason is run again row by row, so that no row fails for its neighbour's sake.
public struct Insert<Row: Sendable>: Sendable {
    let statement: Statement
    let key: @Sendable (Row) -> [UInt8]

    /// Declares an insert.
    /// - Parameter key: what tells the rows apart, of exactly the type of the statement's first result column.
    ///   Rows with equal keys never travel together: the later one sees the earlier one's row.
    public init<Key: PostgresEncodable>(_ statement: Statement, key: any KeyPath<Row, Key> & Sendable) {
        self.statement = statement
        self.key = { row in
            var bytes: [UInt8] = []
            _ = row[keyPath: key].encode(into: &bytes)
            return bytes
        }
    }

    /// The statement's literal.
    public struct Statement: ExpressibleByStringInterpolation, Sendable {
        var shape = StatementShape()
        var columns: [@Sendable ([Row], inout ParameterList) -> Void] = []

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

            /// A column: an array of this property of every row.
            public mutating func appendInterpolation<Value: PostgresEncodable>(
                _ column: any KeyPath<Row, Value> & Sendable
            ) {
                statement.shape.append(parameter: Value.postgresArrayType.declared)
                statement.columns.append { rows, list in list.append(rows.map { $0[keyPath: column] }) }
            }
        }
    }

    /// The statement for these rows.
    func statement(for rows: [Row]) -> SQL {
        var sql: SQL = ""
        sql.shape = statement.shape
        for column in statement.columns { column(rows, &sql.parameters) }
        return sql
    }
}
