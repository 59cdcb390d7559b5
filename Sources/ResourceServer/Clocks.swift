internal import Glibc

/// The time, in both kinds. Tests put their own in its place.
struct Clocks: Sendable {
    /// Seconds since 1970: what tokens are judged by.
    var now: @Sendable () -> Double
    /// What ages are measured by: nobody sets it.
    var uptime: @Sendable () -> ContinuousClock.Instant

    static let system = Clocks(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        },
        uptime: { .now })
}
