/// What may stand in a statement as a value.
///
/// An enum with a raw value of such a type needs no more than `extension State: PostgresEncodable {}`.
public protocol PostgresEncodable: Sendable {
    /// The type it travels as.
    static var postgresType: PostgresType { get }
    /// The type that an array of such values travels as.
    static var postgresArrayType: PostgresType { get }
    /// Appends the value in PostgreSQL's binary format (text in UTF-8, numbers in network order).
    /// - Returns: false, having appended nothing, for NULL.
    func encode(into bytes: inout [UInt8]) -> Bool
    /// Appends an array of such values.
    static func encode(_ array: [Self], into bytes: inout [UInt8])
}

extension PostgresEncodable {
    /// An array of the type.
    public static var postgresArrayType: PostgresType { postgresType.asArray }

    /// PostgreSQL's binary format of an array with one dimension.
    public static func encode(_ array: [Self], into bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int32(array.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(1))
        bytes.append(bigEndian: postgresType.element)
        guard !array.isEmpty else { return }
        bytes.append(bigEndian: Int32(truncatingIfNeeded: array.count))
        bytes.append(bigEndian: Int32(1))
        for element in array {
            let start = bytes.count
            bytes.append(bigEndian: Int32(-1))
            guard element.encode(into: &bytes) else { continue }
            let length = UInt32(truncatingIfNeeded: bytes.count - start - 4)
            for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
        }
    }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    /// The type of the raw value.
    @inlinable public static var postgresType: PostgresType { RawValue.postgresType }
    /// The raw value.
    @inlinable
    public func encode(into bytes: inout [UInt8]) -> Bool { rawValue.encode(into: &bytes) }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// The type of the value that may be missing.
    @inlinable public static var postgresType: PostgresType { Wrapped.postgresType }
    /// The value, or NULL.
    @inlinable
    public func encode(into bytes: inout [UInt8]) -> Bool { self?.encode(into: &bytes) ?? false }
}

extension Array: PostgresEncodable where Element: PostgresEncodable {
    /// An array; bytes are `bytea`.
    @inlinable public static var postgresType: PostgresType { Element.postgresArrayType }
    /// The elements.
    @inlinable
    public func encode(into bytes: inout [UInt8]) -> Bool {
        Element.encode(self, into: &bytes)
        return true
    }
}

extension UInt8: PostgresEncodable {
    /// PostgreSQL has no byte; alone it is a `smallint`.
    public static var postgresType: PostgresType { .smallint }
    /// Bytes in a row are `bytea`.
    public static var postgresArrayType: PostgresType { .bytea }
    /// As a `smallint`.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: Int16(self))
        return true
    }
    /// As they are.
    public static func encode(_ array: [UInt8], into bytes: inout [UInt8]) { bytes += array }
}

extension Int64: PostgresEncodable {
    /// `bigint`
    public static var postgresType: PostgresType { .bigint }
    /// Eight bytes.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: self)
        return true
    }
}

extension Int: PostgresEncodable {
    /// `bigint`
    public static var postgresType: PostgresType { .bigint }
    /// Eight bytes.
    public func encode(into bytes: inout [UInt8]) -> Bool { Int64(self).encode(into: &bytes) }
}

extension Int32: PostgresEncodable {
    /// `integer`
    public static var postgresType: PostgresType { .integer }
    /// Four bytes.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: self)
        return true
    }
}

extension Double: PostgresEncodable {
    /// `double precision`
    public static var postgresType: PostgresType { .doublePrecision }
    /// Eight bytes.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: bitPattern)
        return true
    }
}

extension Bool: PostgresEncodable {
    /// `boolean`
    public static var postgresType: PostgresType { .boolean }
    /// One byte.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(self ? 1 : 0)
        return true
    }
}

extension String: PostgresEncodable {
    /// `text`, or what the statement infers: `jsonb`, `uuid`, `inet` …
    public static var postgresType: PostgresType { .text }
    /// UTF-8.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes += utf8
        return true
    }
}

extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
