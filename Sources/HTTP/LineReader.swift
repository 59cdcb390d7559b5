/// Cuts bytes into the lines of a message (RFC 9112 §2.2): only CRLF ends a line, and nothing but visible bytes, spaces
/// and tabs may stand in one. A wrong byte is refused where it stands, not when its line is complete.
///
/// Lines that arrive whole are looked at where they lie; only the beginning of a line that continues in the next
/// bytes is copied. Every byte is looked at once, however the bytes are split.
struct LineReader: Sendable {
    /// The beginning of the current line, from earlier bytes.
    private var held: [UInt8] = []

    /// Whether a line has begun.
    var hasBegun: Bool { !held.isEmpty }

    /// Reads to the end of the current line and hands it over without its CRLF.
    /// - Parameters:
    ///   - position: where to go on in `input`; moved behind what was read.
    ///   - limit: how many bytes the line may have, CRLF included.
    ///   - tooLong: the refusal of a longer one.
    /// - Returns: what `body` made of the line; nil when the line goes on beyond `input`.
    mutating func line<Result>(
        of input: Span<UInt8>, from position: inout Int, limit: Int, tooLong: Refusal,
        _ body: (Span<UInt8>) throws(Refusal) -> Result
    ) throws(Refusal) -> Result? {
        let start = position
        let end = start + min(input.count - start, limit - held.count)
        guard let feed = try lineFeed(in: input, start..<end) else {
            guard held.count + end - start < limit else { throw tooLong }
            held.append(input.extracting(start..<end))
            position = end
            return nil
        }
        position = feed + 1
        if held.isEmpty { return try body(input.extracting(start..<(feed - 1))) }
        held.append(input.extracting(start...feed))
        defer { held.removeAll(keepingCapacity: true) }
        return try body(held.span.extracting(0..<(held.count - 2)))
    }

    /// Where the LF of the next CRLF stands in `range`, or nil when there is none.
    private func lineFeed(in input: Span<UInt8>, _ range: Range<Int>) throws(Refusal) -> Int? {
        var followsReturn = held.last == 0x0D
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = input[index]
            if followsReturn {
                guard byte == 0x0A else { throw Refusal(.badRequest, "a carriage return stands alone") }
                return index
            }
            if !Grammar.isFieldValueByte(byte) {
                guard byte != 0x0A else { throw Refusal(.badRequest, "a line feed stands alone") }
                guard byte == 0x0D else { throw Refusal(.badRequest, "a control character stands in the head") }
                followsReturn = true
            }
            index += 1
        }
        return nil
    }
}
