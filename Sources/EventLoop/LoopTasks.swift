internal import Synchronization

/// Tasks: the doors into the loop and the wait that does not hold it up.
extension Loop {
    /// The one door to concurrency: a task that runs on this loop, and comes back to it after every `await`.
    /// From any thread. `stop()` cancels it.
    @discardableResult
    public func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        tasks.start(on: self, body)
    }

    /// Runs `body` on the loop and waits for its result; from any thread or task.
    /// Cancelling the caller cancels `body`.
    /// - Throws: what `body` throws, or `LoopError.stopped` when the loop has ended.
    public func run<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
        guard !mailbox.isClosed else { throw LoopError.stopped }
        let outcome = Mutex<Result<T, any Error>>(.failure(LoopError.stopped))
        let task = start {
            do {
                let value = try await body()
                outcome.withLock { $0 = .success(value) }
            } catch {
                outcome.withLock { $0 = .failure(error) }
            }
        }
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return try outcome.withLock { $0 }.get()
    }

    /// Waits without holding up the loop. Only in a task of this loop.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(for duration: Duration) async throws(CancellationError) {
        preconditionCurrent()
        let sleeper = LoopBound(Sleeper(), on: self)
        let sleptThrough = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                sleeper.value.begin(duration, on: self, continuation)
            }
        } onCancel: {
            self.post { sleeper.value.wake(sleptThrough: false) }
        }
        if !sleptThrough { throw CancellationError() }
    }
}

/// One `sleep`: its timer and whom it wakes, once.
private final class Sleeper {
    private var continuation: CheckedContinuation<Bool, Never>?
    private var timer: LoopTimer?

    func begin(_ duration: Duration, on loop: Loop, _ continuation: CheckedContinuation<Bool, Never>) {
        self.continuation = continuation
        timer = loop.after(duration) { [self] in wake(sleptThrough: true) }
    }

    func wake(sleptThrough: Bool) {
        timer?.cancel()
        timer = nil
        continuation?.resume(returning: sleptThrough)
        continuation = nil
    }
}

/// The tasks that live on a loop, so that `stop()` can cancel them and knows when the last has finished.
final class RunningTasks: Sendable {
    private struct State {
        var tasks: [UInt64: Task<Void, Never>] = [:]
        var lastID: UInt64 = 0
        var stopping = false
    }

    private let state = Mutex(State())

    var isEmpty: Bool { state.withLock { $0.tasks.isEmpty } }

    /// The lock is held over the start, so that a task cannot sign off before it has been signed on.
    func start(on loop: Loop, _ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        state.withLock { state in
            state.lastID += 1
            let id = state.lastID
            let task = Task(executorPreference: loop) {
                await body()
                self.finished(id)
            }
            state.tasks[id] = task
            if state.stopping { task.cancel() }
            return task
        }
    }

    private func finished(_ id: UInt64) {
        state.withLock { _ = $0.tasks.removeValue(forKey: id) }
    }

    /// Outside the lock: cancellation handlers are strangers' code.
    func cancelAll() {
        let running = state.withLock { state in
            state.stopping = true
            return Array(state.tasks.values)
        }
        for task in running { task.cancel() }
    }
}
