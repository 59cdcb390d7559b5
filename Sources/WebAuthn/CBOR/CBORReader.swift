/// Reads CBOR in CTAP2's canonical form and nothing beyond it: definite lengths, heads as short as possible, no tags,
/// at most four levels, the keys of a map in ascending order and therefore each once.
///
/// One rule for all input keeps every item to a single encoding. Nothing is reserved on the word of a length: what is
/// allocated was there to be read.
struct CBORReader {
    /// How many arrays and maps may be within each other: what CTAP2 (§8, Message Encoding) allows, and what bounds
    /// the recursion.
    static let depthLimit = 4

    private let input: [UInt8]

    /// The index of the next byte.
    private(set) var position: Int

    /// A reader of `input` from an index within it.
    init(_ input: [UInt8], from position: Int = 0) {
        self.input = input
        self.position = min(max(position, 0), input.count)
    }

    /// Reads bytes that are one item and nothing else.
    static func read(whole input: [UInt8]) throws(CBORError) -> CBOR {
        var reader = CBORReader(input)
        let item = try reader.readItem()
        guard reader.position == input.count else { throw .trailingBytes }
        return item
    }

    /// Reads one item; what follows it stays unread.
    mutating func readItem() throws(CBORError) -> CBOR {
        try readItem(depth: 0)
    }

    private mutating func readItem(depth: Int) throws(CBORError) -> CBOR {
        let head = try readByte()
        switch head >> 5 {
        case 0: return .unsigned(try readArgument(of: head))
        case 1: return .negative(try readArgument(of: head))
        case 2: return .bytes(Array(try readBytes(readLength(of: head))))
        case 3: return .text(try readText(readLength(of: head)))
        case 4: return .array(try readArray(readLength(of: head), depth: depth))
        case 5: return .map(try readMap(readLength(of: head), depth: depth))
        case 6: throw .tag
        default: return try readSimpleValue(head)
        }
    }

    private mutating func readArray(_ count: Int, depth: Int) throws(CBORError) -> [CBOR] {
        guard depth < Self.depthLimit else { throw .tooDeep }
        var elements: [CBOR] = []
        for _ in 0..<count { elements.append(try readItem(depth: depth + 1)) }
        return elements
    }

    /// CTAP2's order of keys is by type, then by length, then byte by byte. A head begins with the type, and among heads
    /// as short as possible that of a longer key is the greater: it is the order of the encoded bytes.
    private mutating func readMap(_ count: Int, depth: Int) throws(CBORError) -> CBORMap {
        guard depth < Self.depthLimit else { throw .tooDeep }
        var entries: [CBORMap.Entry] = []
        var previous: ArraySlice<UInt8>?
        for _ in 0..<count {
            let start = position
            let key = try readKey()
            let encoded = input[start..<position]
            if let previous {
                guard !previous.elementsEqual(encoded) else { throw .repeatedKey }
                guard previous.lexicographicallyPrecedes(encoded) else { throw .keyOrder }
            }
            previous = encoded
            entries.append(CBORMap.Entry(key: key, value: try readItem(depth: depth + 1)))
        }
        return CBORMap(entries: entries)
    }

    private mutating func readKey() throws(CBORError) -> CBOR {
        guard position < input.count else { throw .truncated }
        guard [0, 1, 3].contains(input[position] >> 5) else { throw .unsupportedKey }
        return try readItem(depth: Self.depthLimit)
    }

    private mutating func readSimpleValue(_ head: UInt8) throws(CBORError) -> CBOR {
        switch head & 0x1F {
        case 20: return .bool(false)
        case 21: return .bool(true)
        case 22: return .null
        case 25: _ = try readBytes(2)
        case 26: _ = try readBytes(4)
        case 27: _ = try readBytes(8)
        case 28...31: throw .reservedHead
        default: throw .unsupportedSimpleValue
        }
        return .float
    }

    private mutating func readText(_ count: Int) throws(CBORError) -> String {
        guard let text = String(validating: try readBytes(count), as: UTF8.self) else { throw .invalidUTF8 }
        return text
    }

    /// The argument of a head as a count of what follows. Every byte, element and entry takes a byte at least, so that
    /// more than there are bytes left is refused before anything is done with it.
    private mutating func readLength(of head: UInt8) throws(CBORError) -> Int {
        if head & 0x1F == 31 { throw .indefiniteLength }
        let argument = try readArgument(of: head)
        guard argument <= UInt64(input.count - position) else { throw .truncated }
        return Int(argument)
    }

    /// The argument of a head (RFC 8949 §3): in the head itself below 24, or in the 1, 2, 4 or 8 bytes after it.
    private mutating func readArgument(of head: UInt8) throws(CBORError) -> UInt64 {
        let inline = UInt64(head & 0x1F)
        guard inline >= 24 else { return inline }
        guard inline <= 27 else { throw .reservedHead }
        let byteCount = 1 << Int(inline - 24)
        let argument = try readBytes(byteCount).reduce(0) { $0 << 8 | UInt64($1) }
        let shorter: UInt64 = byteCount == 1 ? 23 : (1 << UInt64(byteCount * 4)) - 1  // what fits into half the bytes
        guard argument > shorter else { throw .notShortest }
        return argument
    }

    private mutating func readByte() throws(CBORError) -> UInt8 {
        guard position < input.count else { throw .truncated }
        defer { position += 1 }
        return input[position]
    }

    private mutating func readBytes(_ count: Int) throws(CBORError) -> ArraySlice<UInt8> {
        guard count <= input.count - position else { throw .truncated }
        defer { position += count }
        return input[position..<position + count]
    }
}
