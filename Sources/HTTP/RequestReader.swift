/// Reads the requests of one connection: bytes in, actions out, no I/O (RFC 9112, and nothing beyond its grammar).
///
/// ```
///            ┌──────────── proceed() ◂───────────────┐
///   idle ─▸ head ─▸ body ─▸ .request, answering ─────┤
///            └───────┴────▸ .refuse,  closed ◂───────┘  (after the last request)
/// ```
///
/// One request is handed over at a time: what was pipelined behind it waits until ``proceed()``, so answers keep their
/// order without a queue. After a refusal, and after a request that ends the connection, no byte is read again. What
/// the actions are depends on the bytes alone, never on how they were split (except that more than
/// ``RequestLimits/heldBytes`` ahead of an answer are refused).
public struct RequestReader: Sendable {
    /// What the connection has to do.
    public enum Action: Sendable, Equatable {
        /// Write ``ResponseWriter/continue``: the client waits before it sends the content.
        case expectsContinue
        /// Answer this request, then call ``RequestReader/proceed()``.
        case request(ReceivedRequest)
        /// Answer with this status, then close. Nothing is read any more.
        case refuse(Refusal)
    }

    /// Where the reader stands, for the connection's deadlines.
    public enum State: Sendable, Equatable {
        /// Nothing of the next request has arrived.
        case idle
        /// A request line or header section has begun.
        case head
        /// The head is complete, the content is not.
        case body
        /// A request waits for its answer.
        case answering
        /// Nothing will be read any more.
        case closed
    }

    private enum Phase: Sendable {
        case line(LineReader, skippedEmptyLine: Bool)
        case fields(RequestLine, FieldSectionReader, RequestHeadFields)
        case content(ReceivedRequest, ContentReader)
        case answering(persists: Bool)
        case closed
    }

    private let limits: RequestLimits
    private var phase = Phase.line(LineReader(), skippedEmptyLine: false)
    /// What arrived behind a request that is being answered, from `heldStart` on.
    private var held: [UInt8] = []
    private var heldStart = 0
    private var heldTooMuch = false

    /// A reader for a new connection.
    public init(limits: RequestLimits = RequestLimits()) {
        self.limits = limits
    }

    /// Where the reader stands.
    public var state: State {
        switch phase {
        case .line(let lines, let skipped): lines.hasBegun || skipped ? .head : .idle
        case .fields: .head
        case .content: .body
        case .answering: .answering
        case .closed: .closed
        }
    }

    /// Whether the connection should read from its socket: false while a request is answered and when all is over.
    public var wantsBytes: Bool {
        switch phase {
        case .answering, .closed: false
        default: true
        }
    }

    /// Takes bytes from the socket, in any portions. While a request is being answered they are kept for later.
    public mutating func receive(_ bytes: some Collection<UInt8>) -> [Action] {
        if let actions = bytes.withContiguousStorageIfAvailable({ receive($0.span) }) { return actions }
        return receive(Array(bytes).span)
    }

    /// Takes bytes from the socket, in any portions. While a request is being answered they are kept for later.
    public mutating func receive(_ bytes: Span<UInt8>) -> [Action] {
        switch phase {
        case .closed:
            return []
        case .answering(persists: false):
            return []
        case .answering(persists: true):
            hold(bytes)
            return []
        default:
            var position = 0
            let actions = read(bytes, from: &position)
            if position < bytes.count { hold(bytes.extracting(position..<bytes.count)) }
            return actions
        }
    }

    /// Goes on behind a request whose answer is written, with what was pipelined behind it. Without effect unless
    /// the state is ``State/answering``.
    public mutating func proceed() -> [Action] {
        guard case .answering(let persists) = phase else { return [] }
        guard persists else {
            close()
            return []
        }
        guard !heldTooMuch else {
            close()
            return [.refuse(Refusal(.badRequest, "more requests were sent ahead than are kept"))]
        }
        phase = .line(LineReader(), skippedEmptyLine: false)
        guard heldStart < held.count else { return [] }
        var waiting: [UInt8] = []
        swap(&waiting, &held)  // what `read` leaves is kept by position, not copied
        var position = heldStart
        let actions = read(waiting.span, from: &position)
        guard case .answering(persists: true) = phase, position < waiting.count else {
            heldStart = 0
            return actions
        }
        swap(&waiting, &held)
        heldStart = position
        return actions
    }

    private mutating func hold(_ bytes: Span<UInt8>) {
        guard case .answering(persists: true) = phase, !heldTooMuch else { return }
        if held.count - heldStart + bytes.count > limits.heldBytes {
            heldTooMuch = true
            held = []
            heldStart = 0
        } else {
            if heldStart > held.count / 2 {  // rarely, so that moving the rest stays cheap
                held.removeFirst(heldStart)
                heldStart = 0
            }
            held.append(bytes)
        }
    }

    private mutating func close() {
        phase = .closed
        held = []
        heldStart = 0
    }

    private mutating func read(_ input: Span<UInt8>, from position: inout Int) -> [Action] {
        var actions: [Action] = []
        do throws(Refusal) {
            while try step(input, from: &position, into: &actions) {}
        } catch {
            close()
            actions.append(.refuse(error))
        }
        return actions
    }

    /// Takes one step; false when a request is complete or more bytes are needed.
    private mutating func step(
        _ input: Span<UInt8>, from position: inout Int, into actions: inout [Action]
    ) throws(Refusal) -> Bool {
        switch phase {
        case .line(var lines, let skippedEmptyLine):
            return try readLine(&lines, skippedEmptyLine, input, from: &position)
        case .fields(let line, var section, var fields):
            phase = .closed  // the copies above are now the only ones, so reading on copies nothing
            guard try section.read(input, from: &position, noticedBy: &fields) else {
                phase = .fields(line, section, fields)
                return false
            }
            return try headIsComplete(line, section.headers, fields, into: &actions)
        case .content(var request, var content):
            phase = .closed
            guard try content.read(input, from: &position) else {
                phase = .content(request, content)
                return false
            }
            request.body = content.content
            return complete(request, into: &actions)
        case .answering, .closed:
            return false
        }
    }

    private mutating func readLine(
        _ lines: inout LineReader, _ skippedEmptyLine: Bool, _ input: Span<UInt8>, from position: inout Int
    ) throws(Refusal) -> Bool {
        phase = .closed
        let line = try lines.line(
            of: input, from: &position, limit: limits.requestLineBytes,
            tooLong: Refusal(.uriTooLong, "the request line is too long")
        ) { (line) throws(Refusal) -> RequestLine? in
            if line.count == 0, !skippedEmptyLine { return nil }  // one empty line is forgiven, RFC 9112 §2.2
            return try RequestLine(line)
        }
        switch line {
        case nil:
            phase = .line(lines, skippedEmptyLine: skippedEmptyLine)
            return false
        case .some(nil):
            phase = .line(lines, skippedEmptyLine: true)
        case .some(let line?):
            let section = FieldSectionReader(bytes: limits.headerBytes, fields: limits.headerCount)
            phase = .fields(line, section, RequestHeadFields(line))
        }
        return true
    }

    private mutating func headIsComplete(
        _ line: RequestLine, _ headers: Headers, _ fields: RequestHeadFields, into actions: inout [Action]
    ) throws(Refusal) -> Bool {
        let framing = try fields.content(of: line)
        let request = ReceivedRequest(
            method: line.method, path: line.path, query: line.query, headers: headers, body: [],
            persists: line.isVersion11 && !fields.framing.closes)
        if framing == .none { return complete(request, into: &actions) }
        let content = try ContentReader(
            framing, limit: limits.contentBytes(line.method, line.path), trailerBytes: limits.headerBytes,
            trailerFields: limits.headerCount)
        if fields.expectsContinue(line, framing) { actions.append(.expectsContinue) }
        phase = .content(request, content)
        return true
    }

    private mutating func complete(_ request: ReceivedRequest, into actions: inout [Action]) -> Bool {
        phase = .answering(persists: request.persists)
        actions.append(.request(request))
        return false
    }
}
