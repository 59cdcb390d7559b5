internal import EventLoop
internal import Glibc
internal import Synchronization

/// Keeps the server running: the thread that starts it waits for its end, starts it again should it die, and lives
/// until it is told to stop. The server's death signal hangs on this very thread.
final class ServerKeeper: Sendable {
    private struct State {
        /// Keeps other processes off the directory until the server has ended.
        var lock: Descriptor?
        var server: pid_t?
        var isStopping = false
        var hasEnded = false
        var whenEnded: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let arguments: [String]
    private let directory: ClusterDirectory
    /// The cluster's directory, which the server inherits.
    private let cluster: Descriptor

    /// - Parameter lock: the directory's, released when the server has ended for good.
    init(arguments: [String], directory: ClusterDirectory, lock: Descriptor) throws(ClusterError) {
        self.arguments = arguments
        self.directory = directory
        state = Mutex(State(lock: lock))
        cluster = try Descriptor(opening: directory.cluster, O_RDONLY | O_DIRECTORY)
    }

    /// Starts the thread, which starts the server.
    func begin() throws(ClusterError) {
        do {
            try Thread.start(name: "postgres") { [self] in keep() }
        } catch {
            throw .ended(program: "thread", log: "\(error)")
        }
    }

    /// Whether the server has been given up.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Shuts the server down (fast: sessions are ended, nothing is lost) and waits for it.
    func stop() async {
        tellToStop()
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.whenEnded.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// The first half of `stop`, from anywhere.
    func tellToStop() {
        state.withLock { state in
            state.isStopping = true
            if let server = state.server { kill(server, SIGINT) }
        }
    }

    private func keep() {
        // A server that dies within a second of its start time after time will not do better for ever.
        var quickDeaths: Int32 = 0
        while quickDeaths < 5, !state.withLock({ $0.isStopping }) {
            let start = ContinuousClock.now
            guard let server = startServer() else { break }
            _ = server.wait()
            let isStopping = state.withLock { state in
                state.server = nil
                return state.isStopping
            }
            if isStopping { break }
            quickDeaths = ContinuousClock.now - start < .seconds(1) ? quickDeaths + 1 : 0
            // The dead server's children hold its shared memory until they have noticed.
            try? FormerServer.end(in: directory)
            poll(nil, 0, quickDeaths * 100)
        }
        let waiting = state.withLock { state in
            state.hasEnded = true
            state.lock = nil
            defer { state.whenEnded = [] }
            return state.whenEnded
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Under the lock, so that a stop does not fall between the start and the note of the number.
    private func startServer() -> ChildProcess? {
        state.withLock { state in
            guard !state.isStopping,
                let server = try? ChildProcess(arguments, directory: cluster.number, log: directory.log)
            else { return nil }
            state.server = server.id
            return server
        }
    }
}
