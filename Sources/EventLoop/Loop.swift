internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread that waits for sockets, timers and mail, and that is the Swift executor of every task started on it.
///
/// A turn runs: ready sockets, due timers, mail from other threads, jobs, and last what was asked for the end of the
/// turn. Whatever runs on the loop must not block: a millisecond here is a millisecond for every connection.
/// The loop begins with `init` and ends with `stop()`.
///
/// `@unchecked Sendable`: `state` is touched by the loop's own thread only, everything else is immutable or locked.
public final class Loop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// The name of the thread, for operators.
    public let name: String
    /// Of all loops of the process this is the how-manieth, for what keeps something for each.
    public let number = numbers.wrappingAdd(1, ordering: .relaxed).oldValue
    private static let numbers = Atomic(0)

    let poller: Poller
    let mailbox: Mailbox
    let tasks = RunningTasks()
    private let ended = Gate()

    /// What belongs to the loop's own thread.
    private var queue = WorkQueue()
    private var timers = TimerHeap()
    private var endOfTurn: [() -> Void] = []
    private var atLull: [() -> Void] = []
    private var lullAt: ContinuousClock.Instant?
    private var cachedNow = ContinuousClock.now
    private var deadlineOfStop: ContinuousClock.Instant?

    /// Opens the loop's descriptors and starts its thread.
    /// - Throws: `LoopError.system` when the process is out of descriptors or threads.
    public init(name: String) throws(LoopError) {
        self.name = name
        poller = try Poller()
        mailbox = Mailbox(wakeUp: poller.wakeUp)
        try Thread.start(name: name) { [self] in
            CurrentLoop.set(self)
            runTurns()
            CurrentLoop.set(nil)
            ended.open()
        }
    }

    // MARK: Where am I

    /// The loop whose thread is calling, if any.
    public static var current: Loop? { CurrentLoop.get() }

    /// Whether the caller is on this loop's thread.
    public var isCurrent: Bool { CurrentLoop.is(self) }

    /// Stops the process when the caller is not on this loop's thread: a mistake of the program, never of its input.
    public func preconditionCurrent() {
        precondition(isCurrent, "off its loop")
    }

    /// The time at which this turn began; off the loop, the time.
    public var now: ContinuousClock.Instant { isCurrent ? cachedNow : .now }

    // MARK: Work from anywhere

    /// Runs a closure on the loop soon, in the order of the calls of one thread.
    /// From the loop's own thread this costs no lock; after the loop has ended the closure is dropped.
    public func post(_ body: @escaping @Sendable () -> Void) {
        add(.closure(body))
    }

    func add(_ work: Work) {
        if isCurrent { queue.append(work) } else { mailbox.append(work) }
    }

    /// Ends the loop: cancels every task started on it (a `sleep` throws at once), goes on until they have finished,
    /// or at most `patience`, and then ends the thread. What is still waiting then never continues.
    /// Not to be called from a task of this loop, which would wait for itself. Calling it twice is harmless.
    public func stop(waitingAtMost patience: Duration = .seconds(5)) async {
        beginStop(waitingAtMost: patience)
        await join()
    }

    /// Begins what ``stop(waitingAtMost:)`` does and does not wait for its end: for a `deinit`, which cannot.
    public func beginStop(waitingAtMost patience: Duration = .seconds(5)) {
        post { [self] in
            if deadlineOfStop == nil { deadlineOfStop = ContinuousClock.now + patience }
            tasks.cancelAll()
        }
    }

    /// Waits until the loop's thread has done its last turn.
    public func join() async {
        await ended.pass()
    }

    // MARK: Work on the loop

    /// Runs `body` once, `delay` from now, in the timers' part of a turn. Only on the loop's own thread.
    /// The clock's grain is a millisecond, and a timer is never early.
    @discardableResult
    public func after(_ delay: Duration, _ body: @escaping () -> Void) -> LoopTimer {
        preconditionCurrent()
        let timer = LoopTimer(deadline: ContinuousClock.now + delay, loop: self, body: body)
        timers.insert(timer)
        return timer
    }

    func remove(_ timer: LoopTimer) {
        preconditionCurrent()
        timers.remove(timer)
    }

    /// Runs `body` once, after the sockets and jobs of this turn. Only on the loop's own thread.
    /// What is asked for during the end of a turn runs at the end of the next, which follows at once.
    public func atEndOfTurn(_ body: @escaping () -> Void) {
        preconditionCurrent()
        endOfTurn.append(body)
    }

    /// Runs `body` once, at the end of the first turn that finds nothing to do, which is at once unless the loop is busy,
    /// or when it has been busy for two more milliseconds. Only on the loop's own thread.
    public func atLull(_ body: @escaping () -> Void) {
        preconditionCurrent()
        if atLull.isEmpty { lullAt = cachedNow + Self.patienceForLull }
        atLull.append(body)
    }

    /// How long a busy loop goes on before it does what was asked for a lull.
    private static let patienceForLull = Duration.milliseconds(2)

    /// Calls `ready` in every turn in which the descriptor is ready (level-triggered). Only on the loop's own thread.
    ///
    /// The watch does not own the descriptor: cancel it first, close the descriptor afterwards.
    /// - Throws: `LoopError.system` when epoll refuses (a descriptor watched twice, a plain file, a full table).
    public func watch(
        _ descriptor: Int32, for interest: Interest, _ ready: @escaping (Readiness) -> Void
    ) throws(LoopError) -> Watch {
        preconditionCurrent()
        return try poller.add(descriptor, interest, on: self, ready)
    }

    // MARK: The turns

    /// How many jobs a turn may run before sockets are looked at again.
    private static let jobsPerTurn = 2048

    private func runTurns() {
        while !mayEnd {
            poller.wait(for: patienceOfPoll())
            cachedNow = .now
            let isBusy = poller.hasEvents || !queue.isEmpty || !mailbox.isEmpty
            poller.dispatch()
            while let timer = timers.popDue(at: cachedNow) { timer.fire() }
            mailbox.drain(into: &queue)
            runWork()
            let flushes = endOfTurn
            endOfTurn.removeAll(keepingCapacity: true)
            for flush in flushes { flush() }
            if let lullAt, !isBusy || cachedNow >= lullAt { runLull() }
        }
        mailbox.drain(into: &queue, closing: true)
        runWork()
        poller.cancelAll()
        timers.removeAll()
    }

    private func runLull() {
        lullAt = nil
        let bodies = atLull
        atLull.removeAll(keepingCapacity: true)
        for body in bodies { body() }
    }

    /// Stopping, and either nothing is left to do or the patience is at its end.
    private var mayEnd: Bool {
        guard let deadline = deadlineOfStop else { return false }
        return cachedNow >= deadline
            || (tasks.isEmpty && queue.isEmpty && mailbox.isEmpty && endOfTurn.isEmpty && atLull.isEmpty)
    }

    /// How long epoll may wait: not at all while work is at hand, else until the next timer.
    private func patienceOfPoll() -> Duration? {
        if !queue.isEmpty || !endOfTurn.isEmpty || !atLull.isEmpty || !mailbox.mayFallAsleep() { return .zero }
        var wakeAt = timers.nextDeadline
        if let deadlineOfStop { wakeAt = min(wakeAt ?? deadlineOfStop, deadlineOfStop) }
        return wakeAt.map { max(.zero, ContinuousClock.now.duration(to: $0)) }
    }

    private func runWork() {
        var budget = Self.jobsPerTurn
        while budget > 0, let work = queue.popFirst() {
            budget -= 1
            switch work {
            case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
            case .closure(let body): body()
            }
        }
    }
}
