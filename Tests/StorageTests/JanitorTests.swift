import EventLoop
import Postgres
import Provider
import Storage
import TestDatabases
import Testing

@Suite("Janitor")
struct JanitorTests {
    /// Adds a partition of the given bucket, as if it had been made then.
    private func addPartition(_ table: String, _ bucket: Int32, _ database: Database) async throws {
        _ = try await database.write(
            "SELECT make_partitions(\(table), to_timestamp((\(bucket) + 1) * 86400.0))")
    }

    private func partitions(_ table: String, before bucket: Int32, _ database: Database) async throws -> Int {
        try await database.read(
            "SELECT count(*) FROM partitions WHERE table_name = \(table) AND first < \(bucket)"
        ).exactlyOne().value(0)
    }

    @Test("partitions past their time leave and are dropped, the others stay")
    func expired() async throws {
        let place = try await TestDatabase.fresh()
        try await withStores(at: place) { world in
            let today = Bucket.day(of: world.now).value
            try await ThrowAwayDatabase.on(place.ownerConnection) { owner in
                try await addPartition("grants", today - 20, owner)
                #expect(try await partitions("grants", before: today - 1, owner) > 0)
                let before = try await partitions("grants", before: .max, owner)
                let report = try await Janitor(owner: owner).sweep()
                #expect(report.postponed.isEmpty)
                #expect(report.detached.filter { $0.hasPrefix("grants_") } == report.dropped)
                #expect(try await partitions("grants", before: today - 1, owner) == 0)
                let after = try await partitions("grants", before: .max, owner)
                #expect(after == before - report.dropped.count)
                #expect(try await Janitor(owner: owner).sweep() == Janitor.Report())
            }
            _ = try await world.issued()
        }
    }

    @Test("a sweep that was interrupted while a reader was in the way is finished by the next one")
    func interrupted() async throws {
        let place = try await TestDatabase.fresh()
        try await withStores(at: place) { world in
            let today = Bucket.day(of: world.now).value
            try await ThrowAwayDatabase.on(place.ownerConnection) { owner in
                try await addPartition("grants", today - 20, owner)
            }
            try await world.database.transaction { (transaction) throws(DatabaseError) in
                _ = try await transaction.query("SELECT count(*) FROM grants")
                do {
                    let report = try await impatientSweep(place)
                    #expect(report.detached.isEmpty)
                    #expect(!report.postponed.isEmpty)
                } catch {
                    Issue.record(error)
                }
            }
            try await ThrowAwayDatabase.on(place.ownerConnection) { owner in
                let report = try await Janitor(owner: owner).sweep()
                #expect(report.postponed.isEmpty)
                #expect(report.detached == report.dropped)
                #expect(try await partitions("grants", before: today - 1, owner) == 0)
            }
        }
    }

    /// A sweep by somebody who waits for a reader no longer than half a second.
    private func impatientSweep(_ place: ThrowAwayDatabase) async throws -> Janitor.Report {
        let loop = try Loop(name: "janitor")
        var configuration = DatabaseConfiguration.upkeep(place.ownerConnection)
        configuration.statementTimeout = .milliseconds(500)
        let database = Database(on: loop, lane: ThrowAwayDatabase.lane, configuration: configuration)
        let report = try await loop.run { try await Janitor(owner: database).sweep() }
        await database.close()
        await loop.stop()
        return report
    }

    @Test("seeds are erased when their window has closed, and not before")
    func seeds() async throws {
        let place = try await TestDatabase.fresh()
        try await withStores(at: place) { world in
            var tokens: [OpaqueToken] = []
            for grace in [-60, 600] {
                let minted = try await world.minted()
                tokens.append(minted.token)
                let rotation = RefreshRotation(
                    presented: minted.token, client: minted.grant.clientID, seed: world.bytes(),
                    successorHash: world.bytes(), idleExpiresAt: world.now + 60, graceEndsAt: world.now + grace,
                    now: world.now)
                guard case .refreshed = try await world.stores.tokens.rotate(rotation) else {
                    return #expect(Bool(false), "not rotated")
                }
            }
            let report = try await ThrowAwayDatabase.on(place.ownerConnection) { try await Janitor(owner: $0).sweep() }
            #expect(report.seeds == 1)
            let left = try await world.database.read("SELECT hash FROM refresh_tokens WHERE seed IS NOT NULL")
            #expect(try left.map { try $0.value(0, as: [UInt8].self) } == [tokens[1].hash])
        }
    }
}
