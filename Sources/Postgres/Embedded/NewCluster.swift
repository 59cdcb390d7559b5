internal import Glibc

/// Makes the cluster with `initdb`: under another name first, so that one that was interrupted is not taken for whole.
struct NewCluster {
    private let programs: ServerPrograms
    private let user: ServerUser
    private let directory: ClusterDirectory
    private var unfinished: String { "\(directory.path)/postgres.unfinished" }

    init(_ programs: ServerPrograms, _ user: ServerUser, _ directory: ClusterDirectory) {
        self.programs = programs
        self.user = user
        self.directory = directory
    }

    /// - Throws: `ClusterError`.
    func make() throws(ClusterError) {
        let parent = try Descriptor(opening: directory.path, O_RDONLY | O_DIRECTORY)
        if access(unfinished, F_OK) == 0 {
            try run("rm", ["/bin/rm", "-rf", "--", unfinished], in: parent)
        }
        guard mkdir(unfinished, 0o700) == 0, chown(unfinished, user.id, user.group) == 0 else {
            throw failure(unfinished)
        }
        try run("initdb", initdb, in: try Descriptor(opening: unfinished, O_RDONLY | O_DIRECTORY))
        // initdb has synced what it wrote; the name must last as well.
        guard rename(unfinished, directory.cluster) == 0, fsync(parent.number) == 0 else {
            throw failure(directory.cluster)
        }
    }

    private var initdb: [String] {
        user.prefix + [
            programs.initdb, "-D", ClusterDirectory.pathForServer, "--username=postgres", "--encoding=UTF8",
            "--lc-collate=C", "--lc-ctype=C.UTF-8", "--lc-messages=C", "--data-checksums",
            // The directory is closed to everyone else.
            "--auth-local=trust", "--auth-host=reject",
        ]
    }

    private func run(_ name: String, _ command: [String], in folder: Descriptor) throws(ClusterError) {
        let process = try ChildProcess(command, directory: folder.number, log: directory.log)
        guard process.wait() == 0 else { throw .ended(program: name, log: directory.endOfLog) }
    }

    private func failure(_ path: String) -> ClusterError {
        .directory(path: path, reason: String(cString: strerror(errno)))
    }
}
