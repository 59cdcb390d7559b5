internal import CLinux
internal import Glibc

/// What an earlier life may have left: a server that is still shutting down after Martlet was killed, or a
/// `postmaster.pid` whose number another process has got meanwhile. Only looked at with the directory locked.
enum FormerServer {
    /// Ends whatever still works in the cluster's directory, so that a new server can start.
    /// - Throws: `ClusterError.orphan` when something does not end even when killed.
    static func end(in directory: ClusterDirectory) throws(ClusterError) {
        let processFile = "\(directory.cluster)/postmaster.pid"
        let server = ClusterDirectory.read(processFile)?
            .split(separator: "\n").first.flatMap { pid_t($0) }
        if let server, isAtWork(server, in: directory) {
            // A fast shutdown, then one without a checkpoint.
            for (signal, milliseconds) in [(SIGINT, 10_000), (SIGQUIT, 5_000)] {
                kill(server, signal)
                if waitForEnd(of: server, milliseconds: Int32(milliseconds)) { break }
            }
        }
        // Without their parent, the others end by themselves, but not always at once.
        for process in processes() where isAtWork(process, in: directory) {
            if !waitForEnd(of: process, milliseconds: 2_000) { kill(process, SIGKILL) }
            guard waitForEnd(of: process, milliseconds: 5_000) else { throw .orphan(process: process) }
        }
        // PostgreSQL itself forgives a file of a process that is no more, not one of a number given away again.
        if let server, kill(server, 0) == 0 || errno == EPERM { unlink(processFile) }
    }

    /// Every process of a server works inside the cluster's directory.
    private static func isAtWork(_ process: pid_t, in directory: ClusterDirectory) -> Bool {
        guard let path = realpath("/proc/\(process)/cwd", nil) else { return false }
        defer { free(path) }
        return String(cString: path) == directory.cluster
    }

    private static func processes() -> [pid_t] {
        ClusterDirectory.names(in: "/proc").compactMap { pid_t($0) }.filter { $0 != getpid() }
    }

    private static func waitForEnd(of process: pid_t, milliseconds: Int32) -> Bool {
        let descriptor = linux_process_descriptor(process)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&event, 1, milliseconds) > 0
    }
}
