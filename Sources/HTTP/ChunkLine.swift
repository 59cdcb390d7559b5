/// The line before each chunk (RFC 9112 §7.1): its size in hexadecimal, and extensions that are checked and dropped.
enum ChunkLine {
    /// More digits than any size here needs; leading zeros count.
    static let maximumSizeDigits = 16

    /// The size the line announces, as large as `Int.max` when the digits say more, and how many bytes were extension.
    static func parse(_ line: Span<UInt8>) throws(Refusal) -> (size: Int, extensionBytes: Int) {
        var size: UInt64 = 0
        var index = 0
        while index < line.count, let digit = Grammar.hexValue(line[index]) {
            guard index < maximumSizeDigits else { throw Refusal(.badRequest, "a chunk size has too many digits") }
            size = size << 4 | UInt64(digit)
            index += 1
        }
        guard index > 0 else { throw Refusal(.badRequest, "a chunk size is not a hexadecimal number") }
        let sizeEnd = index
        while index < line.count {
            guard let next = extensionEnd(line, from: index) else {
                throw Refusal(.badRequest, "a chunk extension is malformed")
            }
            index = next
        }
        return (Int(clamping: size), line.count - sizeEnd)
    }

    /// The end of one `BWS ";" BWS name [ BWS "=" BWS value ]` (§7.1.1), nil when there is none at `start`.
    private static func extensionEnd(_ line: Span<UInt8>, from start: Int) -> Int? {
        guard let nameStart = behind(0x3B, line, start), let nameEnd = tokenEnd(line, nameStart) else { return nil }
        guard let valueStart = behind(0x3D, line, nameEnd) else { return nameEnd }
        return valueStart < line.count && line[valueStart] == 0x22
            ? quotedEnd(line, valueStart) : tokenEnd(line, valueStart)
    }

    /// The index behind `BWS separator BWS`, nil when that does not stand at `start`.
    private static func behind(_ separator: UInt8, _ line: Span<UInt8>, _ start: Int) -> Int? {
        var index = start
        while index < line.count, Grammar.isWhitespace(line[index]) { index += 1 }
        guard index < line.count, line[index] == separator else { return nil }
        index += 1
        while index < line.count, Grammar.isWhitespace(line[index]) { index += 1 }
        return index
    }

    private static func tokenEnd(_ line: Span<UInt8>, _ start: Int) -> Int? {
        var index = start
        while index < line.count, Grammar.isTokenByte(line[index]) { index += 1 }
        return index > start ? index : nil
    }

    /// The index behind a `quoted-string` (RFC 9110 §5.6.4); control characters were refused with the line.
    private static func quotedEnd(_ line: Span<UInt8>, _ start: Int) -> Int? {
        var index = start + 1
        while index < line.count {
            if line[index] == 0x22 { return index + 1 }
            index += line[index] == 0x5C ? 2 : 1
        }
        return nil
    }
}
