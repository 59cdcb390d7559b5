internal import EventLoop
internal import HTTP
internal import TLS

/// One client's connection, confined to its loop.
///
/// ```
///            ┌────────────────────────────────────────────┐
///   reading ─┴▸ answering ─▸ flushing ─┬─ next request ───┘
///      │            │                  └─▸ lingering ─▸ closed
///      └── refusal ─┴─ deadline: 408, 503 ────▴
/// ```
///
/// At most one request is being answered. What the client pipelines behind it stays in the socket and the reader, both
/// bounded. A client that has shut down its sending side still gets its answer; one that has reset the connection has
/// its request cancelled.
final class Connection {
    enum Phase {
        case reading
        case answering(RequestInFlight)
        /// The answer is written; the socket takes the rest of it when it can.
        case flushing(RequestInFlight, Status)
        /// All is said. What the client still sends is thrown away, so that the answer is not lost to a reset.
        case lingering
        case closed
    }

    /// How much a client may still send behind its last answer before it is cut off: more than the largest content that a
    /// proxy passes on, or the proxy would find a reset where the answer is.
    private static let bytesDiscarded = 8_388_608

    let peer: IPAddress
    /// Whether it counts as one of the connections allowed; a client that is merely told «too many» does not.
    let isCounted: Bool
    /// Whether the peer may speak for others.
    let isTrustedProxy: Bool
    /// How many requests it has carried.
    var requestCount: UInt64 = 0
    /// Where it stands among its loop's connections.
    var place = 0
    private(set) var deadline: ContinuousClock.Instant
    let home: ServerLoop
    let transport: Transport
    var reader: RequestReader
    var phase = Phase.reading
    /// Whether the answer that is leaving is the last one.
    private var isLastAnswer = false
    private var watch: Watch?
    private var discarded = 0

    init(_ transport: Transport, peer: IPAddress, isCounted: Bool, of home: ServerLoop) {
        self.transport = transport
        self.peer = peer
        self.isCounted = isCounted
        self.home = home
        isTrustedProxy = home.shared.configuration.isTrusted(peer)
        reader = RequestReader(limits: home.shared.configuration.limits)
        deadline = home.loop.now
    }

    /// Registers with the loop and starts the first deadline.
    func begin() {
        do {
            watch = try home.loop.watch(transport.descriptor, for: .read) { [unowned self] in ready($0) }
        } catch {
            end()
            return
        }
        setDeadline(transport.isSecure ? home.shared.configuration.deadlines.head : deadlineOfReading())
        if !isCounted { refuse(.serviceUnavailable, "too many connections") }
    }

    // MARK: The socket

    private func ready(_ readiness: Readiness) {
        if !readiness.isDisjoint(with: [.error, .hangUp]) {
            abort()
            return
        }
        if readiness.contains(.writable) { flush() }
        if readiness.contains(.readable) { read() }
    }

    private func read() {
        switch phase {
        case .reading: receive()
        case .answering, .flushing:
            // Pipelined bytes, or the end of the client's half: either waits until the answer is written. A reset is
            // told all the same.
            watch?.update(transport.hasUnsent ? [.write, .troubleOnly] : .troubleOnly)
        case .lingering: discard()
        case .closed: break
        }
    }

    private func receive() {
        let wasShakingHands = transport.isShakingHands
        let before = reader.state
        let arrival = transport.receive(home.buffers) { plaintext in
            take(reader.receive(plaintext))
            if case .closed = phase { return false }
            return true
        }
        if case .closed = phase { return }
        switch arrival {
        case .fine:
            if case .reading = phase, reader.state != before || wasShakingHands != transport.isShakingHands {
                setDeadline(deadlineOfReading())
            }
        case .end: endOfInput()
        case .broken: abort()
        case .failed(.plainHTTP):
            transport.dropTLS()
            refuse(.badRequest, "this port speaks TLS")
        case .failed(let error):
            home.shared.observer.connectionFailed(error, peer: peer)
            abort()
        }
    }

    /// The client will send no more. A request that is not complete never will be; one that is gets its answer.
    private func endOfInput() {
        switch phase {
        case .reading, .lingering: end()
        case .answering, .flushing, .closed: break
        }
    }

    private func discard() {
        guard let count = transport.discard(home.buffers), discarded + count <= Self.bytesDiscarded else {
            end()
            return
        }
        discarded += count
    }

    // MARK: Sending

    /// Sends what the socket takes; the rest follows when it takes more.
    func send(_ bytes: [UInt8]) {
        guard transport.send(bytes.span, home.buffers) else {
            abort()
            return
        }
        if transport.hasUnsent { watch?.update([.write, .troubleOnly]) }
    }

    private func flush() {
        guard transport.flush() else {
            abort()
            return
        }
        guard !transport.hasUnsent else { return }
        if case .flushing = phase { answerHasLeft() } else { watch?.update(.read) }
    }

    /// Writes the answer that lies in the loop's buffer. After the last one the connection ends.
    func sendAnswer(to request: RequestInFlight, _ status: Status, isLast: Bool) {
        phase = .flushing(request, status)
        isLastAnswer = isLast
        send(home.buffers.outgoing)
        if case .flushing = phase, !transport.hasUnsent { answerHasLeft() }
    }

    private func answerHasLeft() {
        guard case .flushing(let request, let status) = phase else { return }
        report(request, status)
        watch?.update(.read)
        guard !isLastAnswer else {
            linger()
            return
        }
        phase = .reading
        take(reader.proceed())
        if case .reading = phase {
            setDeadline(deadlineOfReading())
            if home.isDraining { drain() }
        }
    }

    /// Ends this side first and waits for the other's end (RFC 9112 §9.6): closing over bytes that the client still
    /// sends would reset the connection, and the answer could be lost with it.
    private func linger() {
        phase = .lingering
        transport.endSending(home.buffers)
        setDeadline(home.shared.configuration.deadlines.linger)
    }

    // MARK: Deadlines and the end

    func setDeadline(_ duration: Duration) {
        deadline = home.loop.now + duration
        home.watchDeadline(deadline)
    }

    private func deadlineOfReading() -> Duration {
        let deadlines = home.shared.configuration.deadlines
        if transport.isShakingHands { return deadlines.head }
        return switch reader.state {
        case .head: deadlines.head
        case .body: deadlines.body
        case .idle, .answering, .closed: deadlines.idle
        }
    }

    func deadlineHasPassed() {
        switch phase {
        case .reading where transport.isShakingHands: abort()
        case .reading where reader.state == .head: refuse(.requestTimeout, "the head of the request took too long")
        case .reading where reader.state == .body: refuse(.requestTimeout, "the content of the request took too long")
        case .answering(let request): overrun(request)
        case .flushing: abort()
        case .reading, .lingering: end()
        case .closed: break
        }
    }

    /// Whether it waits for a request of which nothing has come yet.
    var isIdle: Bool {
        guard case .reading = phase else { return false }
        return reader.state == .idle && !transport.isShakingHands
    }

    /// The server is to stop, or another client needs the place: without a request in flight the connection ends now.
    func drain() {
        // A request may have arrived that the loop has not looked at yet.
        if case .reading = phase, reader.state == .idle { receive() }
        if case .reading = phase, reader.state == .idle { end() }
    }

    /// Ends the connection without ceremony; a request in flight is cancelled.
    func abort() {
        switch phase {
        case .answering(let request):
            request.task?.cancel()
            report(request, nil)
        case .flushing(let request, let status): report(request, status)
        case .reading, .lingering, .closed: break
        }
        end()
    }

    private func end() {
        if case .closed = phase { return }
        phase = .closed
        watch?.cancel()
        watch = nil
        transport.close(home.buffers)
        home.forget(self)
    }
}
