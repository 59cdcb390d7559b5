import EventLoop
import HTTP
import HTTPServer
import Synchronization
import TLS

/// What a test's server saw.
final class Record: ServerObserver {
    private struct State {
        var opened = 0
        var closed = 0
        var refusals: [ConnectionRefusal] = []
        var failures: [TLSError] = []
        var finished: [FinishedRequest] = []
        var waiting: [(isReached: (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var opened: Int { state.withLock { $0.opened } }
    var closed: Int { state.withLock { $0.closed } }
    var refusals: [ConnectionRefusal] { state.withLock { $0.refusals } }
    var failures: [TLSError] { state.withLock { $0.failures } }
    var finished: [FinishedRequest] { state.withLock { $0.finished } }

    func connectionOpened() { note { $0.opened += 1 } }
    func connectionClosed() { note { $0.closed += 1 } }
    func connectionRefused(_ reason: ConnectionRefusal) { note { $0.refusals.append(reason) } }
    func connectionFailed(_ error: TLSError, peer: IPAddress) { note { $0.failures.append(error) } }
    func requestFinished(_ request: FinishedRequest) { note { $0.finished.append(request) } }

    /// Waits until so many connections have been opened, closed, and so many requests finished.
    func reaches(opened: Int = 0, closed: Int = 0, finished: Int = 0) async {
        await wait { $0.opened >= opened && $0.closed >= closed && $0.finished.count >= finished }
    }

    /// Waits until so many connections have been opened or refused, and all that were opened have been closed.
    func reachesRest(after connections: Int) async {
        await wait { $0.opened + $0.refusals.count >= connections && $0.opened == $0.closed }
    }

    private func wait(until isReached: @escaping @Sendable (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            state.withLock { $0.waiting.append((isReached, continuation)) }
            note { _ in }
        }
    }

    private func note(_ change: (inout State) -> Void) {
        let reached = state.withLock { state in
            change(&state)
            let now = state
            state.waiting.removeAll { $0.isReached(now) }
            return now.waiting.filter { $0.isReached(now) }.map(\.continuation)
        }
        for continuation in reached { continuation.resume() }
    }
}

/// A server on loopback that answers each request with its own description.
struct TestServer {
    let server: Server
    let record: Record
    let loops: LoopGroup

    var port: UInt16 { server.port }

    /// Runs `body` against a server of its own, which is stopped afterwards.
    static func run(
        host: String = "127.0.0.1", loops: Int = 2, identity: TLSServerContext? = nil,
        configure: (inout ServerConfiguration) -> Void = { _ in },
        handler: @escaping @Sendable (Loop, Request) async -> Response = { _, request in .describing(request) },
        body: (TestServer) async throws -> Void
    ) async throws {
        var configuration = ServerConfiguration()
        configure(&configuration)
        let record = Record()
        let group = try LoopGroup(name: "test", count: loops)
        let server = try await Server(
            listeningOn: ListenAddress(host: host, port: 0), loops: group, configuration: configuration,
            identity: identity, observer: record,
            renderRefusal: { status, reason, id in
                Response(status: status, headers: ["X-Refused": id], body: Array(reason.utf8))
            },
            makeHandler: { loop in { request in await handler(loop, request) } })
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(TestServer(server: server, record: record, loops: group)))
        } catch {
            outcome = .failure(error)
        }
        await server.stop(within: .seconds(1))
        await group.stop()
        try outcome.get()
    }
}

extension Response {
    /// `GET /path 127.0.0.1 false 3` and the id as a field: what the handler was given.
    static func describing(_ request: Request) -> Response {
        let text =
            "\(request.method.rawValue) \(request.path) \(request.peer) \(request.isSecure) \(request.body.count)"
        return Response(status: .ok, headers: ["X-Seen-Id": request.id], body: Array(text.utf8))
    }
}
