internal import EventLoop
internal import Synchronization

/// Wakes a worker of a loop before its time. Rung from any thread; rung often, it wakes once.
final class Bell: Sendable {
    private let loop: Loop
    private let isRung = Atomic(false)
    private let sleeper: LoopBound<Sleeper>

    init(on loop: Loop) {
        self.loop = loop
        sleeper = LoopBound(Sleeper(), on: loop)
    }

    func ring() {
        guard !isRung.exchange(true, ordering: .acquiringAndReleasing) else { return }
        loop.post { self.sleeper.value.wake() }
    }

    /// Returns when the bell has been rung since the last wait, when the time is over, or when the task is cancelled.
    /// One task of the loop at a time.
    func wait(atMost duration: Duration) async {
        if !isRung.load(ordering: .acquiring) {
            await withTaskCancellationHandler {
                await withCheckedContinuation { sleeper.value.begin(duration, on: loop, $0) }
            } onCancel: {
                loop.post { self.sleeper.value.wake() }
            }
        }
        isRung.store(false, ordering: .releasing)
    }

    private final class Sleeper {
        private var continuation: CheckedContinuation<Void, Never>?
        private var timer: LoopTimer?

        func begin(_ duration: Duration, on loop: Loop, _ continuation: CheckedContinuation<Void, Never>) {
            self.continuation = continuation
            timer = loop.after(duration) { [self] in wake() }
        }

        func wake() {
            timer?.cancel()
            timer = nil
            continuation?.resume()
            continuation = nil
        }
    }
}
