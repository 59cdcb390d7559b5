internal import Glibc

/// The roles and the database of an embedded cluster, made once: one role owns the schema, the other serves.
enum ClusterRoles {
    /// Waits, blocking, until the server takes connections, and makes what is missing.
    /// - Parameter unless: a reason to give up waiting.
    /// - Throws: `ClusterError`.
    static func make(through connection: String, unless: () -> ClusterError?) throws(ClusterError) {
        let session = try connect(connection, unless)
        do {
            for role in ["martlet_owner", "martlet"] {
                let exists = try session.query("SELECT 1 FROM pg_roles WHERE rolname = \(role)::text")
                // The names are the two above; CREATE ROLE takes no parameters.
                if exists.isEmpty { try session.run(script: Array("CREATE ROLE \(role) LOGIN".utf8)) }
            }
            if try session.query("SELECT 1 FROM pg_database WHERE datname = 'martlet'").isEmpty {
                _ = try session.query("CREATE DATABASE martlet OWNER martlet_owner")
            }
        } catch {
            throw .setUp(error)
        }
    }

    /// A server says that it is ready only by taking a connection; recovery after a crash may take minutes.
    private static func connect(_ connection: String, _ unless: () -> ClusterError?) throws(ClusterError)
        -> BlockingSession
    {
        while true {
            if let session = try? BlockingSession(connection, applicationName: "martlet setup") { return session }
            if let reason = unless() { throw reason }
            poll(nil, 0, 10)
        }
    }
}
