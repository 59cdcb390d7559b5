internal import Assembly
internal import Configuration
internal import EventLoop
internal import Glibc
internal import JOSE
internal import Provider
internal import Synchronization

/// The server's log: one JSON object a line on standard error.
///
/// Whoever writes only appends to a buffer, each loop to one of its own; a thread that waits for a slow reader empties
/// them all a few times a second, and at once for what is urgent. When a buffer is full, lines are dropped and counted
/// rather than requests held up.
final class Log: Sendable {
    private final class Buffer: Sendable {
        let lines = Mutex<(pending: [UInt8], dropped: Int64)>(([], 0))
    }

    private static let capacity = 1 << 20
    /// How long a line may lie in its buffer.
    private static let pause = Duration.milliseconds(25)

    private let level: Atomic<Int>
    private let buffers: [Buffer]
    private let isFlushPlanned = Atomic(false)
    private let isUrgentFlushPlanned = Atomic(false)
    private let isClosing = Atomic(false)
    private let loop: Loop

    /// - Throws: `LoopError` when there is no thread for it.
    init(level: LogLevel) throws {
        self.level = Atomic(level.rank)
        buffers = (0..<16).map { _ in Buffer() }
        loop = try Loop(name: "log")
    }

    /// From now on writes lines of this urgency.
    func change(to level: LogLevel) {
        self.level.store(level.rank, ordering: .relaxed)
    }

    /// Writes a line about something other than a request.
    func write(_ level: LogLevel, _ message: String, _ members: [(name: String, value: JSON)] = []) {
        write(level) { line in
            line.object { line in
                line.member("time", SystemClock.now.rfc3339)
                line.member("level", level.rawValue)
                line.member("message", message)
                for (name, value) in members { line.member(name, value) }
            }
        }
    }

    /// Writes a line that is made only if it is wanted.
    func write(_ level: LogLevel, _ body: (inout JSONWriter) -> Void) {
        guard level.rank <= self.level.load(ordering: .relaxed) else { return }
        var line = JSONWriter()
        body(&line)
        append(line.bytes)
        if level <= .warning {
            if !isUrgentFlushPlanned.exchange(true, ordering: .acquiringAndReleasing) { loop.post { self.flush() } }
        } else if !isFlushPlanned.exchange(true, ordering: .acquiringAndReleasing) {
            loop.post { self.loop.after(Self.pause) { self.flush() } }
        }
    }

    private func append(_ line: [UInt8]) {
        let buffer = buffers[(Loop.current?.number ?? 0) % buffers.count]
        buffer.lines.withLock { lines in
            guard lines.pending.count < Self.capacity else { return lines.dropped += 1 }
            lines.pending += line
            lines.pending.append(UInt8(ascii: "\n"))
        }
    }

    private func flush() {
        // Before the buffers are emptied: whoever appends from here on plans the next one.
        isFlushPlanned.store(false, ordering: .sequentiallyConsistent)
        isUrgentFlushPlanned.store(false, ordering: .sequentiallyConsistent)
        var dropped: Int64 = 0
        for buffer in buffers {
            let taken = buffer.lines.withLock { lines in
                defer { lines = ([], 0) }
                return lines
            }
            dropped += taken.dropped
            write(taken.pending)
        }
        if dropped > 0 { write(.warning, "log lines were dropped", [("count", .integer(dropped))]) }
    }

    /// Waits for a slow reader, but not for one that does not read while the server wants to end: a pipe takes a portion
    /// of this size at once when it says that it takes any.
    private func write(_ lines: [UInt8]) {
        var rest = lines[...]
        while !rest.isEmpty {
            var output = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
            if poll(&output, 1, 500) == 0 {
                if isClosing.load(ordering: .acquiring) { return }
                continue
            }
            Terminal.write(Array(rest.prefix(4096)), to: STDERR_FILENO)
            rest = rest.dropFirst(4096)
        }
    }

    /// Writes what is left, as far as somebody reads it, and ends the thread.
    func close() async {
        isClosing.store(true, ordering: .releasing)
        try? await loop.run { self.flush() }
        await loop.stop()
    }
}
