import JOSE
import Postgres
import Provider
import Storage
import Testing

@Suite("LogoutStore: who is told of a session's end")
struct LogoutStoreTests {
    /// A client with addresses, registered.
    private func party(_ world: World, back: Bool = true, front: Bool = false) async throws -> Client {
        var client = world.client()
        client.logout.backChannelURI = back ? "https://rp.example/back" : nil
        client.logout.frontChannelURI = front ? "https://rp.example/front" : nil
        try await world.stores.clients.register(client, secret: nil, world.record())
        return client
    }

    /// A grant of a client in a login.
    private func grant(
        _ world: World, _ client: Client, _ login: World.Login, offline: Bool = false
    ) async throws -> World.Issue {
        var login = login
        login.client = client
        return try await world.issued(login, offline: offline)
    }

    private func noticed(_ world: World, of session: SessionID) async throws -> [ClientID] {
        try await world.database.read(
            "SELECT client_id FROM logout_notices WHERE session_id = \(session) ORDER BY id"
        ).map { row throws(DatabaseError) in try row.value(0, as: ClientID.self) }
    }

    private func take(
        _ world: World, limit: Int = 100, room: [ClientID: Int] = [:], usualRoom: Int = 100, after seconds: Int = 0
    ) async throws -> [DueLogoutNotice] {
        let now = world.now + seconds
        return try await world.stores.logouts.take(
            limit: limit, room: room, usualRoom: usualRoom, leaseEndsAt: now + 30, at: now)
    }

    /// So many ended sessions of a client.
    private func end(_ count: Int, _ world: World, _ client: Client) async throws {
        for _ in 0..<count {
            let login = try await world.loggedIn()
            _ = try await grant(world, client, login)
            #expect(try await world.stores.sessions.end(login.session.id, world.record()))
        }
    }

    @Test("Back-Channel Logout §2.3: of 32 who end a session at once one writes one notice a client with a grant in it")
    func race() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let parties = [try await party(world), try await party(world), try await party(world)]
            for client in parties { _ = try await grant(world, client, login, offline: client == parties[1]) }
            _ = try await grant(world, parties[0], login)
            _ = try await grant(world, try await party(world, back: false), login)
            let other = try await world.loggedIn()
            _ = try await grant(world, try await party(world), other)
            _ = try await party(world)
            let ended = try await atOnce(32) { _ in
                try await world.stores.sessions.end(login.session.id, world.record())
            }
            #expect(ended.filter { $0 }.count == 1)
            #expect(try await noticed(world, of: login.session.id) == parties.map(\.id).sorted { $0.text < $1.text })
            #expect(try await noticed(world, of: other.session.id).isEmpty)
        }
    }

    @Test("Back-Channel Logout §2.7: a session's refresh tokens end with it, those with offline_access stay")
    func refreshTokens() async throws {
        try await withStores { world in
            let (login, client) = (try await world.loggedIn(), try await party(world))
            let online = try await world.minted(try await grant(world, client, login))
            let offline = try await world.minted(try await grant(world, client, login, offline: true))
            #expect(try await world.stores.sessions.end(login.session.id, world.record()))
            #expect(try await world.stores.tokens.refreshToken(online.token, at: world.now)?.isActive == false)
            #expect(try await world.stores.tokens.refreshToken(offline.token, at: world.now)?.isActive == true)
            #expect(try await noticed(world, of: login.session.id) == [client.id])
        }
    }

    @Test("the end of the browser's former session is told, too")
    func replaced() async throws {
        try await withStores { world in
            let (login, client) = (try await world.loggedIn(), try await party(world))
            _ = try await grant(world, client, login)
            let (session, cookie) = world.session(of: try await world.created().id)
            try await world.stores.sessions.start(session, cookie: cookie, ending: login.session.id, world.record())
            #expect(try await noticed(world, of: login.session.id) == [client.id])
            #expect(try await noticed(world, of: session.id).isEmpty)
        }
    }

    @Test("whatever statement ends sessions writes the notices, in its transaction or not at all")
    func anyStatement() async throws {
        try await withStores { world in
            let client = try await party(world)
            let logins = [try await world.loggedIn(), try await world.loggedIn()]
            for login in logins { _ = try await grant(world, client, login) }
            let sessions = logins.map(\.session.id.text)
            let end: SQL = "UPDATE sessions SET ended_at = \(world.now) WHERE id = ANY (\(sessions))"
            await #expect(throws: DatabaseError.self) {
                try await world.database.transaction { transaction throws(DatabaseError) in
                    _ = try await transaction.query(end)
                    _ = try await transaction.query("SELECT 1 / 0")
                }
            }
            for login in logins { #expect(try await noticed(world, of: login.session.id).isEmpty) }
            _ = try await world.database.write(end)
            for login in logins { #expect(try await noticed(world, of: login.session.id) == [client.id]) }
            // What ends again, or changes otherwise, is not told again.
            _ = try await world.database.write(end)
            _ = try await world.database.write(
                "UPDATE sessions SET user_agent = 'x' WHERE id = ANY (\(sessions))")
            for login in logins { #expect(try await noticed(world, of: login.session.id) == [client.id]) }
        }
    }

    @Test("however a session's end and the writing of its grants meet, whose grant was there before is told")
    func endAgainstIssue() async throws {
        try await withStores { world in
            for _ in 0..<5 {
                let login = try await world.loggedIn()
                var parties: [Client] = []
                for _ in 0..<8 { parties.append(try await party(world)) }
                _ = try await grant(world, parties[0], login)
                let clients = parties
                _ = try await atOnce(8) { number in
                    if number == 0 {
                        _ = try await world.stores.sessions.end(login.session.id, world.record())
                    } else {
                        _ = try await grant(world, clients[number], login)
                    }
                }
                let told = try await noticed(world, of: login.session.id)
                #expect(told.contains(clients[0].id))
                #expect(Set(told).count == told.count && told.allSatisfy(Set(clients.map(\.id)).contains))
            }
        }
    }

    @Test("a notice is taken with its client as it is now, by one server at a time")
    func take() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let (client, login) = (try await party(world), try await world.loggedIn())
            _ = try await grant(world, client, login)
            #expect(try await world.stores.sessions.end(login.session.id, world.record()))
            var changed = client
            changed.logout.backChannelURI = "https://rp.example/moved"
            changed.updatedAt = client.updatedAt + 1
            #expect(try await world.stores.clients.replace(client, by: changed, world.record()))
            let taken = try await atOnce(32) { _ in try await take(world) }.flatMap { $0 }
            #expect(taken.count == 1)
            let due = try #require(taken.first)
            #expect(due.attempts == 1)
            #expect(due.client?.logout.backChannelURI == "https://rp.example/moved")
            #expect(due.notice.clientID == client.id && due.notice.userID == login.user.id)
            #expect(due.notice.sessionID == login.session.id && due.notice.endedAt == world.now)
            #expect(try await take(world, after: 29).isEmpty)
            #expect(try await world.stores.clients.delete(client.id, world.record()))
            let again = try #require(try await take(world, after: 30).first)
            #expect(again.client == nil && again.attempts == 2)
        }
    }

    @Test("what failed is due at its time, what is over never again")
    func settle() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let store = world.stores.logouts
            try await end(3, world, try await party(world))
            let due = try await take(world)
            #expect(due.count == 3)
            #expect(try await store.lag(at: world.now + 7) == (3, 7))
            try await store.settle(due[0], .retry(at: world.now + 60, status: 500, reason: "status"), at: world.now)
            try await store.settle(due[1], .delivered(status: 200), at: world.now)
            try await store.settle(due[2], .dead(status: 400, reason: "refused"), at: world.now)
            #expect(try await take(world, after: 59).isEmpty)
            #expect(try await store.lag(at: world.now).waiting == 1)
            let again = try #require(try await take(world, after: 60).first)
            #expect(again.notice == due[0].notice && again.attempts == 2)
            // The report of the attempt before comes late.
            try await store.settle(due[0], .delivered(status: 200), at: world.now + 61)
            #expect(try await store.lag(at: world.now).waiting == 1)
            try await store.settle(again, .delivered(status: 204), at: world.now + 62)
            #expect(try await store.lag(at: world.now) == (0, 0))
            let kept = try await world.database.read(
                "SELECT state, coalesce(last_status, 0) FROM logout_notices ORDER BY id"
            ).map { row throws(DatabaseError) in try row.values(String.self, Int.self) }
            #expect(kept.map(\.0) == ["delivered", "delivered", "dead"])
            #expect(kept.map(\.1) == [204, 200, 400])
        }
    }

    @Test("a client with many notices leaves room for the others")
    func room() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let (busy, other) = (try await party(world), try await party(world))
            try await end(210, world, busy)
            try await end(2, world, other)
            func count(_ due: [DueLogoutNotice]) -> [Int] {
                [busy, other].map { client in due.count { $0.notice.clientID == client.id } }
            }
            #expect(
                count(try await take(world, limit: 10, usualRoom: 4)) == [4, 0], "the window has none of the other's")
            #expect(count(try await take(world, limit: 10, room: [busy.id: 0], usualRoom: 4)) == [0, 2])
            #expect(count(try await take(world, room: [busy.id: 1], usualRoom: 4)) == [1, 0])
            #expect(count(try await take(world, room: [busy.id: -3])) == [0, 0])
            #expect(count(try await take(world, limit: 3)) == [3, 0])
        }
    }

    @Test("Front-Channel Logout: clients with an address and a grant in the session, ended or not")
    func frontChannel() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let parties = [try await party(world, front: true), try await party(world, back: false, front: true)]
            _ = try await grant(world, parties[1], login, offline: true)
            for _ in 0..<2 { _ = try await grant(world, parties[0], login) }
            _ = try await grant(world, try await party(world), login)
            _ = try await grant(world, try await party(world, front: true), try await world.loggedIn())
            let store = world.stores.logouts
            let expected = Set(parties.map(\.id))
            #expect(Set(try await store.frontChannelClients(of: login.session.id).map(\.id)) == expected)
            #expect(try await world.stores.sessions.end(login.session.id, world.record()))
            let after = try await store.frontChannelClients(of: login.session.id)
            #expect(after.count == 2 && Set(after.map(\.id)) == expected)
            #expect(after.allSatisfy { $0.logout.frontChannelURI == "https://rp.example/front" })
        }
    }

    @Test("the public half of a key is known by its kid after the key has retired")
    func retiredKey() async throws {
        try await withStores { world in
            let jwk =
                #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
                + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#
            let key = SigningKeyRecord(
                kid: world.name("kid"), algorithm: .es256, state: .retired, sealedPrivateKey: world.bytes(),
                publicJWK: jwk, createdAt: world.now, activatesAt: world.now)
            try await world.stores.keys.add(key, world.record())
            #expect(try await world.stores.keys.publicKey(key.kid)?.json["x"]?.string?.hasPrefix("f83O") == true)
            #expect(try await world.stores.keys.publicKey(world.name("kid")) == nil)
        }
    }
}
