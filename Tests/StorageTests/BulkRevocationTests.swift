import Postgres
import Provider
import TestDatabases
import Testing

/// Tokens of all kinds of one client and its users, and what introspection says of them.
private struct Crowd: Sendable {
    let world: World
    let client: Client
    let logins: [World.Login]
    var access: [AccessToken] = []
    var refresh: [(row: RefreshToken, token: OpaqueToken)] = []

    init(_ world: World, users: Int = 2) async throws {
        self.world = world
        var logins: [World.Login] = []
        let client = try await world.registered()
        for _ in 0..<users {
            var login = try await world.loggedIn()
            login.client = client
            logins.append(login)
        }
        self.client = client
        self.logins = logins
    }

    /// A token of the client itself.
    mutating func addOwn(at moment: Instant, lifetime: Int = 3600) async throws {
        let token = AccessToken(
            id: TokenID(world.name()), clientID: client.id, userID: nil, grantID: nil, scopes: ScopeList(["x"]),
            audience: ["a"], issuedAt: moment, expiresAt: Instant(seconds: moment.seconds + Int64(lifetime)))
        try await world.stores.tokens.record(token, refresh: nil, world.record(at: moment))
        access.append(token)
    }

    /// Tokens of a user, of a grant of their own.
    @discardableResult
    mutating func addGranted(_ user: Int, at moment: Instant, offline: Bool = false) async throws -> World.Issue {
        let issue = try await world.issued(logins[user], offline: offline)
        try await add(to: issue, at: moment)
        return issue
    }

    mutating func add(to issue: World.Issue, at moment: Instant) async throws {
        var token = world.accessToken(issue.grant)
        token.issuedAt = moment
        var refresh = world.refreshToken(issue.grant)
        refresh.row.issuedAt = moment
        refresh.row.idleExpiresAt = world.now + 7200
        try await world.stores.tokens.record(token, refresh: refresh, world.record(at: moment))
        access.append(token)
        self.refresh.append(refresh)
    }

    /// Which are alive, by the checks of a node.
    func alive(on node: World? = nil, at moment: Instant) async throws -> Set<String> {
        let node = node ?? world
        var alive: Set<String> = []
        for token in access where try await node.state(token, at: moment)?.isActive == true {
            alive.insert(token.id.text)
        }
        for (_, token) in refresh
        where try await node.stores.tokens.refreshToken(token, at: moment)?.isActive == true {
            alive.insert(token.text)
        }
        return alive
    }
}

@Suite("IssuedTokenStore: revoking many at once")
struct BulkRevocationTests {
    /// Own tokens and users' tokens, some of them dead already for every reason there is.
    private func crowd(_ world: World) async throws -> Crowd {
        var crowd = try await Crowd(world)
        for age in [600, 300, 1] { try await crowd.addOwn(at: world.now - age) }
        try await crowd.addOwn(at: world.now - 7200)
        try await crowd.addOwn(at: world.now - 30)
        _ = try await world.stores.tokens.revoke(
            crowd.access[4].id, bucket: crowd.access[4].bucket, world.record())
        for user in 0..<2 {
            try await crowd.addGranted(user, at: world.now - 500)
            try await crowd.addGranted(user, at: world.now - 100, offline: true)
        }
        let dead = try await crowd.addGranted(0, at: world.now - 50)
        try await crowd.add(to: dead, at: world.now - 40)
        _ = try await world.stores.tokens.revoke(dead.grant.id, world.record())
        // Used, and good for a repeat; then its successor.
        let rotated = try await crowd.addGranted(1, at: world.now - 20)
        let presented = try #require(crowd.refresh.last?.token)
        let rotation = world.rotation(of: presented, rotated.grant, at: world.now - 5)
        let seed = try #require(standingSeed(try await world.stores.tokens.rotate(rotation)))
        var successor = try #require(crowd.refresh.last?.row)
        successor.issuedAt = world.now - 5
        crowd.refresh.append((successor, world.successor(of: presented, seed: seed)))
        return crowd
    }

    /// What a revocation says, dry and wet, is what introspection finds, on this node and on another that has it all in
    /// memory; what is issued a millisecond later lives.
    private func check(_ a: World, _ b: World, _ reach: (Crowd) -> BulkRevocation) async throws {
        var crowd = try await crowd(a)
        let stranger = try await a.minted()
        let reach = reach(crowd)
        let now = a.now + 1
        let before = try await crowd.alive(at: now)
        #expect(try await crowd.alive(on: b, at: now) == before)
        let expected = try await a.stores.issued.count(reach, at: now)
        #expect(try await crowd.alive(at: now) == before)

        let record = a.record(at: now)
        #expect(try await a.stores.issued.revoke(reach, record) == expected)
        #expect(try await a.written(record) == [1, 1])
        let after = try await crowd.alive(at: now)
        #expect(after.isSubset(of: before))
        #expect(before.count - after.count == expected)
        #expect(expected > 0)
        #expect(try await crowd.alive(on: b, at: now) == after)
        // Again there is nothing left to revoke.
        #expect(try await b.stores.issued.count(reach, at: now) == 0)
        #expect(try await b.stores.issued.revoke(reach, b.record(at: now)) == 0)

        let later = Instant(milliseconds: (reach.issuedBefore ?? now).milliseconds + 1)
        try await crowd.addOwn(at: later)
        try await crowd.addGranted(0, at: later)
        #expect(try await crowd.alive(at: now).count == after.count + 3)
        #expect(try await a.state(stranger.access)?.isActive == true)
    }

    @Test("all of a client")
    func client() async throws {
        try await withTwoNodes { a, b in
            try await check(a, b) { BulkRevocation(clientID: $0.client.id) }
        }
    }

    @Test("those of a client that were issued before a moment", arguments: [-400, -60, -20, -1])
    func clientBefore(seconds: Int) async throws {
        try await withTwoNodes { a, b in
            try await check(a, b) { BulkRevocation(clientID: $0.client.id, issuedBefore: a.now + seconds) }
        }
    }

    @Test("all of a user, and of a user with one client")
    func user() async throws {
        try await withTwoNodes { a, b in
            try await check(a, b) { BulkRevocation(userID: $0.logins[1].user.id) }
            try await check(a, b) { BulkRevocation(clientID: $0.client.id, userID: $0.logins[1].user.id) }
        }
    }

    @Test("those of a user that were issued before a moment", arguments: [-300, -10])
    func userBefore(seconds: Int) async throws {
        try await withTwoNodes { a, b in
            try await check(a, b) {
                BulkRevocation(userID: $0.logins[1].user.id, issuedBefore: a.now + seconds)
            }
        }
    }

    @Test("those of every client that were issued before a moment")
    func everybody() async throws {
        let place = try await TestDatabase.fresh()
        try await withTwoNodes(at: place) { a, b in
            var (one, other) = (try await Crowd(a), try await Crowd(a))
            for age in [100, 10] {
                try await one.addOwn(at: a.now - age)
                try await other.addOwn(at: a.now - age)
                try await other.addGranted(0, at: a.now - age)
            }
            let reach = BulkRevocation(issuedBefore: a.now - 50)
            #expect(try await b.stores.issued.count(reach, at: b.now) == 4)
            #expect(try await a.stores.issued.revoke(reach, a.record()) == 4)
            #expect(try await one.alive(on: b, at: a.now).count == 1)
            #expect(try await other.alive(on: b, at: a.now).count == 3)
            #expect(try await a.stores.issued.revoke(BulkRevocation(), a.record(at: a.now + 1)) == 4)
            #expect(try await one.alive(on: b, at: a.now + 1).isEmpty)
            #expect(try await other.alive(on: b, at: a.now + 1).isEmpty)
        }
    }

    @Test("one grant, by whatever else is said of it")
    func grant() async throws {
        try await withTwoNodes { a, b in
            var crowd = try await Crowd(a)
            let issue = try await crowd.addGranted(0, at: a.now - 10)
            try await crowd.addGranted(0, at: a.now - 10)
            let (user, client) = (issue.login.user.id, crowd.client.id)
            let others = [
                BulkRevocation(userID: crowd.logins[1].user.id, grantID: issue.grant.id),
                BulkRevocation(clientID: ClientID("another"), grantID: issue.grant.id),
                BulkRevocation(grantID: GrantID(bucket: issue.grant.id.bucket, random: "unknown")),
                BulkRevocation(grantID: GrantID(bucket: Bucket(1), random: issue.grant.id.random)),
                BulkRevocation(clientID: ClientID("nobody")), BulkRevocation(userID: UserID("nobody")),
            ]
            for other in others { #expect(try await a.stores.issued.revoke(other, a.record()) == 0) }
            #expect(try await crowd.alive(at: a.now).count == 4)
            let reach = BulkRevocation(clientID: client, userID: user, grantID: issue.grant.id)
            #expect(try await b.stores.issued.revoke(reach, b.record()) == 2)
            #expect(try await crowd.alive(at: a.now).count == 2)
        }
    }

    @Test("without a moment the grants die with their tokens: no code, no refresh, nothing more comes of them")
    func families() async throws {
        try await withTwoNodes { a, b in
            for byClient in [true, false] {
                var crowd = try await Crowd(a)
                let issue = try await crowd.addGranted(0, at: a.now - 10)
                let pending = try await a.issued(crowd.logins[0])
                let reach =
                    byClient
                    ? BulkRevocation(clientID: crowd.client.id) : BulkRevocation(userID: crowd.logins[0].user.id)
                #expect(try await b.stores.issued.revoke(reach, b.record(at: a.now + 1)) == 2)
                #expect(try await a.redeem(pending) == .expired)
                let rotation = a.rotation(of: crowd.refresh[0].token, issue.grant)
                #expect(try await a.stores.tokens.rotate(rotation) == .dead)
                // As a refresh does that had looked before the revocation.
                try await crowd.add(to: issue, at: a.now + 60)
                #expect(try await crowd.alive(at: a.now + 60).isEmpty)
            }
        }
    }

    @Test("a refresh token of before the moment is refused, rotated or not, and one of after it goes on")
    func refresh() async throws {
        try await withStores { world in
            var crowd = try await Crowd(world)
            let issue = try await crowd.addGranted(0, at: world.now - 100)
            try await crowd.add(to: issue, at: world.now - 10)
            let reach = BulkRevocation(clientID: crowd.client.id, issuedBefore: world.now - 50)
            #expect(try await world.stores.issued.revoke(reach, world.record()) == 2)
            let (old, new) = (crowd.refresh[0].token, crowd.refresh[1].token)
            #expect(try await world.stores.tokens.rotate(world.rotation(of: old, issue.grant)) == .dead)
            let touch = try await world.stores.tokens.touch(
                old, client: crowd.client.id, idleExpiresAt: world.now + 60, at: world.now)
            #expect(touch == .dead)
            let rotation = world.rotation(of: new, issue.grant)
            #expect(standingSeed(try await world.stores.tokens.rotate(rotation)) == rotation.seed)
        }
    }

    @Test("a used token of before the moment that comes back late is told as reuse: its family has a live member")
    func reuse() async throws {
        try await withStores { world in
            var crowd = try await Crowd(world)
            let issue = try await crowd.addGranted(0, at: world.now - 100)
            let old = crowd.refresh[0].token
            _ = try await world.stores.tokens.rotate(world.rotation(of: old, issue.grant, at: world.now - 60))
            let reach = BulkRevocation(clientID: crowd.client.id, issuedBefore: world.now - 80)
            // The refresh token had been used, so it is the access token alone.
            #expect(try await world.stores.issued.revoke(reach, world.record()) == 1)
            #expect(
                try await world.stores.tokens.rotate(world.rotation(of: old, issue.grant))
                    == .reused(issue.grant.id, issue.grant.userID))
        }
    }

    @Test("the later of two moments counts, whichever came first, and a client of the same id begins anew")
    func moments() async throws {
        try await withStores { world in
            var crowd = try await Crowd(world)
            for age in [300, 200, 100] { try await crowd.addOwn(at: world.now - age) }
            func revoke(_ seconds: Int) async throws -> Int {
                try await world.stores.issued.revoke(
                    BulkRevocation(clientID: crowd.client.id, issuedBefore: world.now - seconds), world.record())
            }
            #expect(try await revoke(150) == 2)
            #expect(try await revoke(250) == 0)
            #expect(try await crowd.alive(at: world.now) == [crowd.access[2].id.text])
            #expect(try await world.stores.clients.delete(crowd.client.id, world.record()))
            let reach = BulkRevocation(clientID: crowd.client.id)
            #expect(try await world.stores.issued.revoke(reach, world.record()) == 0)
            var again = crowd.client
            again.createdAt = world.now + 1
            try await world.stores.clients.register(again, secret: nil, world.record())
            #expect(try await world.stores.issued.count(reach, at: world.now + 2) == 0)
            try await crowd.addOwn(at: world.now + 2)
            #expect(try await world.stores.issued.count(reach, at: world.now + 2) == 1)
            #expect(try await crowd.alive(at: world.now + 2).count == 1)
        }
    }

    @Test("however a revocation and refreshes meet, no token of a grant of before it is alive after it")
    func race() async throws {
        try await withTwoNodes { a, b in
            for byClient in [true, false, true, false] {
                var crowd = try await Crowd(a)
                var issues: [World.Issue] = []
                for _ in 0..<15 { issues.append(try await crowd.addGranted(0, at: a.now)) }
                let (frozen, made) = (crowd, issues)
                let reach =
                    byClient
                    ? BulkRevocation(clientID: crowd.client.id) : BulkRevocation(userID: crowd.logins[0].user.id)
                let minted = try await atOnce(16) { number in
                    if number == 7 {
                        _ = try await b.stores.issued.revoke(reach, b.record())
                        return AccessToken?.none
                    }
                    let index = number < 7 ? number : number - 1
                    let rotation = a.rotation(
                        of: frozen.refresh[index].token, made[index].grant, at: a.now + 1)
                    guard standingSeed(try await a.stores.tokens.rotate(rotation)) != nil else { return nil }
                    var token = a.accessToken(made[index].grant)
                    token.issuedAt = a.now + 1
                    try await a.stores.tokens.record(token, refresh: nil, a.record())
                    return token
                }
                crowd.access += minted.compactMap { $0 }
                #expect(try await crowd.alive(at: a.now + 1).isEmpty)
                #expect(try await crowd.alive(on: b, at: a.now + 1).isEmpty)
            }
        }
    }
}
