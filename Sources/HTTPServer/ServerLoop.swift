internal import EventLoop
internal import Glibc
internal import HTTP
internal import TLS

/// What one loop has of the server: its handler, its connections, its buffers, and the one timer for all deadlines.
final class ServerLoop {
    /// Deadlines are looked at no more often than this.
    private static let grain = Duration.milliseconds(50)

    let loop: Loop
    let shared: ServerShared
    let handler: Server.Handler
    let buffers = LoopBuffers()
    private(set) var isDraining = false
    private let seat: Int
    private var requestIDs = RequestIDs()
    private var connections: [Connection] = []
    private var whenEmpty: CheckedContinuation<Void, Never>?
    private var endOfPatience: LoopTimer?
    private var sweep: LoopTimer?
    private var sweepAt: ContinuousClock.Instant?

    init(_ loop: Loop, seat: Int, shared: ServerShared, handler: @escaping Server.Handler) {
        self.loop = loop
        self.seat = seat
        self.shared = shared
        self.handler = handler
    }

    func nextRequestID() -> String { requestIDs.next() }

    /// The time for `Date`, from the clock that costs no system call.
    var date: HTTPDate {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return HTTPDate(secondsSince1970: Int64(time.tv_sec))
    }

    // MARK: Connections

    /// Takes over an accepted socket.
    /// - Parameter refusal: why there is no room for it. Unless an idle connection gives way, it is only told so.
    func adopt(_ descriptor: Int32, peer: IPAddress, refusal: ConnectionRefusal?) {
        let isRefused = refusal.map { !makeRoom(for: peer, $0) } ?? false
        if isRefused, let refusal { shared.observer.connectionRefused(refusal) }
        guard let transport = transport(for: descriptor, refusing: isRefused) else {
            Glibc.close(descriptor)
            shared.census.leave(peer, seat: seat, wasRefused: isRefused)
            return
        }
        let connection = Connection(transport, peer: peer, isCounted: !isRefused, of: self)
        connection.place = connections.count
        connections.append(connection)
        if !isRefused { shared.observer.connectionOpened() }
        connection.begin()
        if isDraining { connection.drain() }
    }

    /// Ends the connection that has waited longest for its next request (RFC 9112 §9.3 lets either side do so at any
    /// time): who comes with a request goes before who has none. Clients that leave connections open would otherwise
    /// lock out everybody behind their address. Looks among this loop's connections alone: a new one comes to the loop that
    /// has fewest, so where there are many each loop has its share of the idle ones.
    /// - Returns: Whether the new one counts as served now.
    private func makeRoom(for peer: IPAddress, _ refusal: ConnectionRefusal) -> Bool {
        var isOfTheCrowd = { (_: Connection) in true }
        if case .tooManyFrom(let address) = refusal { isOfTheCrowd = { $0.peer.network == address.network } }
        let isExempt = shared.configuration.isTrusted(peer)
        let idle = connections.lazy.filter { $0.isIdle && isOfTheCrowd($0) }
        while let longest = idle.min(by: { $0.deadline < $1.deadline }) {
            // It may turn out to be busy after all: then it is the next one's turn.
            longest.drain()
            if shared.census.admitRefused(peer, isExempt: isExempt) { return true }
        }
        return false
    }

    /// A refused client of a TLS port is not worth a handshake: nil.
    private func transport(for descriptor: Int32, refusing: Bool) -> Transport? {
        guard let identity = shared.currentIdentity else { return Transport(descriptor, tls: nil) }
        guard !refusing, let tls = try? TLSConnection(accepting: identity) else { return nil }
        return Transport(descriptor, tls: tls)
    }

    /// Called by a connection that has closed its socket.
    func forget(_ connection: Connection) {
        let last = connections.removeLast()
        if last !== connection {
            connections[connection.place] = last
            last.place = connection.place
        }
        shared.census.leave(connection.peer, seat: seat, wasRefused: !connection.isCounted)
        if connection.isCounted { shared.observer.connectionClosed() }
        if connections.isEmpty { reportEmpty() }
    }

    // MARK: Deadlines

    /// Sees to it that deadlines are looked at when this one has passed. Deadlines move with every request, the timer
    /// only when one comes before it.
    func watchDeadline(_ deadline: ContinuousClock.Instant) {
        if let sweepAt, sweepAt <= deadline { return }
        sweep?.cancel()
        sweepAt = deadline
        sweep = loop.after(max(Self.grain, loop.now.duration(to: deadline))) { [weak self] in self?.sweepDeadlines() }
    }

    private func sweepDeadlines() {
        sweep = nil
        sweepAt = nil
        let now = loop.now
        for connection in connections where connection.deadline <= now { connection.deadlineHasPassed() }
        if let next = connections.lazy.map(\.deadline).min() { watchDeadline(next) }
    }

    // MARK: The end

    /// Ends idle connections now and the others with their next answer; when `patience` is over, all.
    func drain(within patience: Duration) {
        isDraining = true
        for connection in connections { connection.drain() }
        guard !connections.isEmpty else { return }
        endOfPatience = loop.after(patience) { [weak self] in
            guard let self else { return }
            for connection in self.connections { connection.abort() }
        }
    }

    /// Waits until the last connection has ended. Asked once.
    func becomesEmpty() async {
        if !connections.isEmpty { await withCheckedContinuation { whenEmpty = $0 } }
        endOfPatience?.cancel()
        sweep?.cancel()
    }

    private func reportEmpty() {
        whenEmpty?.resume()
        whenEmpty = nil
    }
}
