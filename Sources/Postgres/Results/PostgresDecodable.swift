/// What a column can be read as.
///
/// An enum with a raw value of such a type needs no more than `extension State: PostgresDecodable {}`.
public protocol PostgresDecodable {
    /// Reads a cell.
    /// - Throws: `DatabaseError.unexpectedResult`.
    init(postgres cell: PostgresCell) throws(DatabaseError)
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    /// Reads the raw value; one that is no case is an unexpected result.
    @inlinable
    public init(postgres cell: PostgresCell) throws(DatabaseError) {
        guard let value = Self(rawValue: try RawValue(postgres: cell)) else { throw cell.mismatch("\(Self.self)") }
        self = value
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// NULL is nil.
    @inlinable
    public init(postgres cell: PostgresCell) throws(DatabaseError) {
        self = cell.isNull ? nil : try Wrapped(postgres: cell)
    }
}

extension Int64: PostgresDecodable {
    /// From `smallint`, `integer` or `bigint`.
    public init(postgres cell: PostgresCell) throws(DatabaseError) { self = try cell.integer() }
}

extension Int: PostgresDecodable {
    /// From `smallint`, `integer` or `bigint`.
    public init(postgres cell: PostgresCell) throws(DatabaseError) { self = Int(try cell.integer()) }
}

extension Int32: PostgresDecodable {
    /// From `smallint`, `integer` or a `bigint` that fits.
    public init(postgres cell: PostgresCell) throws(DatabaseError) {
        guard let value = Int32(exactly: try cell.integer()) else { throw cell.mismatch("Int32") }
        self = value
    }
}

extension Double: PostgresDecodable {
    /// From `double precision`.
    public init(postgres cell: PostgresCell) throws(DatabaseError) { self = try cell.double() }
}

extension Bool: PostgresDecodable {
    /// From `boolean`.
    public init(postgres cell: PostgresCell) throws(DatabaseError) { self = try cell.boolean() }
}

extension String: PostgresDecodable {
    /// From `text` and its kin, `json`, `jsonb`, `uuid` and enums.
    public init(postgres cell: PostgresCell) throws(DatabaseError) { self = try cell.string() }
}

extension UInt8: PostgresDecodable {
    /// From an integer that fits.
    public init(postgres cell: PostgresCell) throws(DatabaseError) {
        guard let value = UInt8(exactly: try cell.integer()) else { throw cell.mismatch("UInt8") }
        self = value
    }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
    /// From an array with one dimension; `[UInt8]` from `bytea`.
    @inlinable
    public init(postgres cell: PostgresCell) throws(DatabaseError) {
        if Element.self == UInt8.self, let bytes = try cell.bytes() as? Self {
            self = bytes
        } else {
            self = try cell.elements { cell throws(DatabaseError) in try Element(postgres: cell) }
        }
    }
}
