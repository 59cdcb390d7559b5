internal import EventLoop

/// What the sessions of a pool are for.
enum LinkPurpose {
    case reads, inserts, changes, writes, transactions
}

/// Keeps a number of links connected: reconnects what breaks, with growing pauses while the database is away.
/// Belongs to its loop.
final class LinkPool {
    private let loop: Loop
    private let lane: Lane
    private let configuration: DatabaseConfiguration
    private let purpose: LinkPurpose
    private let size: Int
    /// Called when there may be room for requests, or no hope of any.
    var onChange: () -> Void = {}

    private(set) var links: [Link] = []
    private var connecting = 0
    private var pauses = Pauses()
    private var isClosed = false
    /// Why the last attempt failed, and since when there has been no link; nil while there is one.
    private var failure: String?
    private var awaySince: ContinuousClock.Instant?

    init(on loop: Loop, lane: Lane, configuration: DatabaseConfiguration, purpose: LinkPurpose, size: Int) {
        self.loop = loop
        self.lane = lane
        self.configuration = configuration
        self.purpose = purpose
        self.size = max(1, size)
    }

    /// The open link with the least in flight.
    var leastLoaded: Link? { links.lazy.filter(\.isOpen).min { $0.load < $1.load } }

    /// What to tell those who have waited in vain.
    var reasonOfDelay: DatabaseError {
        if links.contains(where: \.isOpen) { return .overloaded }
        return .unavailable(reason: failure ?? "not connected yet")
    }

    /// The database has been away for longer than a restart takes: there is no use in waiting for it.
    var isAway: Bool { awaySince.map { loop.now - $0 > .seconds(3) } ?? false }

    /// Connects what is missing: one after the other while the database is away, else all at once.
    func connect() {
        let wanted = failure == nil ? size - links.count - connecting : min(1, size - links.count) - connecting
        guard !isClosed, wanted > 0 else { return }
        for _ in 0..<wanted {
            connecting += 1
            let pool = LoopBound(self, on: loop)
            let open = opener()
            loop.start { [lane] in
                do {
                    // Longer than libpq's own limit; several hosts are tried one after the other.
                    let connection = try await lane.run(waitingAtMost: .seconds(30), open)
                    pool.value.connected(connection)
                } catch {
                    pool.value.connectingFailed(error)
                }
            }
        }
    }

    /// Ends all links; what is in flight is told `unavailable` or `interrupted`.
    func close() {
        isClosed = true
        for link in links { link.end(reason: "closed") }
    }

    private func opener() -> @Sendable () throws -> Connection {
        let configuration = configuration
        let session = configuration.session(for: purpose)
        return {
            try Connection.open(
                configuration.connection, applicationName: configuration.applicationName, session: session)
        }
    }

    private func connected(_ connection: Connection) {
        connecting -= 1
        guard !isClosed else { return }
        do {
            links.append(
                try Link(
                    connection, on: loop, isReadOnly: purpose == .reads, answerLimit: configuration.answerLimit,
                    onProgress: { [weak self] in self?.onChange() },
                    onEnd: { [weak self] link in self?.lost(link) }))
        } catch {
            return connectingFailed(error)
        }
        failure = nil
        awaySince = nil
        pauses.reset()
        onChange()
        connect()
    }

    private func connectingFailed(_ error: any Error) {
        connecting -= 1
        if case DatabaseError.unavailable(let reason) = error { failure = reason } else { failure = "\(error)" }
        if awaySince == nil, !links.contains(where: \.isOpen) { awaySince = loop.now }
        guard !isClosed else { return }
        loop.after(pauses.next()) { [weak self] in self?.connect() }
    }

    private func lost(_ link: Link) {
        links.removeAll { $0 === link }
        guard !isClosed else { return }
        onChange()
        connect()
    }
}

/// Growing pauses between attempts, from 50 ms to a second, each a little random so that loops do not march in step.
private struct Pauses {
    private var last = Duration.milliseconds(25)

    mutating func next() -> Duration {
        last = min(last * 2, .seconds(1))
        return last * Double.random(in: 0.75...1)
    }

    mutating func reset() {
        last = .milliseconds(25)
    }
}
