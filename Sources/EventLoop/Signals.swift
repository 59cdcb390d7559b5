internal import CLinux
internal import Glibc

/// Signals of the process, delivered as events of a loop.
///
/// The handler writes the number into a pipe, which is all that a signal handler may safely do; a loop reads it.
/// One loop at a time: a second call of `deliver` would share its numbers with the first.
public enum Signals {
    /// Both ends, never blocking; made before the first handler is installed. -1 without descriptors.
    private static let pipe: (read: Int32, write: Int32) = {
        var ends: [Int32] = [-1, -1]
        guard linux_pipe(&ends) == 0 else { return (-1, -1) }
        return (ends[0], ends[1])
    }()

    /// Ignores SIGPIPE: a peer that has gone is an error of a write (EPIPE), not the end of the process.
    public static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// From now on calls `handler` on the loop for each of these signals, instead of what they would do.
    /// - Throws: `LoopError.system`.
    public static func deliver(
        _ numbers: [Int32], on loop: Loop, to handler: @escaping @Sendable (Int32) -> Void
    ) async throws {
        let descriptor = pipe.read
        try await loop.run {
            _ = try loop.watch(descriptor, for: .read) { _ in
                var numbers = [UInt8](repeating: 0, count: 64)
                let count = read(descriptor, &numbers, numbers.count)
                for number in numbers.prefix(max(0, count)) { handler(Int32(number)) }
            }
        }
        for number in numbers {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { Signals.note($0) }
            action.sa_flags = SA_RESTART
            guard sigaction(number, &action, nil) == 0 else {
                throw LoopError.system(call: "sigaction", errno: errno)
            }
        }
    }

    /// In the signal handler: async-signal-safe calls only.
    private static func note(_ number: Int32) {
        let interrupted = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(pipe.write, &byte, 1)
        errno = interrupted
    }
}
