import JOSE
import Postgres
import Provider
import Testing

/// A user with three logins, of which the first has a family of tokens in it and one that outlives it.
private struct Household: Sendable {
    var user: User
    var kept: World.Login
    var others: [World.Login]
    var online: World.Tokens
    var offline: World.Tokens
    var pending: World.Issue

    static func settled(in world: World) async throws -> Household {
        var user = world.user()
        user.passwordHash = "old"
        user.email = "anna@example.org"
        try await world.stores.users.create(user, world.record())
        let client = try await world.registered()
        let login = try await world.loggedIn(as: user, client)
        let again = try await world.loggedIn(as: user, client)
        let third = try await world.loggedIn(as: user, client)
        return Household(
            user: user, kept: login, others: [again, third],
            online: try await world.minted(try await world.issued(login)),
            offline: try await world.minted(try await world.issued(again, offline: true)),
            pending: try await world.issued(login))
    }
}

extension World {
    fileprivate func loggedIn(as user: User, _ client: Client) async throws -> Login {
        let (session, cookie) = session(of: user.id)
        try await stores.sessions.start(session, cookie: cookie, ending: nil, record())
        return Login(client: client, user: user, session: session, cookie: cookie)
    }

    /// The types of the events of a record, in their order.
    fileprivate func told(_ record: Record) async throws -> [String] {
        try await database.read(
            "SELECT type FROM outbox WHERE request_id = \(record.trail.requestID) ORDER BY xid, id"
        ).map { row throws(DatabaseError) in try row.value(0, as: String.self) }
    }

    fileprivate func isAlive(_ login: Login) async throws -> Bool {
        try await stores.sessions.session(login.cookie, at: now) != nil
    }

    fileprivate func isAlive(_ tokens: Tokens) async throws -> Bool {
        let refresh = try await stores.tokens.refreshToken(tokens.token, at: now)
        let access = try await state(tokens.access)
        #expect(refresh?.isActive == access?.isActive)
        return access?.isActive == true
    }

    fileprivate func newPassword(
        _ user: User, from old: String = "old", to new: String = "new", keeping: NewPassword.KeptLogin? = nil
    ) -> NewPassword {
        NewPassword(userID: user.id, hash: new, proof: .formerHash(old), keeping: keeping)
    }

    fileprivate func updated(_ user: User) -> Record {
        Record(
            trail(), events: [.userUpdated(user.id)],
            audit: AuditEntry(action: "user.change_password", subject: "user:\(user.id)"))
    }
}

@Suite("UserStore: what becomes of accounts")
struct UserChangeTests {
    @Test(
        "a new password ends the other sessions and every grant, offline ones and the kept session's too, and tells it")
    func newPassword() async throws {
        try await withStores { world in
            let home = try await Household.settled(in: world)
            let fresh = OpaqueToken(.session, bucket: home.kept.cookie.bucket, secret: world.bytes())
            let record = world.updated(home.user)
            let change = world.newPassword(
                home.user, keeping: .init(session: home.kept.session.id, cookie: fresh))
            #expect(try await world.stores.users.setPassword(change, record))
            #expect(try await world.stores.users.user(home.user.id)?.passwordHash == "new")
            for login in home.others { #expect(try await !world.isAlive(login)) }
            #expect(try await world.stores.sessions.session(fresh, at: world.now)?.id == home.kept.session.id)
            #expect(try await !world.isAlive(home.kept), "a stolen copy of the cookie is worth nothing")
            for tokens in [home.online, home.offline] { #expect(try await !world.isAlive(tokens)) }
            #expect(try await world.redeem(home.pending) == .expired)
            #expect(
                try await world.told(record) == ["user.updated"]
                    + Array(repeating: "oauth2.session.ended", count: 2)
                    + Array(repeating: "oauth2.token.revoked", count: 3))
            #expect(try await world.written(record)[1] == 1)
            // The session that stays may be given new ones.
            #expect(try await world.isAlive(try await world.minted(try await world.issued(home.kept))))
        }
    }

    @Test("with another hash than the user's nothing happens: of 16 new passwords at once one stands")
    func onlyOne() async throws {
        try await withStores { world in
            let home = try await Household.settled(in: world)
            let record = world.updated(home.user)
            #expect(try await !world.stores.users.setPassword(world.newPassword(home.user, from: "other"), record))
            #expect(try await world.told(record).isEmpty)
            #expect(try await world.isAlive(home.kept))
            #expect(try await world.isAlive(home.offline))
            let done = try await atOnce(16) { number in
                try await world.stores.users.setPassword(
                    world.newPassword(home.user, to: "new\(number)"), world.updated(home.user))
            }
            #expect(done.filter { $0 }.count == 1)
        }
    }

    @Test("however a new password and logins with the old one meet, no login with the old one is left")
    func loginRace() async throws {
        try await withStores { world in
            for _ in 0..<10 {
                let home = try await Household.settled(in: world)
                let begun = try await atOnce(16) { number -> OpaqueToken? in
                    if number == 7 {
                        let change = world.newPassword(home.user)
                        #expect(try await world.stores.users.setPassword(change, world.updated(home.user)))
                        return nil
                    }
                    let (session, cookie) = world.session(of: home.user.id)
                    let hasBegun = try await world.stores.sessions.start(
                        session, cookie: cookie, ending: nil, provenBy: .password(hash: "old"), world.record())
                    return hasBegun ? cookie : nil
                }
                for cookie in begun.compactMap({ $0 }) {
                    #expect(try await world.stores.sessions.session(cookie, at: world.now) == nil)
                }
            }
        }
    }

    @Test("however a new password and the writing of grants meet, offline ones included, no grant outlives it")
    func grantRace() async throws {
        try await withStores { world in
            for _ in 0..<10 {
                let home = try await Household.settled(in: world)
                let login = home.others[0]
                let issues = try await atOnce(16) { number -> World.Issue? in
                    guard number == 5 else { return try await world.issued(login, offline: number % 2 == 0) }
                    _ = try await world.stores.users.setPassword(world.newPassword(home.user), world.updated(home.user))
                    return nil
                }
                for issue in issues.compactMap({ $0 }) { #expect(try await world.redeem(issue) == .expired) }
            }
        }
    }

    @Test(
        "a session does not begin for a user who is gone, or by another hash than theirs; the browser's former one stays"
    )
    func provenStart() async throws {
        try await withStores { world in
            let home = try await Household.settled(in: world)
            let attempts = [(home.user.id, "other"), (UserID("nobody"), "old")]
            for (user, hash) in attempts {
                let (session, cookie) = world.session(of: user)
                let record = world.record()
                #expect(
                    try await !world.stores.sessions.start(
                        session, cookie: cookie, ending: home.kept.session.id, provenBy: .password(hash: hash), record))
                #expect(try await world.written(record) == [0, 0])
                #expect(try await world.stores.sessions.session(cookie, at: world.now) == nil)
            }
            #expect(try await world.isAlive(home.kept))
            let (session, cookie) = world.session(of: home.user.id)
            #expect(
                try await world.stores.sessions.start(
                    session, cookie: cookie, ending: home.kept.session.id, provenBy: .password(hash: "old"), world.record()))
            #expect(try await !world.isAlive(home.kept))
        }
    }

    @Test("a change by an administrator stands only on the user as it was read; with a password it ends every login")
    func change() async throws {
        try await withStores { world in
            let home = try await Household.settled(in: world)
            var new = home.user
            new.username = "Bert"
            new.nameKeys = User.NameKeys(folded: world.name("b").lowercased(), skeleton: world.name("b").lowercased())
            new.email = nil
            new.roles = ["a"]
            new.claims = ["name": "Bert"]
            new.updatedAt = world.now + 5
            // A login has made the hash anew in the meantime.
            try await world.stores.users.rehash(home.user.id, from: "old", to: "dearer")
            let record = world.updated(home.user)
            #expect(try await world.stores.users.change(home.user, to: new, record))
            new.passwordHash = "dearer"
            #expect(try await world.stores.users.user(home.user.id) == new)
            #expect(try await world.told(record) == ["user.updated"])
            #expect(try await world.isAlive(home.kept))
            #expect(try await world.isAlive(home.offline))
            #expect(try await !world.stores.users.change(home.user, to: new, world.updated(home.user)))

            var secret = new
            secret.passwordHash = "chosen"
            secret.updatedAt = world.now + 6
            let second = world.updated(home.user)
            #expect(try await world.stores.users.change(new, to: secret, second))
            #expect(try await world.stores.users.user(home.user.id) == secret)
            for login in [home.kept] + home.others { #expect(try await !world.isAlive(login)) }
            for tokens in [home.online, home.offline] { #expect(try await !world.isAlive(tokens)) }
            #expect(try await world.told(second).filter { $0 == "oauth2.session.ended" }.count == 3)
        }
    }

    @Test("a name that another user has is a conflict, and nothing is changed")
    func takenName() async throws {
        try await withStores { world in
            let (one, other) = (try await world.created(), try await world.created())
            var new = one
            new.nameKeys.skeleton = other.nameKeys.skeleton
            let record = world.updated(one)
            let error = await refusal { [new] () throws(OAuthError) in
                try await world.stores.users.change(one, to: new, record)
            }
            #expect(error?.code == .conflict)
            #expect(try await world.written(record) == [0, 0])
            #expect(try await world.stores.users.user(one.id) == one)
        }
    }

    @Test("a user leaves with sessions, grants, consents and waiting mail; the audit log keeps the id alone")
    func deletion() async throws {
        try await withStores { world in
            let home = try await Household.settled(in: world)
            let consent = Consent(
                id: world.name(), userID: home.user.id, clientID: home.kept.client.id, scopes: ScopeList(["openid"]),
                grantedAt: world.now)
            _ = try await world.stores.consents.grant(consent, in: nil, world.record())
            let order = world.order(for: home.user)
            try await world.stores.events.append(Record(world.trail(), mails: [order]))
            let record = Record(
                world.trail(), events: [.userDeleted(home.user.id)],
                audit: AuditEntry(action: "user.delete", subject: "user:\(home.user.id)"))
            #expect(try await world.stores.users.delete(home.user.id, record))
            #expect(try await world.stores.users.user(home.user.id) == nil)
            for login in [home.kept] + home.others { #expect(try await !world.isAlive(login)) }
            for tokens in [home.online, home.offline] { #expect(try await !world.isAlive(tokens)) }
            #expect(try await world.stores.consents.consent(of: home.user.id, to: home.kept.client.id) == nil)
            let told = try await world.told(record)
            #expect(told.first == "user.deleted" && told.filter { $0 == "oauth2.session.ended" }.count == 3)
            let personal = try await world.database.read(
                """
                SELECT (SELECT count(*) FROM sessions WHERE user_id = \(home.user.id) AND (user_agent, address) <> ('', '')),
                       (SELECT count(*) FROM mails WHERE user_id = \(home.user.id)
                                                     AND (address IS NOT NULL OR state = 'pending'))
                """
            ).exactlyOne()
            #expect(try personal.values(Int.self, Int.self) == (0, 0))
            #expect(try await !world.stores.users.delete(home.user.id, record))
        }
    }
}

@Suite("UserStore: sign-up")
struct SignUpStoreTests {
    private func inquiry(_ user: User, _ world: World) -> MailInquiry {
        MailInquiry(
            id: world.name(), kind: .accountExists, subject: .init(name: user.nameKeys.folded), language: "en",
            createdAt: world.now, givesUpAt: world.now + 60)
    }

    private func asked(_ world: World, _ id: String) async throws -> Int {
        try await world.database.read("SELECT count(*) FROM mails WHERE id = \(id)").exactlyOne().value(0)
    }

    @Test("a free name makes a user with the record and its mail; a taken one asks the inquiry and makes nothing")
    func either() async throws {
        try await withStores { world in
            var user = world.user()
            user.email = "anna@example.org"
            let order = world.order(for: user)
            var record = world.record()
            record.mails = [order]
            let unasked = inquiry(user, world)
            let isMade = try await world.stores.users.signUp(user, record, ifTaken: unasked)
            #expect(isMade)
            #expect(try await world.stores.users.user(user.id) == user)
            #expect(try await world.written(record) == [1, 1])
            #expect(try await asked(world, order.id) == 1)
            #expect(try await asked(world, unasked.id) == 0)

            for isFolded in [true, false] {
                var other = world.user()
                if isFolded {
                    other.nameKeys.folded = user.nameKeys.folded
                } else {
                    other.nameKeys.skeleton = user.nameKeys.skeleton
                }
                var second = world.record()
                second.mails = [world.order(for: other)]
                let notice = inquiry(other, world)
                #expect(try await !world.stores.users.signUp(other, second, ifTaken: notice))
                #expect(try await world.stores.users.user(other.id) == nil)
                #expect(try await world.written(second) == [0, 0])
                #expect(try await asked(world, notice.id) == 1)
                #expect(try await asked(world, second.mails[0].id) == 0)
            }
            var third = world.user()
            third.nameKeys.folded = user.nameKeys.folded
            #expect(try await !world.stores.users.signUp(third, world.record(), ifTaken: nil))
        }
    }

    @Test("of 32 people who sign up with one name at once one gets it")
    func race() async throws {
        try await withStores { world in
            let name = world.name("u").lowercased()
            let made = try await atOnce(32) { _ in
                var user = world.user()
                user.nameKeys.folded = name
                return try await world.stores.users.signUp(user, world.record(), ifTaken: nil)
            }
            #expect(made.filter { $0 }.count == 1)
        }
    }
}

extension World {
    /// An order of mail to a user.
    func order(
        for user: User, _ kind: MailOrder.Kind = .verifyEmail, address: String? = nil, at moment: Instant? = nil
    ) -> MailOrder {
        MailOrder(
            id: name(), kind: kind, userID: user.id, address: address ?? user.email, language: "de",
            createdAt: moment ?? now, givesUpAt: (moment ?? now) + 3600)
    }
}
