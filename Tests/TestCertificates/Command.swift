internal import CLinux
internal import Glibc

/// Runs a program to its end. Not Foundation's `Process`, which looks through the process's descriptors in a way that
/// crashes when other tests open and close many at the same time.
public enum Command {
    /// What it printed on both outputs, and how it ended.
    public struct Outcome: Sendable {
        /// Standard output and standard error as they came.
        public let output: String
        /// The exit status; -1 for a signal.
        public let status: Int32
    }

    /// It could not be started.
    public struct NotStarted: Error {
        /// The `errno`.
        public let code: Int32
    }

    /// Runs `program`, which finds `input` on its standard input.
    public static func run(
        _ program: String, _ arguments: [String], input: String = ""
    ) throws -> Outcome {
        var standardInput: [Int32] = [-1, -1]
        var standardOutput: [Int32] = [-1, -1]
        guard linux_pipe(&standardInput) == 0, linux_pipe(&standardOutput) == 0 else { throw NotStarted(code: errno) }
        for descriptor in standardInput + standardOutput { _ = fcntl(descriptor, F_SETFL, 0) }
        let child: pid_t
        do {
            defer {
                close(standardInput[0])
                close(standardOutput[1])
            }
            child = try spawn(program, arguments, standardInput[0], standardOutput[1])
        }
        write(input, to: standardInput[1])
        close(standardInput[1])
        let output = readAll(from: standardOutput[0])
        close(standardOutput[0])
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return Outcome(output: output, status: status & 0x7F == 0 ? status >> 8 & 0xFF : -1)
    }

    private static func spawn(
        _ program: String, _ arguments: [String], _ input: Int32, _ output: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, program, &actions, nil, &words, environ)
        guard status == 0 else { throw NotStarted(code: status) }
        return child
    }

    /// A program that has ended already takes no input: no failure of ours.
    private static func write(_ text: String, to descriptor: Int32) {
        signal(SIGPIPE, SIG_IGN)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func readAll(from descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                bytes += buffer.prefix(count)
            } else if count == 0 || errno != EINTR {
                return String(decoding: bytes, as: UTF8.self)
            }
        }
    }
}
