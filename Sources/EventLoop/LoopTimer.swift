/// A timer on a loop; belongs to the loop's own thread.
public final class LoopTimer {
    let deadline: ContinuousClock.Instant
    /// Where it stands in the heap; nil once fired or cancelled.
    var index: Int?
    private var body: (() -> Void)?
    private unowned let loop: Loop

    init(deadline: ContinuousClock.Instant, loop: Loop, body: @escaping () -> Void) {
        self.deadline = deadline
        self.loop = loop
        self.body = body
    }

    /// Forgets the timer; harmless when it has fired or was cancelled. Only on the loop's own thread.
    public func cancel() {
        guard body != nil else { return }
        loop.remove(self)
        body = nil
    }

    func forget() {
        index = nil
        body = nil
    }

    func fire() {
        let body = self.body
        self.body = nil
        body?()
    }
}

/// A binary heap by deadline. Each timer knows its place, so that cancelling removes it at once: most timers of a
/// server are deadlines that never come, and they must not pile up.
struct TimerHeap {
    private var timers: [LoopTimer] = []

    var nextDeadline: ContinuousClock.Instant? { timers.first?.deadline }

    mutating func insert(_ timer: LoopTimer) {
        timers.append(timer)
        timer.index = timers.count - 1
        siftUp(from: timers.count - 1)
    }

    mutating func remove(_ timer: LoopTimer) {
        guard let index = timer.index else { return }
        timer.index = nil
        let last = timers.removeLast()
        guard last !== timer else { return }
        place(last, at: index)
        siftUp(from: index)
        siftDown(from: index)
    }

    mutating func popDue(at now: ContinuousClock.Instant) -> LoopTimer? {
        guard let first = timers.first, first.deadline <= now else { return nil }
        remove(first)
        return first
    }

    mutating func removeAll() {
        for timer in timers { timer.forget() }
        timers.removeAll()
    }

    private mutating func place(_ timer: LoopTimer, at index: Int) {
        timers[index] = timer
        timer.index = index
    }

    private mutating func siftUp(from start: Int) {
        let timer = timers[start]
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard timer.deadline < timers[parent].deadline else { break }
            place(timers[parent], at: index)
            index = parent
        }
        place(timer, at: index)
    }

    private mutating func siftDown(from start: Int) {
        let timer = timers[start]
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < timers.count else { break }
            if child + 1 < timers.count, timers[child + 1].deadline < timers[child].deadline { child += 1 }
            guard timers[child].deadline < timer.deadline else { break }
            place(timers[child], at: index)
            index = child
        }
        place(timer, at: index)
    }
}
