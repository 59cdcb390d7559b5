internal import CLinux
internal import Glibc

/// Runs a program that takes a message on its standard input, and waits for it: for a lane, never for a loop. No shell is
/// anywhere near it.
enum MailProgram {
    /// How a run ended.
    enum Outcome: Sendable, Equatable {
        /// With this exit status.
        case exited(Int32)
        /// By a signal.
        case died(signal: Int32)
        /// It ran for too long and was killed.
        case tookTooLong
        /// It could not be started.
        case notStarted(reason: String)
    }

    /// What the program says is thrown away: it may name whom the message is for.
    ///
    /// - Parameters:
    ///   - arguments: the first is the program's path.
    ///   - input: what it reads, from a file in memory: a program that reads nothing holds nobody up.
    ///   - seconds: how long it may take.
    static func run(_ arguments: [String], input: String, atMost seconds: Int) -> Outcome {
        let message = linux_memory_file("mail")
        defer { if message >= 0 { close(message) } }
        guard message >= 0, write(input, to: message), lseek(message, 0, SEEK_SET) == 0 else {
            return .notStarted(reason: reason(errno))
        }
        var process = pid_t()
        let status = spawn(arguments, input: message, &process)
        guard status == 0 else { return .notStarted(reason: reason(status)) }
        guard hasEnded(process, within: seconds) else {
            kill(process, SIGKILL)
            _ = wait(for: process)
            return .tookTooLong
        }
        let end = wait(for: process)
        // Of a wait status the low seven bits are the signal, the next byte the exit status.
        guard end & 0x7F == 0 else { return .died(signal: end & 0x7F) }
        return .exited((end >> 8) & 0xFF)
    }

    private static func spawn(_ arguments: [String], input: Int32, _ process: inout pid_t) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        linux_spawn_in(&actions, "/")

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // A group of its own: a terminal's ^C is for Martlet, which lets the mail leave.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        // Programs such as msmtp look for their configuration in the home directory.
        var environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]
        if let home = getenv("HOME") { environment.append("HOME=\(String(cString: home))") }
        return withCStrings(arguments) { words in
            withCStrings(environment) { environment in
                posix_spawn(&process, arguments.first ?? "", &actions, &attributes, words, environment)
            }
        }
    }

    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Whether the process ends in time; a descriptor of it becomes readable then.
    private static func hasEnded(_ process: pid_t, within seconds: Int) -> Bool {
        let descriptor = linux_process_descriptor(process)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            guard left > 0 else { return false }
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&wait, 1, Int32(min(left.rounded(.up), 60_000)))
            if count > 0 { return true }
            if count < 0, errno != EINTR { return true }
        }
    }

    private static func wait(for process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }

    private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
