internal import CLinux
internal import Glibc

/// A program that this process has started.
struct ChildProcess {
    let id: pid_t

    /// Starts a program: its own process group (a terminal's ^C is for Martlet, which stops the server when it has
    /// drained), no signal blocked or ignored, both outputs appended to the log.
    /// - Parameters:
    ///   - arguments: the first is the program's path.
    ///   - directory: an open descriptor that the program gets as number `directoryNumber`.
    /// - Throws: `ClusterError.ended`, when the program cannot even be started.
    init(_ arguments: [String], directory: Int32, log: String) throws(ClusterError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_adddup2(&actions, directory, Self.directoryNumber)
        // Its user may not be allowed to be where Martlet is.
        linux_spawn_in(&actions, "/")

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        var id = pid_t()
        let program = arguments[0]
        let status = Self.withCStrings(arguments) { arguments in
            Self.withCStrings(["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"]) { environment in
                posix_spawn(&id, program, &actions, &attributes, arguments, environment)
            }
        }
        guard status == 0 else { throw .ended(program: program, log: String(cString: strerror(status))) }
        self.id = id
    }

    /// The number under which the program finds its directory. Above what a shell uses itself.
    static let directoryNumber: Int32 = 9

    /// Waits, blocking, until the program has ended.
    /// - Returns: its wait status; 0 is success.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return status
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
