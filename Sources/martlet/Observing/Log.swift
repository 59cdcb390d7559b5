internal import Configuration
internal import EventLoop
internal import Glibc
internal import JOSE
internal import Provider
internal import Synchronization

/// The server's log: one JSON object a line on standard error.
///
/// Whoever writes only appends to a buffer; a thread of its own waits for a slow reader. When the buffer is full, lines
/// are dropped and counted rather than requests held up.
final class Log: Sendable {
    private struct State {
        var level: LogLevel
        var pending: [UInt8] = []
        var dropped: Int64 = 0
    }

    private static let capacity = 4 << 20
    private let state: Mutex<State>
    private let loop: Loop

    /// - Throws: `LoopError` when there is no thread for it.
    init(level: LogLevel) throws {
        state = Mutex(State(level: level))
        loop = try Loop(name: "log")
    }

    /// From now on writes lines of this urgency.
    func change(to level: LogLevel) {
        state.withLock { $0.level = level }
    }

    /// Writes a line about something other than a request.
    func write(_ level: LogLevel, _ message: String, _ members: [(name: String, value: JSON)] = []) {
        write(level) {
            let head: [(name: String, value: JSON)] = [
                ("time", .string(SystemClock.now.rfc3339)), ("level", .string(level.rawValue)),
                ("message", .string(message)),
            ]
            return .object(JSONObject(head + members))
        }
    }

    /// Writes a line that is made only if it is wanted.
    func write(_ level: LogLevel, line: () -> JSON) {
        guard state.withLock({ level <= $0.level }) else { return }
        var writer = JSONWriter()
        writer.value(line())
        append(writer.bytes)
    }

    private func append(_ line: [UInt8]) {
        let isFirst = state.withLock { state in
            guard state.pending.count < Self.capacity else {
                state.dropped += 1
                return false
            }
            let isFirst = state.pending.isEmpty
            state.pending += line
            state.pending.append(UInt8(ascii: "\n"))
            return isFirst
        }
        if isFirst { loop.post { self.flush() } }
    }

    private func flush() {
        let (lines, dropped) = state.withLock { state in
            defer { (state.pending, state.dropped) = ([], 0) }
            return (state.pending, state.dropped)
        }
        Terminal.write(lines, to: STDERR_FILENO)
        if dropped > 0 { write(.warning, "log lines were dropped", [("count", .integer(dropped))]) }
    }

    /// Writes what is left and ends the thread.
    func close() async {
        try? await loop.run { self.flush() }
        await loop.stop()
    }
}
