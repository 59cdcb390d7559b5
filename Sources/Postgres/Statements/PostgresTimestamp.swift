/// A `timestamptz`: a moment, to the microsecond.
public struct PostgresTimestamp: Sendable, Hashable, PostgresEncodable, PostgresDecodable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var microseconds: Int64

    /// PostgreSQL counts from 2000-01-01.
    private static let epoch: Int64 = 946_684_800_000_000

    /// A moment in microseconds since 1970-01-01T00:00:00Z.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// `timestamptz`
    public static var postgresType: PostgresType { .timestamptz }

    /// Eight bytes.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: microseconds &- Self.epoch)
        return true
    }

    /// From `timestamptz`; `infinity` is refused.
    public init(postgres cell: PostgresCell) throws(DatabaseError) {
        let (microseconds, overflow) = try cell.timestamp().addingReportingOverflow(Self.epoch)
        if overflow { throw cell.mismatch("a finite timestamp") }
        self.microseconds = microseconds
    }
}
