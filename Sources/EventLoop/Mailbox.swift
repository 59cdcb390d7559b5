internal import CLinux
internal import Glibc
internal import Synchronization

/// Something the loop is to run.
enum Work {
    case job(UnownedJob)
    case closure(@Sendable () -> Void)
}

/// First in, first out; only on the loop's own thread.
struct WorkQueue {
    private var work: [Work] = []
    private var head = 0

    var isEmpty: Bool { head == work.count }

    mutating func append(_ item: Work) {
        work.append(item)
    }

    mutating func append(contentsOf items: [Work]) {
        work.append(contentsOf: items)
    }

    mutating func popFirst() -> Work? {
        guard head < work.count else { return nil }
        let item = work[head]
        head += 1
        if head == work.count {
            work.removeAll(keepingCapacity: true)
            head = 0
        } else if head == 4096 {
            work.removeFirst(head)
            head = 0
        }
        return item
    }
}

/// Where other threads leave work. The eventfd is written only when the loop sleeps or is about to.
///
/// `@unchecked Sendable`: `Work` holds an `UnownedJob`, which is handed on once; the state is behind a lock.
final class Mailbox: @unchecked Sendable {
    private struct State {
        var work: [Work] = []
        var loopSleeps = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wakeUp: Int32

    /// - Parameter wakeUp: the eventfd that the loop waits on.
    init(wakeUp: Int32) {
        self.wakeUp = wakeUp
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }
    var isEmpty: Bool { state.withLock { $0.work.isEmpty } }

    func append(_ work: Work) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.work.append(work)
            guard state.loopSleeps else { return }
            state.loopSleeps = false
            // Under the lock, so that the descriptor cannot have been closed in between.
            eventfd_write(wakeUp, 1)
        }
    }

    /// Asked by the loop before it waits: false when mail has come, else whoever writes next wakes it.
    func mayFallAsleep() -> Bool {
        state.withLock { state in
            state.loopSleeps = state.work.isEmpty
            return state.loopSleeps
        }
    }

    /// The mail of this turn, behind the loop's own work; with `closing` the last there is.
    func drain(into queue: inout WorkQueue, closing: Bool = false) {
        let work = state.withLock { state in
            state.loopSleeps = false
            state.isClosed = closing
            let work = state.work
            state.work.removeAll(keepingCapacity: true)
            return work
        }
        queue.append(contentsOf: work)
    }
}
