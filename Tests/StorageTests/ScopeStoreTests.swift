import JOSE
import Postgres
import Provider
import Testing

@Suite("ScopeStore")
struct ScopeStoreTests {
    private func scope(_ world: World) -> Scope {
        Scope(name: world.name("reports:"), descriptions: ["en": "Read your \"reports\"", "de": "Berichte lesen"])
    }

    @Test("a scope is added once, and has the descriptions it was given last")
    func createAndReplace() async throws {
        try await withStores { world in
            let scope = scope(world)
            let store = world.stores.scopes
            #expect(try await store.replace(scope, world.record()) == false)
            let record = world.record()
            let told = try await atOnce(8) { _ in try await store.create(scope, record) }
            #expect(told.filter { $0 }.count == 1)
            #expect(try await world.written(record) == [1, 1])
            #expect(try await store.scope(scope.name) == scope)
            let other = Scope(name: scope.name, descriptions: ["en": "Read reports"])
            #expect(try await store.replace(other, world.record()))
            #expect(try await store.scope(scope.name) == other)
            #expect(try await store.scope(world.name()) == nil)
            #expect(try await store.scopes().contains(other))
        }
    }

    @Test("scopes are listed by name, page by page, none twice")
    func list() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let all = try await world.stores.scopes.scopes()
            #expect(all.count > 8)
            var (names, page): ([String], PageRequest) = ([], PageRequest(limit: 3))
            repeat {
                let found = try await world.stores.scopes.scopes(page)
                names += found.items.map(\.name)
                page.cursor = found.nextCursor
            } while page.cursor != nil
            #expect(names == all.map(\.name))
        }
    }

    @Test("a scope that nobody uses goes; one that a client may have or a consent names stays, and the counts are told")
    func delete() async throws {
        try await withStores { world in
            let (free, used) = (scope(world), scope(world))
            let store = world.stores.scopes
            for scope in [free, used] { #expect(try await store.create(scope, world.record())) }
            let record = world.record()
            #expect(try await store.delete(free.name, force: false, record) == .deleted)
            #expect(try await world.written(record) == [1, 1])
            #expect(try await store.delete(free.name, force: false, world.record()) == .unknown)
            #expect(try await store.delete(free.name, force: true, world.record()) == .unknown)

            var client = world.client()
            client.allowedScopes = ScopeList(["openid", used.name])
            try await world.stores.clients.register(client, secret: nil, world.record())
            for _ in 0..<2 {
                let consent = Consent(
                    id: world.name(), userID: try await world.created().id, clientID: client.id,
                    scopes: ScopeList(["openid", used.name]), grantedAt: world.now)
                _ = try await world.stores.consents.grant(consent, in: nil, world.record())
            }
            let refused = world.record()
            #expect(try await store.delete(used.name, force: false, refused) == .inUse(clients: 1, consents: 2))
            #expect(try await world.written(refused) == [0, 0])
            #expect(try await store.scope(used.name) == used)
        }
    }

    @Test("by force it is taken from clients and consents, and what was granted it is dead; the rest stays as it was")
    func force() async throws {
        try await withStores { world in
            let scope = scope(world)
            #expect(try await world.stores.scopes.create(scope, world.record()))
            var client = world.client()
            client.allowedScopes = ScopeList(["openid", scope.name, "profile"])
            client.defaultScopes = ScopeList([scope.name])
            try await world.stores.clients.register(client, secret: nil, world.record())
            var login = try await world.loggedIn()
            login.client = client
            let wide = Consent(
                id: world.name(), userID: login.user.id, clientID: client.id,
                scopes: ScopeList(["openid", scope.name]), grantedAt: world.now)
            _ = try await world.stores.consents.grant(wide, in: nil, world.record())
            let narrow = Consent(
                id: world.name(), userID: try await world.created().id, clientID: client.id,
                scopes: ScopeList([scope.name]), grantedAt: world.now)
            _ = try await world.stores.consents.grant(narrow, in: nil, world.record())
            let with = try await world.minted(try await world.issued(login, scopes: ["openid", scope.name]))
            let without = try await world.minted(try await world.issued(login))
            let service = try await own([scope.name], of: client, world)
            let other = try await own(["profile"], of: client, world)

            let record = Record(world.trail(), audit: AuditEntry(action: "scope.delete", subject: "scope"))
            #expect(try await world.stores.scopes.delete(scope.name, force: true, record) == .deleted)
            let registered = try #require(try await world.stores.clients.client(client.id, at: world.now)).client
            #expect(registered.allowedScopes == ScopeList(["openid", "profile"]))
            #expect(registered.defaultScopes == ScopeList())
            #expect(registered.updatedAt > client.updatedAt)
            let stands = try #require(try await world.stores.consents.consent(wide.id)).consent
            #expect(stands.scopes == ScopeList(["openid"]) && stands.revokedAt == nil)
            let ended = try #require(try await world.stores.consents.consent(narrow.id)).consent
            #expect(ended.revokedBy == .scopeDeleted && ended.revokedAt == world.now)
            #expect(ended.scopes == ScopeList([scope.name]))
            for dead in [with.access, service] { #expect(try await world.state(dead)?.isActive == false) }
            #expect(try await world.stores.tokens.refreshToken(with.token, at: world.now)?.isActive == false)
            for alive in [without.access, other] { #expect(try await world.state(alive)?.isActive == true) }

            // As the provider itself would tell each of it.
            let facts = Event.TokenFacts(
                kind: .grant, grantID: with.grant.id, clientID: client.id, userID: login.user.id,
                scopes: with.grant.scopes)
            let ownFacts = Event.TokenFacts(
                kind: .accessToken, id: service.id, grantID: nil, clientID: client.id, userID: nil,
                scopes: service.scopes)
            let expected: [Event] = [
                .clientUpdated(client.id), .consentRevoked(wide.userID, client.id, ScopeList([scope.name])),
                .consentRevoked(narrow.userID, client.id, ScopeList([scope.name])), .tokenRevoked(facts),
                .tokenRevoked(ownFacts),
            ]
            let told = try await world.database.read(
                "SELECT type, subject, data FROM outbox WHERE request_id = \(record.trail.requestID)")
            let texts = try told.map { row in
                let (type, subject, data) = try row.values(String.self, String?.self, JSON.self)
                return "\(type) \(subject ?? "") \(sorted(data))"
            }
            #expect(
                Set(texts)
                    == Set(
                        try expected.map { event in
                            "\(event.type) \(event.subject ?? "") \(sorted(try JSON.parse(event.data)))"
                        }))
            #expect(texts.count == expected.count)
        }
    }

    /// A token of a service.
    private func own(_ scopes: [String], of client: Client, _ world: World) async throws -> AccessToken {
        let token = AccessToken(
            id: TokenID(world.name()), clientID: client.id, userID: nil, grantID: nil, scopes: ScopeList(scopes),
            audience: ["a"], issuedAt: world.now, expiresAt: Instant(seconds: world.now.seconds + 3600))
        try await world.stores.tokens.record(token, refresh: nil, world.record())
        return token
    }

    @Test("by force also what a client was granted that may not have the scope any more is dead")
    func formerly() async throws {
        try await withStores { world in
            let scope = scope(world)
            #expect(try await world.stores.scopes.create(scope, world.record()))
            let service = try await own([scope.name], of: try await world.registered(), world)
            let granted = try await world.minted(
                try await world.issued(try await world.loggedIn(), scopes: ["openid", scope.name]))
            #expect(try await world.stores.scopes.delete(scope.name, force: true, world.record()) == .deleted)
            for dead in [service, granted.access] { #expect(try await world.state(dead)?.isActive == false) }
        }
    }

    @Test("by force also what is granted while the deletion waits for its locks is dead")
    func meanwhile() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let scope = scope(world)
            #expect(try await world.stores.scopes.create(scope, world.record()))
            var client = world.client()
            client.allowedScopes = ScopeList(["openid", scope.name])
            try await world.stores.clients.register(client, secret: nil, world.record())
            let owner = client
            let tokens = try await atOnce(2) { number -> AccessToken? in
                guard number == 0 else {
                    while try await !isLocking("l.mode = 'RowShareLock' AND a.state = 'idle in transaction'", world) {}
                    let outcome = try await world.stores.scopes.delete(scope.name, force: true, world.record())
                    #expect(outcome == .deleted)
                    return nil
                }
                return try await world.database.transaction { held throws(DatabaseError) in
                    _ = try await held.query("SELECT FROM client_changes FOR UPDATE")
                    do {
                        while try await !isLocking("NOT l.granted", world) {}
                        return try await own([scope.name], of: owner, world)
                    } catch {
                        throw .unexpectedResult(reason: "\(error)")
                    }
                }
            }
            let token = try #require(tokens.compactMap { $0 }.first)
            #expect(try await world.state(token)?.isActive == false)
        }
    }

    /// Whether somebody is at a lock of `client_changes`.
    private func isLocking(_ how: SQL, _ world: World) async throws -> Bool {
        try await !world.database.read(
            """
            SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE a.datname = current_database() AND a.query LIKE '%FROM client_changes FOR UPDATE' AND \(how)
            """
        ).isEmpty
    }

    private func sorted(_ json: JSON) -> String {
        (json.object?.members ?? []).map { "\($0.name)=\($0.value)" }.sorted().joined(separator: ",")
    }

    @Test("however a deletion and a registration with the scope meet, no client has a scope that does not exist")
    func race() async throws {
        try await withStores { world in
            for force in [false, true, false, true] {
                let scope = scope(world)
                #expect(try await world.stores.scopes.create(scope, world.record()))
                _ = try await atOnce(8) { number in
                    if number == 4 {
                        _ = try await world.stores.scopes.delete(scope.name, force: force, world.record())
                        return
                    }
                    var client = world.client()
                    client.allowedScopes = ScopeList(["openid", scope.name])
                    let error = await refusal { () throws(OAuthError) in
                        try await world.stores.clients.register(client, secret: nil, world.record())
                    }
                    #expect(error == nil || error?.code == .invalidClientMetadata)
                }
                let row = try await world.database.read(
                    """
                    SELECT EXISTS (SELECT FROM scopes WHERE name = \(scope.name)),
                           EXISTS (SELECT FROM client_scopes WHERE scope = \(scope.name))
                    """
                ).exactlyOne()
                let (exists, isUsed) = try row.values(Bool.self, Bool.self)
                #expect(exists || !isUsed)
                #expect(!force || !exists)
            }
        }
    }
}
