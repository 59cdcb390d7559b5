/// The fields of a message in their order (RFC 9110 §5). Names are compared without letter case; a name may stand
/// several times.
///
/// A line break cannot get in: a name that is no token or a value with a control character is refused by every way of
/// adding, so what is written to the wire is one line a field, always. All names and values lie in one array of bytes:
/// reading a request makes no string until somebody asks for a field.
public struct Headers: Sendable {
    private struct Field: Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    private var bytes: [UInt8] = []
    private var fields: [Field] = []

    /// No fields.
    public init() {}

    /// How many fields there are, repeated names counted each time.
    public var count: Int { fields.count }

    /// The value of the first field of that name, or nil; bytes that are not UTF-8 read as U+FFFD.
    public subscript(first name: String) -> String? {
        guard let field = fields.first(where: { isNamed(name, $0) }) else { return nil }
        return text(field.value)
    }

    /// The values of all fields of that name, in their order.
    public func all(_ name: String) -> [String] {
        fields.filter { isNamed(name, $0) }.map { text($0.value) }
    }

    /// Whether a field of that name exists.
    public func contains(_ name: String) -> Bool {
        fields.contains { isNamed(name, $0) }
    }

    /// Adds a field behind all others.
    /// - Returns: false, and nothing is added, when `name` is no token or `value` has anything but visible ASCII,
    ///   spaces and tabs. Surrounding spaces are no part of a value and are left away.
    @discardableResult
    public mutating func add(_ name: String, _ value: String) -> Bool {
        guard Self.isName(name), Self.isWritableValue(value) else { return false }
        append(name: name.utf8Span.span, value: value.utf8Span.span)
        return true
    }

    /// Makes `value` the only one of that name.
    /// - Returns: false, and nothing changes, where ``add(_:_:)`` would refuse.
    @discardableResult
    public mutating func set(_ name: String, _ value: String) -> Bool {
        guard Self.isName(name), Self.isWritableValue(value) else { return false }
        remove(name)
        append(name: name.utf8Span.span, value: value.utf8Span.span)
        return true
    }

    /// Takes away every field of that name.
    public mutating func remove(_ name: String) {
        if contains(name) { fields = fields.filter { !isNamed(name, $0) } }
    }

    /// Adds those fields of `others` whose names do not stand here yet.
    public mutating func addMissing(from others: Headers) {
        let own = fields.count
        reserveCapacity(bytes: bytes.count + others.bytes.count, fields: own + others.fields.count)
        for field in others.fields {
            let name = others.bytes.span.extracting(field.name)
            guard !fields[..<own].contains(where: { isNamed(name, $0) }) else { continue }
            append(name: name, value: others.bytes.span.extracting(field.value))
        }
    }

    /// Whether ``add(_:_:)`` would take `value`.
    public static func isWritableValue(_ value: String) -> Bool {
        let bytes = value.utf8Span.span
        for index in bytes.indices where !Grammar.isFieldValueByte(bytes[index]) || bytes[index] >= 0x80 {
            return false
        }
        return true
    }

    private static func isName(_ name: String) -> Bool {
        let bytes = name.utf8Span.span
        for index in bytes.indices where !Grammar.isTokenByte(bytes[index]) { return false }
        return !bytes.isEmpty
    }
}

/// What readers and writers use: bytes in, bytes out.
extension Headers {
    /// Adds a field whose bytes a reader has already checked; OWS around the value is left away.
    mutating func append(name: Span<UInt8>, value: Span<UInt8>) {
        let trimmed = Grammar.trimmed(value, 0..<value.count)
        let start = bytes.count
        bytes.append(name)
        let middle = bytes.count
        bytes.append(value.extracting(trimmed))
        fields.append(Field(name: start..<middle, value: middle..<bytes.count))
    }

    /// Makes room for a whole head at once.
    mutating func reserveCapacity(bytes byteCount: Int, fields fieldCount: Int) {
        bytes.reserveCapacity(byteCount)
        fields.reserveCapacity(fieldCount)
    }

    /// Appends `name: value CRLF` for every field whose name `isWritten` accepts.
    func write(into output: inout [UInt8], where isWritten: (Span<UInt8>) -> Bool) {
        let span = bytes.span
        for field in fields where isWritten(span.extracting(field.name)) {
            output.append(span.extracting(field.name))
            output.append(": ")
            output.append(span.extracting(field.value))
            output.append("\r\n")
        }
    }

    private func isNamed(_ name: String, _ field: Field) -> Bool {
        isNamed(name.utf8Span.span, field)
    }

    private func isNamed(_ name: Span<UInt8>, _ field: Field) -> Bool {
        guard name.count == field.name.count else { return false }
        let own = bytes.span.extracting(field.name)
        for index in name.indices where Grammar.lowercased(name[index]) != Grammar.lowercased(own[index]) {
            return false
        }
        return true
    }

    private func text(_ range: Range<Int>) -> String {
        String(repairing: bytes.span.extracting(range))
    }
}

extension Headers: Sequence {
    /// Name and value of each field in order, names as they were spelled.
    public func makeIterator() -> AnyIterator<(name: String, value: String)> {
        var rest = fields.makeIterator()
        return AnyIterator { rest.next().map { (name: text($0.name), value: text($0.value)) } }
    }
}

extension Headers: ExpressibleByDictionaryLiteral {
    /// Adds each pair as ``add(_:_:)`` does.
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }
}

extension Headers: Equatable {
    /// The same fields in the same order; names compared without letter case, values byte by byte.
    public static func == (one: Headers, other: Headers) -> Bool {
        one.fields.count == other.fields.count
            && zip(one.fields, other.fields).allSatisfy { mine, theirs in
                one.bytes[mine.name].lazy.map(Grammar.lowercased)
                    .elementsEqual(other.bytes[theirs.name].lazy.map(Grammar.lowercased))
                    && one.bytes[mine.value] == other.bytes[theirs.value]
            }
    }
}
