/// A statement as a literal, in which every interpolated value becomes a parameter:
///
///     let row: SQL = "SELECT name FROM clients WHERE id = \(id) AND created_at > \(time)"   // … id = $1 AND … $2
///
/// The literal parts are `StaticString`s, so a run-time string can be a value only, never a piece of the statement.
/// A fragment may stand inside another (`"SELECT \(columns) FROM clients \(condition)"`); its values are renumbered.
/// Times are integers where the schema says so; JSON is a `String`; a value in a place where PostgreSQL cannot infer
/// the type of text needs a cast in the statement (`\(text)::text`).
public struct SQL: ExpressibleByStringInterpolation, Sendable {
    var shape = StatementShape()
    var parameters = ParameterList()

    /// A statement or fragment without values.
    public init(stringLiteral value: StaticString) {
        shape.append(value)
    }

    /// A statement or fragment with values.
    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    private init() {}

    mutating func append(_ fragment: SQL) {
        shape.append(fragment.shape)
        parameters.append(fragment.parameters)
    }

    /// Builds an `SQL` out of a literal with interpolations.
    public struct StringInterpolation: StringInterpolationProtocol {
        var sql = SQL()

        /// Begins an empty statement.
        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// A part of the literal.
        public mutating func appendLiteral(_ literal: StaticString) {
            sql.shape.append(literal)
        }

        /// A value, which becomes the next `$n`.
        @inlinable
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value) {
            append(Value.postgresType) { bytes in value.encode(into: &bytes) }
        }

        /// A value that may be missing, which is NULL. (Without this the compiler takes it for a slip.)
        @inlinable
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            append(Value.postgresType) { bytes in value.encode(into: &bytes) }
        }

        @usableFromInline
        mutating func append(_ type: PostgresType, _ encode: (inout [UInt8]) -> Bool) {
            sql.shape.append(parameter: type.declared)
            sql.parameters.append(isText: type.isText, encode)
        }

        /// The name of a table or column, quoted: names cannot be parameters.
        public mutating func appendInterpolation(identifier name: String) {
            sql.shape.append(identifier: name)
        }

        /// A number that is part of the statement instead of a parameter: PostgreSQL plans for this very number, so
        /// that a partition key opens and locks one partition where a parameter would lock them all. Each number makes
        /// a statement of its own to prepare: only for numbers of which few are in use at a time.
        public mutating func appendInterpolation(constant number: Int32) {
            sql.shape.append(constant: number)
        }

        /// A fragment with its own values.
        public mutating func appendInterpolation(_ fragment: SQL) {
            sql.append(fragment)
        }
    }
}

extension Sequence<SQL> {
    /// The fragments in a row with `separator` between them: conditions by `" AND "`, for example.
    public func joined(by separator: SQL) -> SQL {
        var result: SQL = ""
        for (index, fragment) in enumerated() {
            if index > 0 { result.append(separator) }
            result.append(fragment)
        }
        return result
    }
}
