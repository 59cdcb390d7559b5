internal import CLinux

/// Why a lane did not run something.
public enum LaneError: Error, Sendable {
    /// It could not begin in the time it was willing to wait, or too many were waiting already.
    case full
}

/// A few threads for slow work: password hashes, name resolution, connecting, spawning.
///
/// At most `threads` pieces of work run at once, and at most `capacity` units of weight (say, MiB of memory).
/// Who waits is served in order, so that a heavy piece is not overtaken for ever by light ones.
public final class Lane: Sendable {
    private let line: WaitingLine

    /// Starts the threads; they end when the lane is released.
    /// - Parameters:
    ///   - niceness: of the lane's threads, 0 to 19; higher gives way to the loops.
    ///   - capacity: units of weight that may run at once.
    ///   - waiting: how many may wait; one more is refused at once.
    public init(name: String, threads: Int, niceness: Int32 = 0, capacity: Int, waiting: Int = 4096) {
        line = WaitingLine(threads: threads, capacity: capacity, length: waiting)
        // One thread more than may work: an idle one always keeps the time of those who wait.
        for _ in 0...max(1, threads) {
            do {
                try Thread.start(name: name) { [line] in
                    // Refused without the right to it; then the lane is merely not as polite.
                    if niceness != 0 { _ = linux_renice_thread(niceness) }
                    while let ticket = line.next() {
                        ticket.begin()
                        line.finish(ticket)
                    }
                }
            } catch {
                preconditionFailure("no thread for lane \(name): \(error)")
            }
        }
    }

    deinit {
        line.close()
    }

    /// How many pieces of work have not begun.
    public var waitingCount: Int { line.waitingCount }

    /// Runs `body` on one of the lane's threads and waits for its result.
    ///
    /// Cancelling the caller withdraws what has not begun; what runs, runs to its end and its result is returned.
    /// - Parameters:
    ///   - weight: units of the lane's capacity; more than the capacity counts as all of it.
    ///   - patience: how long it may wait before it begins.
    /// - Throws: `LaneError.full`, `CancellationError`, or what `body` throws.
    public func run<T: Sendable>(
        weight: Int = 1, waitingAtMost patience: Duration = .seconds(10),
        _ body: @escaping @Sendable () throws -> T
    ) async throws -> T {
        let number = line.nextNumber()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
                line.append(
                    Ticket(
                        number: number, weight: weight, deadline: .now + patience,
                        begin: { continuation.resume(with: Result { try body() }) },
                        refuse: { continuation.resume(throwing: $0) }))
            }
        } onCancel: {
            line.withdraw(number)
        }
    }
}
