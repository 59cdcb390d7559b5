/// The values of a statement in one buffer, as libpq wants them.
struct ParameterList: Sendable {
    private struct Item: Sendable {
        /// In the buffer; nil for NULL.
        var range: Range<Int>?
        var isText: Bool
    }

    private var bytes: [UInt8] = []
    private var items: [Item] = []
    /// Text with a NUL, which C would cut short and PostgreSQL cannot store.
    private(set) var hasNULInText = false

    var isEmpty: Bool { items.isEmpty }

    mutating func append<Value: PostgresEncodable>(_ value: Value) {
        append(isText: Value.postgresType.isText) { bytes in value.encode(into: &bytes) }
    }

    /// Appends a value that `encode` writes; NULL when it answers false.
    mutating func append(isText: Bool, _ encode: (inout [UInt8]) -> Bool) {
        let start = bytes.count
        guard encode(&bytes) else {
            items.append(Item(range: nil, isText: isText))
            return
        }
        let range = start..<bytes.count
        items.append(Item(range: range, isText: isText))
        if isText {
            if bytes[range].contains(0) { hasNULInText = true }
            bytes.append(0)
        }
    }

    mutating func append(_ other: ParameterList) {
        let offset = bytes.count
        bytes += other.bytes
        for var item in other.items {
            item.range = item.range.map { $0.lowerBound + offset..<$0.upperBound + offset }
            items.append(item)
        }
        if other.hasNULInText { hasNULInText = true }
    }

    /// Lends the values to libpq: addresses, lengths, formats (1 is binary).
    func withLibPQ<Result>(
        _ body: (
            _ count: Int32, _ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]
        ) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            // An empty buffer has no address, and an empty value still needs one: without, it would be NULL.
            return withUnsafePointer(to: CChar(0)) { empty in
                let values = items.map { item in item.range.map { (start ?? empty) + $0.lowerBound } }
                let lengths = items.map { Int32(truncatingIfNeeded: $0.range?.count ?? 0) }
                let formats = items.map { item -> Int32 in item.isText ? 0 : 1 }
                return body(Int32(items.count), values, lengths, formats)
            }
        }
    }
}
