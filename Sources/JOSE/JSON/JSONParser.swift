extension JSON {
    /// Reads one JSON text (RFC 8259) and nothing beyond it: UTF-8 without a byte order mark, no repeated member, no
    /// lone surrogate, no trailing bytes. The size of the input is the caller's to limit.
    ///
    /// - Parameter depthLimit: how many arrays and objects may be open at once.
    /// - Throws: ``JSONError``, which says what, where and in which member.
    public static func parse(_ bytes: [UInt8], depthLimit: Int = 32) throws(JSONError) -> JSON {
        var parser = JSONParser(bytes: bytes, depthLimit: depthLimit)
        return try parser.parseText()
    }

    /// Reads one JSON text; see ``parse(_:depthLimit:)-([UInt8],_)``.
    public static func parse(_ text: String, depthLimit: Int = 32) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), depthLimit: depthLimit)
    }
}

/// Values, arrays and objects; strings and numbers have files of their own.
struct JSONParser {
    let bytes: [UInt8]
    var position = 0
    private let depthLimit: Int
    private var depth = 0

    init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    mutating func parseText() throws(JSONError) -> JSON {
        skipWhitespace()
        let value = try parseValue()
        skipWhitespace()
        guard position == bytes.count else { throw error(.trailingBytes) }
        return value
    }

    /// The byte at the position; nil at the end.
    var current: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    func error(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
        JSONError(reason: reason, offset: offset ?? position)
    }

    /// The error for a byte that cannot stand at the position, or for the end.
    func unexpected() -> JSONError {
        error(position < bytes.count ? .unexpectedByte : .unexpectedEnd)
    }

    private mutating func skipWhitespace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func parseValue() throws(JSONError) -> JSON {
        guard let byte = current else { throw unexpected() }
        switch byte {
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "{"): return .object(try nested { parser throws(JSONError) in try parser.parseObject() })
        case UInt8(ascii: "["): return .array(try nested { parser throws(JSONError) in try parser.parseArray() })
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        default: throw unexpected()
        }
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for index in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[index] else { throw unexpected() }
            position += 1
        }
        return value
    }

    private mutating func nested<Value>(
        _ parse: (inout JSONParser) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        guard depth < depthLimit else { throw error(.tooDeep) }
        depth += 1
        position += 1
        skipWhitespace()
        let value = try parse(&self)
        depth -= 1
        return value
    }

    private mutating func parseArray() throws(JSONError) -> [JSON] {
        var elements: [JSON] = []
        if consume(UInt8(ascii: "]")) { return elements }
        while true {
            do {
                elements.append(try parseValue())
            } catch {
                throw error.within("[\(elements.count)]")
            }
            if try !consumeSeparator(or: UInt8(ascii: "]")) { return elements }
        }
    }

    private mutating func parseObject() throws(JSONError) -> JSONObject {
        var members: [JSONObject.Member] = []
        var names = MemberNames()
        if consume(UInt8(ascii: "}")) { return JSONObject() }
        while true {
            let start = position
            guard current == UInt8(ascii: "\"") else { throw unexpected() }
            let name = try parseString()
            guard names.insert(name, into: members) else { throw error(.repeatedMember, at: start).within(name) }
            skipWhitespace()
            guard consume(UInt8(ascii: ":")) else { throw unexpected() }
            skipWhitespace()
            do {
                members.append(JSONObject.Member(name: name, value: try parseValue()))
            } catch {
                throw error.within(name)
            }
            if try !consumeSeparator(or: UInt8(ascii: "}")) { return JSONObject(distinct: members) }
        }
    }

    private mutating func consume(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    /// Whether another element follows; false after the closing bracket.
    private mutating func consumeSeparator(or closing: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        if consume(closing) { return false }
        guard consume(UInt8(ascii: ",")) else { throw unexpected() }
        skipWhitespace()
        return true
    }
}

/// The names an object had so far. A short object is searched; a long one is hashed, lest 100,000 members cost their
/// square.
private struct MemberNames {
    private struct ExactName: Hashable {
        let name: String

        static func == (left: ExactName, right: ExactName) -> Bool { exactlyEqual(left.name, right.name) }

        /// Of the bytes: canonical equivalents, of which there are as many as one likes, would share a string's hash.
        func hash(into hasher: inout Hasher) {
            var name = name
            name.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    private var names: Set<ExactName> = []

    /// False when `name` was there before.
    mutating func insert(_ name: String, into members: [JSONObject.Member]) -> Bool {
        guard members.count >= 16 else { return !members.contains { exactlyEqual($0.name, name) } }
        if names.isEmpty { names = Set(members.map { ExactName(name: $0.name) }) }
        return names.insert(ExactName(name: name)).inserted
    }
}

extension JSONError {
    /// The same error, seen from one level further out.
    fileprivate func within(_ step: String) -> JSONError {
        var error = self
        error.path.insert(step, at: 0)
        return error
    }
}
