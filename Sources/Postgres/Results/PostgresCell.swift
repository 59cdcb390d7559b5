/// One value of a result, in PostgreSQL's binary format. Lent for the time of decoding.
public struct PostgresCell {
    let type: PostgresOID
    @usableFromInline let storage: UnsafeRawBufferPointer?
    let column: Int32

    init(type: PostgresOID, bytes: UnsafeRawBufferPointer?, column: Int32) {
        self.type = type
        storage = bytes
        self.column = column
    }

    /// Whether the value is NULL.
    @inlinable public var isNull: Bool { storage == nil }

    /// The error that says what the cell is not.
    public func mismatch(_ wanted: String) -> DatabaseError {
        let found = isNull ? "NULL" : "a value of type \(type)"
        return .unexpectedResult(reason: "column \(column) is \(found), not \(wanted)")
    }

    private func content(_ wanted: String) throws(DatabaseError) -> UnsafeRawBufferPointer {
        guard let storage else { throw mismatch(wanted) }
        return storage
    }

    private func number<Number: FixedWidthInteger>(_: Number.Type) throws(DatabaseError) -> Number {
        let content = try content("\(Number.self)")
        guard content.count == MemoryLayout<Number>.size else { throw mismatch("\(Number.self)") }
        return Number(bigEndian: content.loadUnaligned(as: Number.self))
    }

    func integer() throws(DatabaseError) -> Int64 {
        switch type {
        case 20: try number(Int64.self)
        case 21: Int64(try number(Int16.self))
        case 23: Int64(try number(Int32.self))
        case 26: Int64(try number(UInt32.self))
        default: throw mismatch("an integer")
        }
    }

    func double() throws(DatabaseError) -> Double {
        guard type == 701 else { throw mismatch("a double") }
        return Double(bitPattern: try number(UInt64.self))
    }

    func timestamp() throws(DatabaseError) -> Int64 {
        guard type == PostgresType.timestamptz.declared else { throw mismatch("a timestamptz") }
        let value = try number(Int64.self)
        guard value != .max, value != .min else { throw mismatch("a finite timestamp") }
        return value
    }

    func boolean() throws(DatabaseError) -> Bool {
        guard type == 16 else { throw mismatch("a boolean") }
        return try number(UInt8.self) != 0
    }

    /// The bytes of a `bytea`; nil when it is of another type.
    @usableFromInline
    func bytes() throws(DatabaseError) -> [UInt8]? {
        guard type == PostgresType.bytea.declared else { return nil }
        return Array(try content("bytea"))
    }

    func string() throws(DatabaseError) -> String {
        var content = try content("text")
        switch type {
        case 18, 19, 25, 114, 142, 705, 1042, 1043: break
        case 2950: return Self.uuid(content)
        case 3802: content = UnsafeRawBufferPointer(rebasing: content.dropFirst())
        // Types of the schema's own: enums travel as text.
        case 16384...: break
        default: throw mismatch("text")
        }
        guard let string = String(validating: content, as: UTF8.self) else { throw mismatch("text") }
        return string
    }

    private static func uuid(_ bytes: UnsafeRawBufferPointer) -> String {
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return text
    }

    /// The elements of an array with at most one dimension.
    @inlinable
    func elements<Element>(
        _ decode: (PostgresCell) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> [Element] {
        var elements: [Element] = []
        for cell in try elementCells() { elements.append(try decode(cell)) }
        return elements
    }

    @usableFromInline
    func elementCells() throws(DatabaseError) -> [PostgresCell] {
        let content = try content("an array")
        func word(at offset: Int) throws(DatabaseError) -> Int32 {
            guard offset + 4 <= content.count else { throw mismatch("an array") }
            return Int32(bigEndian: content.loadUnaligned(fromByteOffset: offset, as: Int32.self))
        }
        let dimensions = try word(at: 0)
        if dimensions == 0, content.count == 12 { return [] }
        guard dimensions == 1, content.count >= 20 else { throw mismatch("an array") }
        let elementType = PostgresOID(bitPattern: try word(at: 8))
        var elements: [PostgresCell] = []
        var offset = 20
        for _ in 0..<max(0, try word(at: 12)) {
            let length = try word(at: offset)
            offset += 4
            guard length >= 0 else {
                elements.append(PostgresCell(type: elementType, bytes: nil, column: column))
                continue
            }
            guard offset + Int(length) <= content.count else { throw mismatch("an array") }
            let bytes = UnsafeRawBufferPointer(rebasing: content[offset..<offset + Int(length)])
            elements.append(PostgresCell(type: elementType, bytes: bytes, column: column))
            offset += Int(length)
        }
        return elements
    }
}
