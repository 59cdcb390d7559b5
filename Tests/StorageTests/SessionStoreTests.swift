import Provider
import Testing

@Suite("SessionStore")
struct SessionStoreTests {
    @Test("a session is found by its cookie, with its user, while it lives")
    func start() async throws {
        try await withStores { world in
            let user = try await world.created()
            let (session, cookie) = world.session(of: user.id)
            let record = world.record()
            try await world.stores.sessions.start(session, cookie: cookie, ending: nil, record)
            #expect(try await world.written(record) == [1, 1])
            let store = world.stores.sessions
            #expect(try await store.session(cookie, at: world.now) == session)
            let login = try #require(try await store.login(cookie, at: world.now))
            #expect(login.session == session)
            #expect(login.user == user)
            #expect(try await store.session(cookie, at: session.expiresAt) == nil)
            #expect(try await store.login(cookie, at: session.expiresAt) == nil)
            let forged = OpaqueToken(.session, bucket: cookie.bucket, secret: world.bytes())
            #expect(try await store.session(forged, at: world.now) == nil)
        }
    }

    @Test("a session whose cookie names another partition than its id cannot be started")
    func bucketMismatch() async throws {
        try await withStores { world in
            let (session, cookie) = world.session(of: UserID("u"))
            let elsewhere = OpaqueToken(.session, bucket: Bucket(cookie.bucket.value + 1), secret: world.bytes())
            let error = await refusal { () throws(OAuthError) in
                try await world.stores.sessions.start(session, cookie: elsewhere, ending: nil, world.record())
            }
            #expect(error?.code == .serverError)
        }
    }

    @Test("CVE-2025-12390: starting a session ends the browser's former one, and its grants, in the same moment")
    func startEnding() async throws {
        try await withStores { world in
            let former = try await world.minted()
            let formerSession = former.grant.sessionID
            let user = try await world.created()
            let (session, cookie) = world.session(of: user.id)
            try await world.stores.sessions.start(session, cookie: cookie, ending: formerSession, world.record())
            #expect(try await world.stores.sessions.session(cookie, at: world.now) == session)
            #expect(try await world.state(former.access)?.isActive == false)
            #expect(try await world.stores.sessions.end(formerSession, world.record()) == false)
        }
    }

    @Test("CVE-2026-7507: renewing moves the login and leaves the old cookie worthless")
    func renewal() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            var session = login.session
            session.authTime = world.now + 60
            session.amr = ["pwd", "otp"]
            session.acr = "urn:2fa"
            let fresh = OpaqueToken(.session, bucket: login.cookie.bucket, secret: world.bytes())
            let record = world.record()
            let store = world.stores.sessions
            #expect(try await store.renew(session, from: login.cookie, to: fresh, record))
            #expect(try await world.written(record) == [1, 1])
            #expect(try await store.session(fresh, at: world.now) == session)
            #expect(try await store.session(login.cookie, at: world.now) == nil)
            let again = world.record()
            #expect(try await store.renew(session, from: login.cookie, to: fresh, again) == false)
            #expect(try await world.written(again) == [0, 0])
        }
    }

    @Test("a session that is over, or another user's, is not renewed")
    func noRenewal() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let store = world.stores.sessions
            let fresh = OpaqueToken(.session, bucket: login.cookie.bucket, secret: world.bytes())
            var others = login.session
            others.userID = UserID("another")
            #expect(try await store.renew(others, from: login.cookie, to: fresh, world.record()) == false)
            let late = world.record(at: login.session.expiresAt)
            #expect(try await store.renew(login.session, from: login.cookie, to: fresh, late) == false)
            #expect(try await store.end(login.session.id, world.record()))
            #expect(try await store.renew(login.session, from: login.cookie, to: fresh, world.record()) == false)
        }
    }

    @Test("of 32 renewals of one cookie one wins")
    func renewalRace() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let won = try await atOnce(32) { _ in
                let fresh = OpaqueToken(.session, bucket: login.cookie.bucket, secret: world.bytes())
                return try await world.stores.sessions.renew(
                    login.session, from: login.cookie, to: fresh, world.record())
            }
            #expect(won.filter { $0 }.count == 1)
        }
    }

    @Test("an ended session ends once, with the grants given in it, offline ones apart")
    func end() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let online = try await world.minted(try await world.issued(login))
            let offline = try await world.minted(try await world.issued(login, offline: true))
            let pending = try await world.issued(login)
            let record = world.record()
            let told = try await atOnce(8) { _ in try await world.stores.sessions.end(login.session.id, record) }
            #expect(told.filter { $0 }.count == 1)
            #expect(try await world.written(record) == [1, 1])
            #expect(try await world.stores.sessions.session(login.cookie, at: world.now) == nil)
            #expect(try await world.state(online.access)?.isActive == false)
            #expect(try await world.stores.tokens.refreshToken(online.token, at: world.now)?.isActive == false)
            #expect(try await world.state(offline.access)?.isActive == true)
            #expect(try await world.stores.tokens.refreshToken(offline.token, at: world.now)?.isActive == true)
            #expect(try await world.redeem(pending) == .expired)
        }
    }

    @Test("a grant that is written after its session's end is born dead")
    func lateGrant() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            #expect(try await world.stores.sessions.end(login.session.id, world.record()))
            let late = try await world.issued(login)
            #expect(try await world.redeem(late) == .expired)
            let tokens = try await world.minted(late)
            #expect(try await world.state(tokens.access)?.isActive == false)
        }
    }

    @Test("however a session's end and the writing of its grants meet, no grant outlives the session")
    func endAgainstIssue() async throws {
        try await withStores { world in
            for _ in 0..<10 {
                let login = try await world.loggedIn()
                let issues = try await atOnce(16) { number in
                    guard number == 5 else { return try await world.issued(login) as World.Issue? }
                    _ = try await world.stores.sessions.end(login.session.id, world.record())
                    return nil
                }
                for issue in issues.compactMap({ $0 }) {
                    #expect(try await world.redeem(issue) == .expired)
                }
            }
        }
    }

    @Test("a grant of a session that nobody began is dead")
    func inventedSession() async throws {
        try await withStores { world in
            var login = try await world.loggedIn()
            login.session = world.session(of: login.user.id).session
            let issue = try await world.issued(login)
            #expect(try await world.redeem(issue) == .expired)
        }
    }
}

@Suite("SessionStore: lists")
struct SessionListTests {
    private func all(_ world: World, of user: UserID?, limit: Int) async throws -> [SessionID] {
        var (ids, page): ([SessionID], PageRequest) = ([], PageRequest(limit: limit))
        repeat {
            let found = try await world.stores.sessions.sessions(of: user, page, at: world.now)
            #expect(found.items.count <= limit)
            ids += found.items.map(\.id)
            page.cursor = found.nextCursor
        } while page.cursor != nil
        return ids
    }

    @Test("live sessions, of one user or of all, page by page, none twice", arguments: [1, 3, 200])
    func list(limit: Int) async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let users = [try await world.created().id, try await world.created().id]
            var live: [UserID: [SessionID]] = [:]
            for number in 0..<14 {
                let user = users[number % 2]
                let (session, cookie) = world.session(of: user, from: number == 3 ? world.now - 13 * 3600 : nil)
                try await world.stores.sessions.start(session, cookie: cookie, ending: nil, world.record())
                if number > 9 { _ = try await world.stores.sessions.end(session.id, world.record()) }
                if number != 3, number <= 9 { live[user, default: []].append(session.id) }
            }
            for user in users {
                let found = try await all(world, of: user, limit: limit)
                #expect(found.count == live[user]?.count)
                #expect(Set(found) == Set(live[user] ?? []))
            }
            let everybody = try await all(world, of: nil, limit: limit)
            #expect(everybody.count == 9 && Set(everybody) == Set(live.values.joined()))
            #expect(try await all(world, of: UserID("nobody"), limit: limit).isEmpty)
            let error = await refusal { () throws(OAuthError) in
                try await world.stores.sessions.sessions(of: nil, PageRequest(cursor: "x"), at: world.now)
            }
            #expect(error?.parameter == "cursor")
        }
    }

    @Test("a session is found by its id while it lives")
    func find() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let store = world.stores.sessions
            #expect(try await store.session(login.session.id, at: world.now) == login.session)
            #expect(try await store.session(login.session.id, at: login.session.expiresAt) == nil)
            let forged = SessionID(bucket: Bucket(1), random: login.session.id.random)
            #expect(try await store.session(forged, at: world.now) == nil)
            #expect(try await store.end(login.session.id, world.record()))
            #expect(try await store.session(login.session.id, at: world.now) == nil)
        }
    }
}
