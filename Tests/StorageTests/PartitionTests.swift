import Foundation
import Postgres
import Provider
import Storage
import TestDatabases
import Testing

@Suite("Partitions")
struct PartitionTests {
    /// Noon of a day, counted from the epoch.
    private func noon(_ day: Int32) -> Instant { Instant(seconds: Int64(day) * 86_400 + 43_200) }

    @Test("through 500 days of upkeep no range overlaps, each lifetime finds its place, and 60 partitions are enough")
    func arithmetic() async throws {
        let place = try await TestDatabase.fresh(prepared: false)
        _ = try await Schema(ownerConnection: place.ownerConnection, servingRole: "martlet").migrate(
            on: ThrowAwayDatabase.lane)
        try await ThrowAwayDatabase.on(place.ownerConnection) { database in
            // Every wanted range of 500 days at once, by the function that makes them; made as rows instead of tables.
            let today = Bucket.day(of: Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))).value
            var made: Set<ClosedRange<Int32>> = []
            for day in today..<today + 500 {
                let rows = try await database.read(
                    """
                    SELECT wanted.first, wanted.past FROM partition_plans plan,
                        wanted_partitions(plan, \(noon(day)), true) wanted
                    WHERE plan.table_name = 'grants'
                    """)
                for row in rows {
                    let (first, past) = try row.values(Int32.self, Int32.self)
                    #expect(past == first + 1, "single days cannot overlap")
                    made.insert(first...past - 1)
                }
                // Partitions past their time are gone.
                let live = made.filter { $0.upperBound >= day - 1 }
                #expect(live.count < 60)
                // A bucket that is chosen at any time of the day, or by a server whose upkeep has failed for six days.
                for lateness in [Int32(0), 6] {
                    for days in 0...400 {
                        let now = noon(day + lateness)
                        let bucket = Bucket.day(of: now + days * 86_400, from: now).value
                        #expect(made.contains(bucket...bucket), "day \(day) + \(days)")
                    }
                }
            }
        }
    }

    @Test("a bucket beyond the near days is the last day of its month, and never before the end")
    func buckets() {
        let now = noon(20_778)
        for days in 0...430 {
            let end = now + days * 86_400
            let (day, bucket) = (Bucket.day(of: end).value, Bucket.day(of: end, from: now).value)
            #expect(bucket >= day)
            #expect(days > 28 ? bucket - day <= 30 : bucket == day)
            guard days > 28 else { continue }
            // The day after it is the first of a month.
            #expect(noon(bucket + 1).rfc3339.dropFirst(8).hasPrefix("01T"))
        }
    }

    @Test("partitions are made once, by however many servers at the same time")
    func race() async throws {
        let place = try await TestDatabase.fresh(prepared: false)
        _ = try await Schema(ownerConnection: place.ownerConnection, servingRole: "martlet").migrate(
            on: ThrowAwayDatabase.lane)
        try await ThrowAwayDatabase.on(place.connection) { database in
            let made = try await atOnce(4) { _ in try await Partitions(on: database).ensure() }
            #expect(made.filter { $0 > 0 }.isEmpty == false)
            let count = try await database.read("SELECT count(*) FROM partitions").exactlyOne().value(0, as: Int.self)
            #expect(made.reduce(0, +) == count)
            #expect(try await Partitions(on: database).ensure() == 0)
            let tables = try await database.read(
                "SELECT table_name, count(*) FROM partitions GROUP BY table_name HAVING count(*) >= 60")
            #expect(tables.isEmpty)
        }
    }

    @Test("there is no default partition: a row without a place is refused")
    func noDefault() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            var access = world.accessToken(issue.grant)
            access.expiresAt = world.now + 60 * 86_400
            let error = await refusal { [access] () throws(OAuthError) in
                try await world.stores.tokens.record(access, refresh: nil, world.record())
            }
            #expect(error?.code == .serverError)
        }
    }

    @Test("an access token of the longest life that a client may be given finds its place")
    func longAccessToken() async throws {
        try await withStores { world in
            let issue = try await world.issued(offline: true)
            let access = world.accessToken(issue.grant, lifetime: 30 * 86_400)
            try await world.stores.tokens.record(access, refresh: nil, world.record())
            #expect(try await world.state(access)?.isActive == true)
        }
    }

    @Test("grants and their refresh tokens find a place for every lifetime up to 400 days")
    func lifetimes() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let template = try await world.issued(login, offline: true)
            _ = try await atOnce(58) { step in
                let end = world.now + step * 7 * 86_400
                var grant = Grant(
                    copying: template.grant, id: GrantID(bucket: .day(of: end, from: world.now), random: world.name()))
                grant.expiresAt = end
                let token = OpaqueToken(.authorizationCode, bucket: template.token.bucket, secret: world.bytes())
                try await world.stores.codes.issue(template.code, as: token, grant: grant)
                try await world.stores.tokens.record(
                    world.accessToken(grant), refresh: world.refreshToken(grant), world.record())
            }
        }
    }
}
