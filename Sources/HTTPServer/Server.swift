public import EventLoop
public import HTTP
internal import Synchronization
public import TLS

/// An HTTP/1.1 server over a group of loops: it accepts, reads, hands each request to a handler, writes its answer.
///
/// One listener on the first loop gives each connection to the loop that has fewest; there it stays. A handler is made
/// for each loop and runs on it, so that what it holds needs no lock.
public final class Server: Sendable {
    /// Answers a request. It runs on the loop of the connection and must not block; its task is cancelled when the
    /// client has left or the answer's deadline has passed.
    public typealias Handler = @Sendable (Request) async -> Response
    /// Renders what the server refuses itself: a malformed or oversized request, a passed deadline, too many
    /// connections. Given the status, a reason in ASCII words that quotes nothing of the request, and the request id.
    public typealias RefusalRenderer = @Sendable (Status, String, String) -> Response

    /// The port, chosen by the system where 0 was asked for.
    public let port: UInt16
    private let shared: ServerShared
    private let seats: [Listener.Seat]
    private let listener: LoopBound<Listener>
    private let hasStopped = Mutex(false)

    /// Binds the address and serves until ``stop(within:)``.
    /// - Parameter address: where to listen; a name is resolved here and now, blockingly.
    /// - Throws: `ListenError`, `LoopError`, or what `makeHandler` throws.
    public convenience init(
        listeningOn address: ListenAddress, loops: LoopGroup, configuration: ServerConfiguration = .init(),
        identity: TLSServerContext? = nil, observer: any ServerObserver = NoObserver(),
        renderRefusal: @escaping RefusalRenderer,
        makeHandler: @escaping @Sendable (Loop) async throws -> Handler
    ) async throws {
        let socket = try ListeningSocket(address)
        do {
            try await self.init(
                takingOver: socket, loops: loops, configuration: configuration, identity: identity, observer: observer,
                renderRefusal: renderRefusal, makeHandler: makeHandler)
        } catch {
            socket.close()
            throw error
        }
    }

    /// Serves a socket that listens already until ``stop(within:)``, which closes it.
    /// - Parameters:
    ///   - loops: at least one; the first also accepts.
    ///   - identity: the certificate of an https server; nil for http.
    ///   - makeHandler: called once for each loop, on it.
    /// - Throws: `LoopError`, or what `makeHandler` throws; the socket is then still the caller's.
    public init(
        takingOver socket: ListeningSocket, loops: LoopGroup, configuration: ServerConfiguration = .init(),
        identity: TLSServerContext? = nil, observer: any ServerObserver = NoObserver(),
        renderRefusal: @escaping RefusalRenderer,
        makeHandler: @escaping @Sendable (Loop) async throws -> Handler
    ) async throws {
        let shared = ServerShared(
            configuration: configuration, loops: loops.loops.count, identity: identity, observer: observer,
            renderRefusal: renderRefusal)
        var seats: [Listener.Seat] = []
        for (number, loop) in loops.loops.enumerated() {
            let handler = try await loop.run { try await makeHandler(loop) }
            let connections = ServerLoop(loop, seat: number, shared: shared, handler: handler)
            seats.append(.init(loop: loop, connections: LoopBound(connections, on: loop)))
        }
        port = socket.port
        self.shared = shared
        self.seats = seats
        let first = loops.first
        do {
            listener = try await first.run { [seats] in
                LoopBound(try Listener(socket, on: first, shared: shared, seats: seats), on: first)
            }
        } catch {
            socket.close()
            throw error
        }
    }

    /// How many connections are being served.
    public var connectionCount: Int { shared.census.total }

    /// Shows new connections another certificate; those that live keep theirs. Only for a server that began with one.
    public func replaceIdentity(_ identity: TLSServerContext) {
        shared.replaceIdentity(identity)
    }

    /// Stops: no new connection from now on, idle ones end at once, requests in flight are answered with
    /// `Connection: close`; what is left after `patience` is cut off and cancelled. Returns when no connection is left.
    public func stop(within patience: Duration = .seconds(10)) async {
        let isFirst = hasStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        // A loop that has ended has no connections: nothing to wait for.
        try? await seats[0].loop.run { [listener] in listener.value.close() }
        for seat in seats { try? await seat.loop.run { seat.connections.value.drain(within: patience) } }
        for seat in seats { try? await seat.loop.run { await seat.connections.value.becomesEmpty() } }
    }
}
