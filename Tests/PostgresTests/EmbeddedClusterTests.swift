import EventLoop
import Foundation
import TestDatabases
import Testing

@testable import Postgres

@Suite("Embedded cluster: private, and ended with its process", .serialized, .timeLimit(.minutes(3)))
struct EmbeddedClusterTests {
    private let lane = TestCluster.clusterLane

    private func start(_ directory: String) async throws -> EmbeddedCluster {
        try await EmbeddedCluster.start(in: directory, on: lane)
    }

    /// The postmaster's number; nil while there is none, or it is just being written.
    private func server(of directory: String) -> pid_t? {
        let text = try? String(contentsOfFile: "\(directory)/postgres/postmaster.pid", encoding: .utf8)
        return text?.split(separator: "\n").first.flatMap { pid_t($0) }
    }

    @Test("a second start keeps all data, with two roles, without a TCP port, never as root")
    func restart() async throws {
        let directory = ThrowAwayDatabase.directory()
        var cluster = try await start(directory)
        try await TestCluster.with(cluster.ownerConnection) { database, _ in
            _ = try await database.write("CREATE TABLE lasting AS SELECT 7::bigint AS n")
            _ = try await database.write("GRANT SELECT ON lasting TO martlet")
        }
        let owner = try FileManager.default.attributesOfItem(atPath: "/proc/\(try #require(server(of: directory)))")[
            .ownerAccountID]
        #expect((owner as? NSNumber)?.intValue != 0)
        await cluster.stop()
        #expect(!FileManager.default.fileExists(atPath: "\(directory)/postgres/postmaster.pid"))

        cluster = try await start(directory)
        try await TestCluster.with(cluster.connection) { database, _ in
            let row = try await database.read(
                """
                SELECT n, current_setting('listen_addresses'), current_setting('fsync'), current_user::text
                FROM lasting
                """
            ).exactlyOne()
            let values = try row.values(Int.self, String.self, String.self, String.self)
            #expect(values == (7, "", "on", "martlet"))
            await #expect(throws: DatabaseError.self) { try await database.write("CREATE TABLE mine (n int)") }
            await #expect(throws: DatabaseError.self) { try await database.write("DELETE FROM lasting") }
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/postgres")
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        await cluster.stop()
    }

    @Test("one directory serves one process at a time")
    func inUse() async throws {
        let directory = ThrowAwayDatabase.directory()
        let cluster = try await start(directory)
        await #expect(throws: ClusterError.self) { try await start(directory) }
        await cluster.stop()
    }

    @Test("a server that dies is started again")
    func restartedServer() async throws {
        let directory = ThrowAwayDatabase.directory()
        let cluster = try await start(directory)
        try await TestCluster.with(cluster.ownerConnection) { database, loop in
            let first = try await database.read("SELECT 1").count
            #expect(first == 1)
            kill(try #require(server(of: directory)), SIGKILL)
            var answer: Rows?
            while answer == nil, !cluster.hasEnded {
                answer = try? await database.write("SELECT 1")
                if answer == nil { try await loop.sleep(for: .milliseconds(20)) }
            }
            #expect(answer?.count == 1)
        }
        await cluster.stop()
    }

    @Test("a server left over from a killed process is ended first; a stale process file is no obstacle")
    func leftOver() async throws {
        let directory = ThrowAwayDatabase.directory()
        let place = try ClusterDirectory(directory)
        await (try await start(directory)).stop()

        // Another process's server, not ended with it.
        let user = try ServerUser(owner: place.owner)
        let programs = try ServerPrograms(version: place.version)
        let folder = try Descriptor(opening: place.cluster, O_RDONLY | O_DIRECTORY)
        let orphan = try ChildProcess(
            user.prefix + [
                programs.postgres, "-D", ClusterDirectory.pathForServer, "-k", ClusterDirectory.pathForServer, "-c",
                "listen_addresses=",
            ], directory: folder.number, log: place.log)
        while server(of: directory) != orphan.id { await Task.yield() }
        let reaper = Task.detached { orphan.wait() }
        let cluster = try await start(directory)
        #expect(await reaper.value == 0)
        await cluster.stop()

        // A file whose number belongs to somebody else by now: this very process.
        try "\(getpid())\n/nowhere\n1\n5432\n/tmp\n\n1 1\nready\n".write(
            toFile: "\(place.cluster)/postmaster.pid", atomically: false, encoding: .utf8)
        await (try await start(directory)).stop()
    }

    @Test("an initdb that was interrupted is begun anew")
    func interruptedMaking() async throws {
        let directory = ThrowAwayDatabase.directory()
        try FileManager.default.createDirectory(
            atPath: "\(directory)/postgres.unfinished/base", withIntermediateDirectories: true)
        await (try await start(directory)).stop()
    }

    @Test("a path too long for a socket, and one that cannot be made, are refused with a sentence")
    func refusals() async throws {
        let deep = "/tmp/martlet-pg-\(getpid())-" + String(repeating: "x", count: 90)
        do {
            _ = try await start(deep)
            Issue.record("was accepted")
        } catch {
            guard case .pathTooLong = error as? ClusterError else { throw error }
            #expect("\(error)".contains("too long"))
        }
        await #expect(throws: ClusterError.self) { try await start("/proc/nowhere/at/all") }
        #expect(throws: ClusterError.programsMissing(version: "7")) {
            try ServerPrograms(version: "7", debian: "/nowhere", path: "/nowhere")
        }
    }

    @Test("the highest version is taken: 16 before 9")
    func versions() throws {
        let root = ThrowAwayDatabase.directory()
        for version in ["9", "16", "15", "common"] {
            let folder = "\(root)/\(version)/bin"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for program in ["initdb", "postgres"] {
                let path = "\(folder)/\(program)"
                #expect(FileManager.default.createFile(atPath: path, contents: nil))
                chmod(path, 0o755)
            }
        }
        #expect(try ServerPrograms(version: nil, debian: root).initdb == "\(root)/16/bin/initdb")
        #expect(try ServerPrograms(version: "15", debian: root).postgres == "\(root)/15/bin/postgres")
    }
}
