internal import Glibc

/// The operating system's user that the server runs as: PostgreSQL refuses root.
struct ServerUser: Sendable, Equatable {
    let id: uid_t
    let group: gid_t
    /// Whether Martlet runs as root and the server must not.
    let isSwitched: Bool

    /// - Parameter owner: whom existing data belongs to; it stays that user's.
    /// - Throws: `ClusterError.directory` when there is no unprivileged user at all.
    init(owner: (id: uid_t, group: gid_t)?) throws(ClusterError) {
        guard geteuid() == 0 else {
            self.init(id: geteuid(), group: getegid(), isSwitched: false)
            return
        }
        if let owner, owner.id != 0 {
            self.init(id: owner.id, group: owner.group, isSwitched: true)
            return
        }
        guard let entry = getpwnam("postgres") ?? getpwnam("nobody"), entry.pointee.pw_uid != 0 else {
            throw .directory(
                path: "/etc/passwd", reason: "neither postgres nor nobody is a user, and PostgreSQL refuses root")
        }
        self.init(id: entry.pointee.pw_uid, group: entry.pointee.pw_gid, isSwitched: true)
    }

    private init(id: uid_t, group: gid_t, isSwitched: Bool) {
        self.id = id
        self.group = group
        self.isSwitched = isSwitched
    }

    /// What stands before a command so that it runs as this user and ends (SIGINT: a fast shutdown) with the thread
    /// that has started it.
    var prefix: [String] {
        let switching = isSwitched ? ["--reuid", "\(id)", "--regid", "\(group)", "--clear-groups"] : []
        return ["/usr/bin/setpriv"] + switching + ["--pdeathsig", "INT", "--"]
    }
}
