/// Reads the content of a message by its framing, within a limit (RFC 9112 §6 and §7).
struct ContentReader: Sendable {
    private enum Phase: Sendable {
        case length(left: Int)
        case chunkLine
        case chunk(left: Int)
        case chunkEnd
        case trailers(FieldSectionReader)
        case untilClose
        case complete
    }

    /// The content so far, transfer coding removed.
    private(set) var content: [UInt8] = []
    private var phase: Phase
    private var lines = LineReader()
    private let limit: Int
    private var extensionBytesLeft = 4096
    private let trailerBytes: Int
    private let trailerFields: Int

    /// - Throws: 413 at once when the announced length is over `limit`.
    init(_ framing: ContentFraming, limit: Int, trailerBytes: Int, trailerFields: Int) throws(Refusal) {
        self.limit = limit
        self.trailerBytes = trailerBytes
        self.trailerFields = trailerFields
        switch framing {
        case .none: phase = .complete
        case .chunked: phase = .chunkLine
        case .untilClose: phase = .untilClose
        case .length(let length):
            guard length <= limit else { throw Self.tooLarge }
            phase = .length(left: length)
        }
    }

    /// Whether the content is wholly read.
    var isComplete: Bool {
        if case .complete = phase { true } else { false }
    }

    /// Whether the connection's close would complete the content.
    var endsWithConnection: Bool {
        if case .untilClose = phase { true } else { false }
    }

    /// Reads on until the content is complete or `input` ends.
    /// - Returns: whether the content is complete.
    mutating func read(_ input: Span<UInt8>, from position: inout Int) throws(Refusal) -> Bool {
        while try step(input, from: &position) {}
        return isComplete
    }

    /// Takes one step; false when the content is complete or needs more bytes.
    private mutating func step(_ input: Span<UInt8>, from position: inout Int) throws(Refusal) -> Bool {
        switch phase {
        case .complete:
            return false
        case .length(let left):
            let rest = take(left, of: input, from: &position)
            phase = rest == 0 ? .complete : .length(left: rest)
            return false
        case .chunk(let left):
            let rest = take(left, of: input, from: &position)
            phase = rest == 0 ? .chunkEnd : .chunk(left: rest)
            return rest == 0
        case .untilClose:
            guard input.count - position <= limit - content.count else { throw Self.tooLarge }
            _ = take(input.count - position, of: input, from: &position)
            return false
        case .chunkLine:
            return try readChunkLine(input, from: &position)
        case .chunkEnd:
            let tooLong = Refusal(.badRequest, "a chunk is longer than its size")
            guard try lines.line(of: input, from: &position, limit: 2, tooLong: tooLong, { _ in true }) != nil
            else { return false }
            phase = .chunkLine
            return true
        case .trailers(var section):
            var rules = TrailerRules()
            phase = .complete  // `section` is now the only copy, so reading on copies nothing
            let ended = try section.read(input, from: &position, noticedBy: &rules)
            phase = ended ? .complete : .trailers(section)
            return false
        }
    }

    private mutating func readChunkLine(_ input: Span<UInt8>, from position: inout Int) throws(Refusal) -> Bool {
        let parsed = try lines.line(
            of: input, from: &position, limit: ChunkLine.maximumSizeDigits + extensionBytesLeft + 2,
            tooLong: Refusal(.badRequest, "the chunk extensions are too long"), ChunkLine.parse)
        guard let (size, extensionBytes) = parsed else { return false }
        guard extensionBytes <= extensionBytesLeft else {
            throw Refusal(.badRequest, "the chunk extensions are too long")
        }
        extensionBytesLeft -= extensionBytes
        guard size <= limit - content.count else { throw Self.tooLarge }
        phase =
            size == 0
            ? .trailers(FieldSectionReader(bytes: trailerBytes, fields: trailerFields, keepsFields: false))
            : .chunk(left: size)
        return true
    }

    /// Appends up to `count` bytes to the content.
    /// - Returns: how many are still missing.
    private mutating func take(_ count: Int, of input: Span<UInt8>, from position: inout Int) -> Int {
        let available = min(count, input.count - position)
        content.append(input.extracting(position..<(position + available)))
        position += available
        return count - available
    }

    private static let tooLarge = Refusal(.contentTooLarge, "the content is larger than allowed here")
}

/// Trailer fields are dropped (RFC 9110 §6.5.1), but one that would reframe or redirect the message makes it doubtful.
private struct TrailerRules: FieldObserver {
    mutating func notice(name: Span<UInt8>, value: Span<UInt8>) throws(Refusal) {
        if Grammar.equals(name, ignoringCase: "content-length")
            || Grammar.equals(name, ignoringCase: "transfer-encoding") || Grammar.equals(name, ignoringCase: "host")
        {
            throw Refusal(.badRequest, "a field of the framing stands in the trailer section")
        }
    }
}
