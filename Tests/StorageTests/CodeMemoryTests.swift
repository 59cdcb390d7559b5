import Postgres
import Provider
import TestDatabases
import Testing

@Suite("CodeStore: codes on several servers, and codes of other hours")
struct CodeMemoryTests {
    /// A code that expires at `end`, issued with a grant that lives now.
    private func issue(_ world: World, endingAt end: Instant) async throws -> World.Issue {
        var issue = try await world.issued()
        issue.code.expiresAt = end
        issue.token = OpaqueToken(.authorizationCode, bucket: .hour(of: end), secret: world.bytes())
        issue.grant = Grant(
            copying: issue.grant, id: GrantID(bucket: issue.grant.id.bucket, random: world.name()))
        issue.code.grantID = issue.grant.id
        try await world.stores.codes.issue(issue.code, as: issue.token, grant: issue.grant)
        return issue
    }

    @Test("a code is redeemed by a server that did not issue it, and is used up for the one that did")
    func elsewhere() async throws {
        try await withTwoNodes { a, b in
            let issue = try await a.issued()
            #expect(try await b.redeem(issue) == .redeemed(issue.grant, issue.login.user))
            let replayed = CodeRedemption.alreadyRedeemed(issue.grant.id, issue.code.clientID)
            #expect(try await a.redeem(issue) == replayed)
            #expect(try await b.redeem(issue) == replayed)
        }
    }

    @Test("of 32 redemptions at once on two servers exactly one is the winner (CVE-2026-1035)")
    func race() async throws {
        try await withTwoNodes { a, b in
            for _ in 0..<4 {
                let issue = try await a.issued()
                let outcomes = try await atOnce(32) { try await ($0 % 2 == 0 ? a : b).redeem(issue) }
                let replayed = CodeRedemption.alreadyRedeemed(issue.grant.id, issue.code.clientID)
                #expect(outcomes.filter { $0 == .redeemed(issue.grant, issue.login.user) }.count == 1)
                #expect(outcomes.filter { $0 == replayed }.count == 31)
            }
        }
    }

    @Test("RFC 6749 §4.1.2: a code of an hour long past is found as redeemed already, or as expired")
    func longPast() async throws {
        let place = try await TestDatabase.fresh()
        try await ThrowAwayDatabase.on(place.ownerConnection) { owner in
            for days in 1...3 {
                _ = try await owner.write(
                    "SELECT make_partitions('authorization_codes', now() - \(days) * interval '1 day')")
            }
        }
        try await withTwoNodes(at: place) { a, b in
            for hours in [2, 5, 30, 48] {
                let end = a.now - hours * 3600
                let (used, unused) = (try await issue(a, endingAt: end), try await issue(a, endingAt: end))
                #expect(try await a.redeem(used, at: end - 30) == .redeemed(used.grant, used.login.user))
                let replayed = CodeRedemption.alreadyRedeemed(used.grant.id, used.code.clientID)
                for node in [a, b] {
                    #expect(try await node.redeem(used) == replayed)
                    #expect(try await node.redeem(unused) == .expired)
                    let forged = try await node.stores.codes.redeem(
                        OpaqueToken(.authorizationCode, bucket: used.token.bucket, secret: node.bytes()),
                        client: used.code.clientID, redirectURI: used.code.redirectURI, challenge: "challenge",
                        at: node.now)
                    #expect(forged == .unknown)
                }
            }
        }
    }
}
