internal import Crypto
internal import Glibc
internal import JOSE
public import Provider

/// The machine's clock.
public enum SystemClock {
    /// The time now.
    public static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

extension Surroundings {
    /// The machine's clock and libcrypto's randomness.
    public static let system = Surroundings(
        now: { SystemClock.now },
        random: { count in
            // Without randomness every secret would be guessable: nothing may go on.
            guard let bytes = try? SecureRandom.bytes(count) else { preconditionFailure("no randomness") }
            return bytes
        })
}

extension Trail {
    /// The trail of what no request caused.
    public static func of(_ actor: String) -> Trail {
        Trail(
            actor: actor, requestID: actor + "-" + Base64URL.encode(Surroundings.system.random(9)), address: "",
            now: SystemClock.now)
    }
}
