/// Limits of an answer that this software fetches; what is larger is an error while it arrives.
public struct ResponseLimits: Sendable {
    /// Bytes of the status line, CRLF included.
    public var statusLineBytes: Int
    /// Bytes of all header fields together, line ends included.
    public var headerBytes: Int
    /// Number of header fields.
    public var headerCount: Int
    /// Bytes of content.
    public var contentBytes: Int

    /// 1 KiB, 32 KiB in 100 fields, and 64 KiB of content unless said otherwise.
    public init(
        statusLineBytes: Int = 1024, headerBytes: Int = 32_768, headerCount: Int = 100, contentBytes: Int = 65_536
    ) {
        self.statusLineBytes = statusLineBytes
        self.headerBytes = headerBytes
        self.headerCount = headerCount
        self.contentBytes = contentBytes
    }
}

/// Why an answer was not accepted: words of this module only, no byte of the answer.
public struct ResponseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was wrong.
    public let description: String
    /// Whether the answer is merely larger than the limits allow.
    public let isTooLarge: Bool
}

/// Reads the one answer to a request of our own: bytes in, no I/O, as strict as ``RequestReader`` (RFC 9112 §4, §6.3).
/// Interim answers (1xx) are passed over.
public struct ResponseReader: Sendable {
    private enum Phase: Sendable {
        case line(LineReader)
        case fields(StatusLine, FieldSectionReader, MessageFraming)
        case content(Response, ContentReader)
        case complete
        case failed(ResponseError)
    }

    private static let interimLimit = 8

    private let method: Method
    private let limits: ResponseLimits
    private var phase = Phase.line(LineReader())
    private var interims = 0
    private var mayPersist = false
    private var hasRest = false

    /// A reader for the answer to a request of `method`.
    public init(answering method: Method, limits: ResponseLimits = ResponseLimits()) {
        self.method = method
        self.limits = limits
    }

    /// Whether the connection may carry another request: the answer is complete, nothing came behind it, and neither
    /// its version nor its fields end the connection.
    public var persists: Bool {
        if case .complete = phase { mayPersist && !hasRest } else { false }
    }

    /// Takes bytes from the connection, in any portions.
    /// - Returns: the answer, once, when it is complete.
    /// - Throws: ``ResponseError``, now and from then on, when the bytes are no sound answer or larger than allowed.
    public mutating func receive(_ bytes: some Collection<UInt8>) throws(ResponseError) -> Response? {
        if case .failed(let error) = phase { throw error }
        let input = Array(bytes)
        do throws(Refusal) {
            return try read(input.span)
        } catch {
            let isTooLarge = error.status == .contentTooLarge || error.status == .requestHeaderFieldsTooLarge
            throw fail(error.reason, isTooLarge: isTooLarge)
        }
    }

    /// Says that the connection was closed by the other side.
    /// - Returns: the answer when the close completes it (RFC 9112 §6.3, last rule); nil when it was complete before.
    /// - Throws: ``ResponseError`` when the answer is incomplete.
    public mutating func end() throws(ResponseError) -> Response? {
        switch phase {
        case .complete:
            mayPersist = false
            return nil
        case .failed(let error):
            throw error
        case .content(var response, let content) where content.endsWithConnection:
            response.body = content.content
            phase = .complete
            return response
        default:
            throw fail("the connection ended before the answer was complete")
        }
    }

    private mutating func fail(_ reason: String, isTooLarge: Bool = false) -> ResponseError {
        let error = ResponseError(description: reason, isTooLarge: isTooLarge)
        phase = .failed(error)
        return error
    }

    private mutating func read(_ input: Span<UInt8>) throws(Refusal) -> Response? {
        var position = 0
        while true {
            switch phase {
            case .line(var lines):
                phase = .complete  // what was taken out is now the only copy, here and below
                let tooLong = Refusal(.badGateway, "the status line is too long")
                let line = try lines.line(
                    of: input, from: &position, limit: limits.statusLineBytes, tooLong: tooLong, StatusLine.init)
                guard let line else {
                    phase = .line(lines)
                    return nil
                }
                let section = FieldSectionReader(bytes: limits.headerBytes, fields: limits.headerCount)
                phase = .fields(line, section, MessageFraming())
            case .fields(let line, var section, var framing):
                phase = .complete
                guard try section.read(input, from: &position, noticedBy: &framing) else {
                    phase = .fields(line, section, framing)
                    return nil
                }
                phase = try headIsComplete(line, section.headers, framing)
            case .content(var response, var content):
                phase = .complete
                guard try content.read(input, from: &position) else {
                    phase = .content(response, content)
                    return nil
                }
                response.body = content.content
                hasRest = position < input.count
                return response
            case .complete, .failed:
                hasRest = hasRest || position < input.count
                return nil
            }
        }
    }

    private mutating func headIsComplete(
        _ line: StatusLine, _ headers: Headers, _ framing: MessageFraming
    ) throws(Refusal) -> Phase {
        let announced = try framing.content(isVersion11: line.isVersion11)
        if line.status.code < 200 {
            interims += 1
            guard line.status.code != 101, interims <= Self.interimLimit else {
                throw Refusal(.badGateway, "the answer changes the protocol or is preceded by too many others")
            }
            return .line(LineReader())
        }
        let content =
            method == .head || line.status.forbidsContent ? ContentFraming.none : announced ?? .untilClose
        mayPersist = line.isVersion11 && !framing.closes && content != .untilClose
        let reader = try ContentReader(
            content, limit: limits.contentBytes, trailerBytes: limits.headerBytes, trailerFields: limits.headerCount)
        return .content(Response(status: line.status, headers: headers), reader)
    }
}

/// The status line (RFC 9112 §4); the reason phrase, which says nothing, is checked with the line and dropped.
private struct StatusLine: Sendable {
    let status: Status
    let isVersion11: Bool

    init(_ line: Span<UInt8>) throws(Refusal) {
        guard line.count >= 12, line.extracting(0..<7).spells("HTTP/1."), line[7] == 0x30 || line[7] == 0x31,
            line[8] == 0x20, line.count == 12 || line[12] == 0x20
        else { throw Refusal(.badGateway, "the status line is malformed") }
        var code = 0
        for index in 9..<12 {
            guard Grammar.isDigit(line[index]) else { throw Refusal(.badGateway, "the status line is malformed") }
            code = code * 10 + Int(line[index] - 0x30)
        }
        guard let status = Status(code: code) else { throw Refusal(.badGateway, "the status code is out of range") }
        self.status = status
        isVersion11 = line[7] == 0x31
    }
}
