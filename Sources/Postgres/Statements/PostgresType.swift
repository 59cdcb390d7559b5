/// PostgreSQL's number of a type (`pg_type.oid`); those of the built-in types never change.
typealias PostgresOID = UInt32

/// A PostgreSQL type that values of Swift travel as.
public struct PostgresType: Sendable, Hashable {
    /// The type a parameter is declared as; 0 leaves it to the statement.
    let declared: PostgresOID
    /// The type as an element of an array, and the array's.
    let element: PostgresOID
    let array: PostgresOID
    /// Sent in text format, by which any type that reads text can be inferred: text, jsonb, uuid, inet.
    let isText: Bool

    private init(_ declared: PostgresOID, array: PostgresOID) {
        self.init(declared: declared, element: declared, array: array, isText: false)
    }

    init(declared: PostgresOID, element: PostgresOID, array: PostgresOID, isText: Bool) {
        self.declared = declared
        self.element = element
        self.array = array
        self.isText = isText
    }

    /// `boolean`
    public static let boolean = PostgresType(16, array: 1000)
    /// `bytea`
    public static let bytea = PostgresType(17, array: 1001)
    /// `bigint`
    public static let bigint = PostgresType(20, array: 1016)
    /// `smallint`
    public static let smallint = PostgresType(21, array: 1005)
    /// `integer`
    public static let integer = PostgresType(23, array: 1007)
    /// `double precision`
    public static let doublePrecision = PostgresType(701, array: 1022)
    /// `timestamptz`
    public static let timestamptz = PostgresType(1184, array: 1185)
    /// `text`, or whatever the statement makes of it
    public static let text = PostgresType(declared: 0, element: 25, array: 1009, isText: true)

    /// The type of one-dimensional arrays of this type.
    var asArray: PostgresType {
        PostgresType(declared: array, element: array, array: 0, isText: false)
    }
}
