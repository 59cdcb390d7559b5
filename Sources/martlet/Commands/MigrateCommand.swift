internal import Configuration
internal import EventLoop
internal import JOSE
internal import Postgres
internal import Storage

/// `martlet migrate`: the schema as this program knows it, and the partitions of the coming days.
enum MigrateCommand {
    static func run(_ call: Invocation, _ deployment: Deployment) async throws {
        let loop = try Loop(name: "command")
        let lane = Lane(name: "slow", threads: 2, capacity: 2)
        let access = try await DatabaseAccess.open(deployment, joining: true, on: lane)
        let serving = Database(on: loop, lane: lane, configuration: .command(access.serving))
        let outcome: Result<MigrationReport, any Error>
        do {
            outcome = .success(
                try await loop.run {
                    let role = try await DatabaseAccess.role(of: serving, on: loop)
                    let report = try await access.migrate(servingAs: role, on: lane)
                    _ = try await Partitions(on: serving).ensure()
                    return report
                })
        } catch {
            outcome = .failure(error)
        }
        await serving.close()
        await access.close()
        print(try outcome.get(), json: call.wantsJSON)
    }

    private static func print(_ report: MigrationReport, json: Bool) {
        if json {
            Answer.print(
                [
                    "applied": .array(report.applied.map { .string($0) }),
                    "present": .array(report.present.map { .string($0) }),
                    "newer": .array(report.newer.map { .string($0) }),
                ], json: true)
            return
        }
        for name in report.applied { Terminal.print("applied \(name)\n") }
        Terminal.print("The schema is up to date: \(report.applied.count) applied, \(report.present.count) before.\n")
    }
}
