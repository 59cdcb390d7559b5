internal import Glibc

/// A piece of work before a lane.
struct Ticket: Sendable {
    let number: UInt64
    let weight: Int
    let deadline: ContinuousClock.Instant
    /// Does the work and tells its caller.
    let begin: @Sendable () -> Void
    /// Tells the caller that it will not be done.
    let refuse: @Sendable (any Error) -> Void
}

/// Who waits before a lane, who works, and the rule of admission.
///
/// `@unchecked Sendable`: `mutex` is held wherever the state is touched. A pthread mutex, since threads wait here
/// for a condition, which `Synchronization.Mutex` cannot.
final class WaitingLine: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    private let threads: Int
    private let capacity: Int
    private let length: Int

    private var waiting: [Ticket] = []
    private var working = 0
    private var weightAtWork = 0
    private var lastNumber: UInt64 = 0
    /// Cancelled between `nextNumber` and `append`.
    private var withdrawnEarly: Set<UInt64> = []
    private var announced: Set<UInt64> = []
    private var isClosed = false

    init(threads: Int, capacity: Int, length: Int) {
        self.threads = max(1, threads)
        self.capacity = max(1, capacity)
        self.length = length
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    private func locked<T>(_ body: () -> T) -> T {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    // MARK: The callers' side

    var waitingCount: Int { locked { waiting.count } }

    /// Announces a ticket, so that it can be withdrawn even before it is appended.
    func nextNumber() -> UInt64 {
        locked {
            lastNumber += 1
            announced.insert(lastNumber)
            return lastNumber
        }
    }

    func append(_ ticket: Ticket) {
        let refusal: (any Error)? = locked {
            announced.remove(ticket.number)
            if withdrawnEarly.remove(ticket.number) != nil { return CancellationError() }
            if waiting.count >= length { return LaneError.full }
            waiting.append(ticket)
            pthread_cond_broadcast(changed)
            return nil
        }
        if let refusal { ticket.refuse(refusal) }
    }

    /// Takes back what has not begun; the rest is none of its business.
    func withdraw(_ number: UInt64) {
        let ticket: Ticket? = locked {
            if announced.contains(number) { withdrawnEarly.insert(number) }
            guard let place = waiting.firstIndex(where: { $0.number == number }) else { return nil }
            pthread_cond_broadcast(changed)
            return waiting.remove(at: place)
        }
        ticket?.refuse(CancellationError())
    }

    /// Lets the threads end once nobody waits any more.
    func close() {
        locked {
            isClosed = true
            pthread_cond_broadcast(changed)
        }
    }

    // MARK: The threads' side

    /// Blocks until there is something to do; nil when the thread may end.
    func next() -> Ticket? {
        while true {
            var overdue: [Ticket] = []
            var admitted: Ticket?
            let mayEnd = locked {
                overdue = removeOverdue()
                admitted = admitFirst()
                let mayEnd = isClosed && waiting.isEmpty
                if overdue.isEmpty, admitted == nil, !mayEnd { waitForChange() }
                return mayEnd
            }
            for ticket in overdue { ticket.refuse(LaneError.full) }
            if let admitted { return admitted }
            if mayEnd { return nil }
        }
    }

    func finish(_ ticket: Ticket) {
        locked {
            working -= 1
            weightAtWork -= clamped(ticket)
            pthread_cond_broadcast(changed)
        }
    }

    private func clamped(_ ticket: Ticket) -> Int { min(max(0, ticket.weight), capacity) }

    private func admitFirst() -> Ticket? {
        guard let first = waiting.first, working < threads, weightAtWork + clamped(first) <= capacity else {
            return nil
        }
        working += 1
        weightAtWork += clamped(first)
        return waiting.removeFirst()
    }

    private func removeOverdue() -> [Ticket] {
        let now = ContinuousClock.now
        let overdue = waiting.filter { $0.deadline <= now }
        if !overdue.isEmpty { waiting.removeAll { $0.deadline <= now } }
        return overdue
    }

    /// Until something changes or the first patience ends.
    private func waitForChange() {
        guard let deadline = waiting.map(\.deadline).min() else {
            pthread_cond_wait(changed, mutex)
            return
        }
        let (seconds, attoseconds) = max(.zero, ContinuousClock.now.duration(to: deadline)).components
        var until = timespec()
        clock_gettime(CLOCK_MONOTONIC, &until)
        let nanoseconds = until.tv_nsec + Int(attoseconds / 1_000_000_000) + 1
        until.tv_sec += Int(min(seconds, 86_400)) + nanoseconds / 1_000_000_000
        until.tv_nsec = nanoseconds % 1_000_000_000
        pthread_cond_timedwait(changed, mutex, &until)
    }
}
