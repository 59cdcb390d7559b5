import Testing

@testable import Postgres

@Suite("Connection strings: what may be a password is not told, wherever it stands (libpq, Connection URIs)")
struct ConnectionStringTests {
    @Test(
        "What libpq can read",
        arguments: [
            "", "host=/run/postgresql user=martlet", "postgresql:///martlet?host=/run/@x&user=owner",
            "postgresql://m:hunter2@db.example:5432/martlet", "postgres://m:h%2Funter%402@db.example",
            "postgresql://m@a:1,b:2,c/martlet?target_session_attrs=any", "host=a,b,c port=1,,3",
            "postgresql://[::1]:5432/m",
            "postgresql://m:hun:ter?2@db.example/m", "host=a password=x/y@z port=65535",
        ])
    func readable(text: String) {
        #expect(ConnectionString.isWellFormed(text))
    }

    @Test(
        "What it cannot read, and what it would read a part of the password in as host, port or name",
        arguments: [
            "postgresql://m:hunter2/x@db.example/m", "postgresql://m:1234/x@db.example/m",
            "postgres://m:hunter2/x@db.example", "postgresql://m:hun@ter2@db.example/m",
            "postgresql://m:a@b/c@db.example/m",
            "postgresql://m:hunter2", "postgresql://m:pa?ss@x@db.example/m", "host=a port=hunter2", "host=a port=0",
            "host=a port=65536", "host=a password=x hunter2", "hunter2", "postgresql://%zz",
        ])
    func unreadable(text: String) {
        #expect(!ConnectionString.isWellFormed(text))
        #expect(throws: DatabaseError.unavailable(reason: "libpq cannot read the connection string")) {
            _ = try Connection.open(text, applicationName: "test", session: "")
        }
    }

    @Test(
        "A setting that libpq refuses is not repeated",
        arguments: [
            "sslmode", "target_session_attrs", "channel_binding", "keepalives_idle", "ssl_min_protocol_version",
        ])
    func refused(keyword: String) throws {
        let server = "host=/tmp/martlet-nowhere "
        do {
            _ = try Connection.open(server + "\(keyword)='hunter2\"hunter2'", applicationName: "test", session: "")
            Issue.record("it connected")
        } catch {
            guard case .unavailable(let reason) = error else { throw error }
            #expect(!reason.contains("hunter2") && !reason.isEmpty)
        }
    }

    @Test("What is wrong with the way to a server is told whole")
    func told() {
        for message in [
            "connection to server at \"db.example\", port 5432 failed: FATAL:  role \"m\" does not exist",
            "could not translate host name \"db.example\" to address: Name or service not known", "out of memory",
        ] { #expect(ConnectionString.tellable(message) == message) }
        let refused = ConnectionString.tellable("invalid sslmode value: \"hun\"ter2\"; and more")
        #expect(refused == "invalid sslmode value: (not told)")
    }
}
