import Postgres
import Provider
import Testing

extension World {
    /// A login of a user that stays when its user turns two-step login on.
    func keptLogin(of user: User) async throws -> KeptLogin {
        let (session, cookie) = session(of: user.id)
        try await stores.sessions.start(session, cookie: cookie, ending: nil, record())
        return KeptLogin(
            session: session, cookie: OpaqueToken(.session, bucket: cookie.bucket, secret: bytes()))
    }
}

/// A user with three logins, who is about to turn two-step login on in the first.
private struct Household: Sendable {
    let kept: World.Login
    let others: [World.Login]
    let sealed: [UInt8]

    init(in world: World) async throws {
        kept = try await world.loggedIn()
        var others: [World.Login] = []
        for _ in 0..<2 {
            let (session, cookie) = world.session(of: kept.user.id)
            try await world.stores.sessions.start(session, cookie: cookie, ending: nil, world.record())
            others.append(World.Login(client: kept.client, user: kept.user, session: session, cookie: cookie))
        }
        self.others = others
        sealed = world.bytes()
        _ = try await world.stores.factors.propose(sealedSecret: sealed, to: kept.user.id, at: world.now)
    }

    /// Turns it on in a login, which is one of two factors from then on.
    func confirm(
        in login: World.Login, cookie: OpaqueToken, _ world: World, _ record: Record
    ) async throws -> Bool {
        var session = login.session
        (session.amr, session.acr) = (["pwd", "otp", "mfa"], AuthenticationContext.twoFactors.rawValue)
        return try await world.stores.factors.confirm(
            sealedSecret: sealed, step: TOTP.Step(number: 1), recoveryHashes: [],
            in: KeptLogin(session: session, cookie: cookie), record)
    }
}

@Suite("FactorStore: what becomes of logins when two-step login is turned on")
struct TwoStepLoginTests {
    @Test("the other sessions end with the grants that do not outlive them, and it is told; this one goes on, stronger")
    func otherLogins() async throws {
        try await withStores { world in
            let home = try await Household(in: world)
            let (kept, other) = (home.kept, home.others[0])
            let mine = try await world.minted(try await world.issued(kept))
            let theirs = try await world.minted(try await world.issued(other))
            let offline = try await world.minted(try await world.issued(other, offline: true))
            let pending = try await world.issued(home.others[1])
            let stranger = try await world.minted()
            let fresh = OpaqueToken(.session, bucket: kept.cookie.bucket, secret: world.bytes())
            let record = world.record()
            #expect(try await home.confirm(in: kept, cookie: fresh, world, record))

            let sessions = world.stores.sessions
            for login in home.others { #expect(try await sessions.session(login.cookie, at: world.now) == nil) }
            #expect(try await sessions.session(kept.cookie, at: world.now) == nil, "a stolen copy is worth nothing")
            let now = try #require(try await sessions.session(fresh, at: world.now))
            #expect(now.id == kept.session.id && now.authTime == kept.session.authTime)
            #expect(now.amr == ["pwd", "otp", "mfa"] && now.acr == "urn:martlet:acr:2fa")
            #expect(try await world.state(theirs.access)?.isActive == false)
            for tokens in [mine, offline, stranger] {
                #expect(try await world.state(tokens.access)?.isActive == true)
            }
            #expect(try await world.redeem(pending) == .expired)
            let told = try await world.database.read(
                "SELECT type FROM outbox WHERE request_id = \(record.trail.requestID) ORDER BY xid, id"
            ).map { row throws(DatabaseError) in try row.value(0, as: String.self) }
            #expect(
                told.dropFirst()
                    == ["oauth2.session.ended", "oauth2.session.ended", "oauth2.token.revoked", "oauth2.token.revoked"])
            #expect(try await world.written(record)[1] == 1)
        }
    }

    @Test("in a login that is over, or of somebody else, it is not turned on, and nothing ends")
    func deadLogin() async throws {
        try await withStores { world in
            let home = try await Household(in: world)
            #expect(try await world.stores.sessions.end(home.kept.session.id, world.record()))
            var foreign = try await world.loggedIn()
            foreign.session.userID = home.kept.user.id
            for login in [home.kept, foreign] {
                let record = world.record()
                #expect(try await !home.confirm(in: login, cookie: login.cookie, world, record))
                #expect(try await world.written(record) == [0, 0])
            }
            #expect(try await world.stores.users.user(home.kept.user.id)?.factors.hasAuthenticator == false)
            for login in home.others {
                #expect(try await world.stores.sessions.session(login.cookie, at: world.now) != nil)
            }
        }
    }

    @Test("however many logins turn it on at once, one does, and it is the only one that is left")
    func race() async throws {
        try await withStores { world in
            for _ in 0..<5 {
                let home = try await Household(in: world)
                let logins = [home.kept] + home.others
                let done = try await atOnce(3) { number -> Int? in
                    let login = logins[number]
                    let isDone = try await home.confirm(in: login, cookie: login.cookie, world, world.record())
                    return isDone ? number : nil
                }
                let winners = done.compactMap { $0 }
                #expect(winners.count == 1)
                for (number, login) in logins.enumerated() {
                    let isAlive = try await world.stores.sessions.session(login.cookie, at: world.now) != nil
                    #expect(isAlive == winners.contains(number))
                }
            }
        }
    }
}
