/// When a failed delivery is tried again: exponential pauses over about three days, then never.
public struct RetrySchedule: Sendable, Equatable {
    /// The pause after the first, second … attempt. One attempt more than there are pauses is made.
    public var pauses: [Duration]
    /// Each pause is lengthened or shortened by up to this part of it, so that endpoints that failed together do not
    /// come back together.
    public var jitter: Double

    /// 5 s, 30 s, 2 min, 10 min, 1 h, 3 h, 6 h, 12 h, 24 h, 24 h; a fifth more or less.
    public static let standard = RetrySchedule(
        pauses: [5, 30, 120, 600, 3600, 10_800, 21_600, 43_200, 86_400, 86_400].map { .seconds($0) }, jitter: 0.2)

    /// 1 s, 2 s, 5 s, 10 s, 20 s, 30 s, 1 min, 2 min, 5 min, 10 min, 30 min, 1 h, 3 h, 6 h, 12 h, 24 h, 24 h; a fifth more
    /// or less: a logout is worth most at once.
    public static let logout = RetrySchedule(
        pauses: [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 86_400].map {
            .seconds($0)
        }, jitter: 0.2)

    /// A schedule of one's own.
    public init(pauses: [Duration], jitter: Double) {
        self.pauses = pauses
        self.jitter = jitter
    }

    /// How many attempts there are in all.
    public var attempts: Int { pauses.count + 1 }

    /// The pause after this many attempts; nil when they were the last.
    func pause(after attempts: Int, using random: inout some RandomNumberGenerator) -> Duration? {
        guard attempts <= pauses.count else { return nil }
        let part = Double.random(in: 1 - jitter...1 + jitter, using: &random)
        return pauses[max(attempts, 1) - 1] * part
    }
}
