import Synchronization

@testable import ResourceServer

/// Clocks that go on only when told to.
final class TestClock: Sendable {
    private let passed = Mutex(0.0)
    private let start = ContinuousClock.now

    /// Seconds since 1970 when nothing has passed yet.
    static let start = 1_800_000_000.0

    var clocks: Clocks {
        Clocks(
            now: { [self] in Self.start + passed.withLock { $0 } },
            uptime: { [self] in start + .seconds(passed.withLock { $0 }) })
    }

    func advance(seconds: Double) { passed.withLock { $0 += seconds } }
}
