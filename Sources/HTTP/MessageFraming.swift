/// How the content of a message is delimited (RFC 9112 §6.3).
enum ContentFraming: Sendable, Equatable {
    /// There is none.
    case none
    /// That many bytes.
    case length(Int)
    /// Chunks, the last one empty (§7.1).
    case chunked
    /// All bytes until the connection closes; answers only.
    case untilClose
}

/// The fields that decide where a message ends and whether another may follow. Whatever two readers could understand
/// differently is refused: that is what request smuggling lives on (RFC 9112 §11.2).
struct MessageFraming: FieldObserver, Sendable {
    /// The announced length; as large as `Int.max` when the digits are larger.
    private(set) var contentLength: Int?
    private(set) var isChunked = false
    /// Whether `Connection: close` was among the fields.
    private(set) var closes = false

    mutating func notice(name: Span<UInt8>, value: Span<UInt8>) throws(Refusal) {
        switch name.count {
        case 10 where Grammar.equals(name, ignoringCase: "connection"):
            try noticeConnection(value)
        case 14 where Grammar.equals(name, ignoringCase: "content-length"):
            guard contentLength == nil else { throw Refusal(.badRequest, "Content-Length stands more than once") }
            contentLength = try Self.length(value)
        case 17 where Grammar.equals(name, ignoringCase: "transfer-encoding"):
            guard !isChunked else { throw Refusal(.badRequest, "Transfer-Encoding stands more than once") }
            guard Grammar.equals(value, ignoringCase: "chunked") else { throw Self.codingFault(value) }
            isChunked = true
        default:
            break
        }
    }

    /// The framing, once all fields are known. `isVersion11` is false for HTTP/1.0, which has no transfer codings.
    func content(isVersion11: Bool) throws(Refusal) -> ContentFraming? {
        guard isChunked else { return contentLength.map { $0 == 0 ? .none : .length($0) } }
        guard contentLength == nil else {
            throw Refusal(.badRequest, "Content-Length stands beside Transfer-Encoding")
        }
        guard isVersion11 else { throw Refusal(.badRequest, "Transfer-Encoding does not exist in HTTP/1.0") }
        return .chunked
    }

    /// Digits and nothing else (RFC 9110 §8.6): no sign, no list, no whitespace inside.
    private static func length(_ value: Span<UInt8>) throws(Refusal) -> Int {
        guard value.count > 0 else { throw Refusal(.badRequest, "Content-Length is empty") }
        var length = 0
        for index in value.indices {
            guard Grammar.isDigit(value[index]) else { throw Refusal(.badRequest, "Content-Length is not a number") }
            let (product, overflowed) = length.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(Int(value[index] - 0x30))
            length = overflowed || carried ? .max : sum
            if length == .max { break }
        }
        for index in value.indices where !Grammar.isDigit(value[index]) {
            throw Refusal(.badRequest, "Content-Length is not a number")
        }
        return length
    }

    /// Another coding that is at least well-formed is answered 501 (RFC 9112 §6.1), anything else 400.
    private static func codingFault(_ value: Span<UInt8>) -> Refusal {
        for index in value.indices where !Grammar.isTokenByte(value[index]) {
            return Refusal(.badRequest, "Transfer-Encoding is not chunked alone")
        }
        guard value.count > 0 else { return Refusal(.badRequest, "Transfer-Encoding is empty") }
        return Refusal(.notImplemented, "the transfer coding is not implemented")
    }

    /// A list of tokens (RFC 9110 §7.6.1), empty members allowed.
    private mutating func noticeConnection(_ value: Span<UInt8>) throws(Refusal) {
        var start = 0
        while start <= value.count {
            var end = start
            while end < value.count, value[end] != 0x2C { end += 1 }
            let option = value.extracting(Grammar.trimmed(value, start..<end))
            for index in option.indices where !Grammar.isTokenByte(option[index]) {
                throw Refusal(.badRequest, "Connection is not a list of tokens")
            }
            if Grammar.equals(option, ignoringCase: "close") { closes = true }
            start = end + 1
        }
    }
}
