/// What wants to know of each field while a section is read, and may refuse it.
protocol FieldObserver {
    /// Looks at one field; `value` has no surrounding whitespace.
    mutating func notice(name: Span<UInt8>, value: Span<UInt8>) throws(Refusal)
}

/// Reads field lines up to the empty line that ends them (RFC 9112 §5): a header or a trailer section. Folded lines
/// (§5.2) and whitespace around the name are refused, because readers differ over what they mean.
struct FieldSectionReader: Sendable {
    /// The fields so far, unless they are dropped.
    private(set) var headers = Headers()
    private let keepsFields: Bool
    private var lines = LineReader()
    private var bytesLeft: Int
    private var fieldsLeft: Int

    /// A section of at most `bytes` and `fields`.
    init(bytes: Int, fields: Int, keepsFields: Bool = true) {
        bytesLeft = bytes
        fieldsLeft = fields
        self.keepsFields = keepsFields
    }

    /// Reads on; `observer` sees each complete field.
    /// - Returns: whether the section has ended.
    mutating func read<Observer: FieldObserver>(
        _ input: Span<UInt8>, from position: inout Int, noticedBy observer: inout Observer
    ) throws(Refusal) -> Bool {
        if keepsFields, headers.count == 0 {
            headers.reserveCapacity(bytes: min(input.count - position, 1024), fields: 16)
        }
        var lines = LineReader()
        swap(&lines, &self.lines)  // a line is handled while `self` changes
        defer { self.lines = lines }
        while true {
            // The empty line at the end is not counted, so that a section may use up its limit.
            let length = try lines.line(of: input, from: &position, limit: bytesLeft + 2, tooLong: Self.tooLarge) {
                (line) throws(Refusal) in
                try field(line, noticedBy: &observer)
                return line.count
            }
            guard let length else { return false }
            if length == 0 { return true }
        }
    }

    private mutating func field<Observer: FieldObserver>(
        _ line: Span<UInt8>, noticedBy observer: inout Observer
    ) throws(Refusal) {
        guard line.count > 0 else { return }
        bytesLeft -= line.count + 2
        guard bytesLeft >= 0, fieldsLeft > 0 else { throw Self.tooLarge }
        fieldsLeft -= 1
        var colon = 0
        while colon < line.count, Grammar.isTokenByte(line[colon]) { colon += 1 }
        guard colon < line.count, line[colon] == 0x3A, colon > 0 else { throw Self.fault(of: line, at: colon) }
        let name = line.extracting(0..<colon)
        let value = line.extracting(Grammar.trimmed(line, (colon + 1)..<line.count))
        try observer.notice(name: name, value: value)
        if keepsFields { headers.append(name: name, value: value) }
    }

    private static func fault(of line: Span<UInt8>, at index: Int) -> Refusal {
        if index == 0, Grammar.isWhitespace(line[0]) {
            return Refusal(.badRequest, "a header line is folded or begins with whitespace")
        }
        if index < line.count, Grammar.isWhitespace(line[index]) {
            return Refusal(.badRequest, "whitespace stands before the colon of a header")
        }
        return Refusal(.badRequest, "a header name is empty or malformed, or its colon is missing")
    }

    private static let tooLarge = Refusal(.requestHeaderFieldsTooLarge, "the header fields are too large or too many")
}
