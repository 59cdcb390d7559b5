public import JOSE
public import Postgres
public import Provider

// The provider's values as PostgreSQL has them.

extension Instant: PostgresEncodable, PostgresDecodable {
    /// `timestamptz`
    public static var postgresType: PostgresType { PostgresTimestamp.postgresType }
    /// To the millisecond.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        PostgresTimestamp(microseconds: milliseconds * 1000).encode(into: &bytes)
    }
    /// From `timestamptz`, to the millisecond.
    public init(postgres cell: PostgresCell) throws(DatabaseError) {
        self.init(milliseconds: try PostgresTimestamp(postgres: cell).microseconds / 1000)
    }
}

extension Bucket: PostgresEncodable {
    /// `integer`
    public static var postgresType: PostgresType { Int32.postgresType }
    /// Its number.
    public func encode(into bytes: inout [UInt8]) -> Bool { value.encode(into: &bytes) }
}

extension PostgresEncodable where Self: Identifier {
    /// `text`
    public static var postgresType: PostgresType { .text }
    /// The id as it travels.
    public func encode(into bytes: inout [UInt8]) -> Bool { text.encode(into: &bytes) }
}

extension PostgresDecodable where Self: BucketedIdentifier {
    /// From `text`; what cannot be such an id is an unexpected result.
    public init(postgres cell: PostgresCell) throws(DatabaseError) {
        guard let id = Self(parsing: try String(postgres: cell)) else { throw cell.mismatch("\(Self.self)") }
        self = id
    }
}

extension ClientID: PostgresEncodable, PostgresDecodable {
    /// From `text`.
    public init(postgres cell: PostgresCell) throws(DatabaseError) { self.init(try String(postgres: cell)) }
}
extension UserID: PostgresEncodable, PostgresDecodable {
    /// From `text`.
    public init(postgres cell: PostgresCell) throws(DatabaseError) { self.init(try String(postgres: cell)) }
}
extension TokenID: PostgresEncodable, PostgresDecodable {
    /// From `text`.
    public init(postgres cell: PostgresCell) throws(DatabaseError) { self.init(try String(postgres: cell)) }
}
extension SecretID: PostgresEncodable, PostgresDecodable {
    /// From `text`.
    public init(postgres cell: PostgresCell) throws(DatabaseError) { self.init(try String(postgres: cell)) }
}
extension GrantID: PostgresEncodable, PostgresDecodable {}
extension SessionID: PostgresEncodable, PostgresDecodable {}
extension ApplicationID: PostgresEncodable, PostgresDecodable {}

extension ScopeList: PostgresEncodable, PostgresDecodable {
    /// `text[]`
    public static var postgresType: PostgresType { [String].postgresType }
    /// The names in their order.
    public func encode(into bytes: inout [UInt8]) -> Bool { names.encode(into: &bytes) }
    /// From `text[]`.
    public init(postgres cell: PostgresCell) throws(DatabaseError) { self.init(try [String](postgres: cell)) }
}

extension JSON: PostgresEncodable, PostgresDecodable {
    /// Text that the statement takes for `jsonb`.
    public static var postgresType: PostgresType { .text }
    /// JSON text.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes += encoded()
        return true
    }
    /// From `jsonb` or `json`.
    public init(postgres cell: PostgresCell) throws(DatabaseError) {
        let text = try String(postgres: cell)
        do { self = try JSON.parse(text) } catch { throw cell.mismatch("JSON: \(error)") }
    }
}

extension Client.Kind: PostgresEncodable, PostgresDecodable {}
extension Application.Status: PostgresEncodable, PostgresDecodable {}
extension Consent.Revocation: PostgresEncodable, PostgresDecodable {}
extension SigningAlgorithm: PostgresEncodable, PostgresDecodable {}
extension SigningKeyRecord.State: PostgresEncodable, PostgresDecodable {}
extension WebhookDelivery.State: PostgresEncodable, PostgresDecodable {}
extension MailOrder.Kind: PostgresEncodable, PostgresDecodable {}
