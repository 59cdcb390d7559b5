internal import EventLoop

/// The total time of one exchange, and the one place where the exchange waits: for its socket, for the resolver, or
/// until it is told that it is over. Confined to its loop.
final class Patience {
    private let loop: Loop
    private let deadline: ContinuousClock.Instant
    private var timer: LoopTimer?
    private var ending: FetchError?
    private var waiting: CheckedContinuation<Void, Never>?

    init(_ total: Duration, on loop: Loop) {
        self.loop = loop
        deadline = loop.now + total
        timer = loop.after(total) { [unowned self] in end(with: .timedOut) }
    }

    /// What is left of the time.
    var remaining: Duration { max(.zero, loop.now.duration(to: deadline)) }

    /// Returns when somebody has called ``wake()``; the caller then looks for itself what has happened.
    /// - Throws: why the exchange is over, if it is.
    func wait() async throws(FetchError) {
        if let ending { throw ending }
        await withCheckedContinuation { waiting = $0 }
        if let ending { throw ending }
    }

    func wake() {
        let waiting = self.waiting
        self.waiting = nil
        waiting?.resume()
    }

    /// The exchange is over, for this reason: who waits is told, and who would wait later too.
    func end(with reason: FetchError) {
        if ending == nil { ending = reason }
        wake()
    }

    /// The exchange is over, and all is well.
    func end() {
        timer?.cancel()
        timer = nil
    }
}
