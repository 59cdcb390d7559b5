import JOSE
import Postgres
import Provider
import Testing

@Suite("ConsentStore")
struct ConsentStoreTests {
    private func consent(
        _ user: UserID, _ client: ClientID, _ scopes: [String], _ world: World, after seconds: Int = 0
    ) -> Consent {
        Consent(
            id: world.name(), userID: user, clientID: client, scopes: ScopeList(scopes),
            grantedAt: world.now + seconds)
    }

    private func wording(_ words: String) -> ConsentWording {
        ConsentWording(of: [Scope(name: "openid", descriptions: ["en": words])], in: "en")
    }

    @Test("a consent stands; another one adds its scopes to it, each once and in order")
    func consents() async throws {
        try await withStores { world in
            let (user, client) = (try await world.created().id, try await world.registered().id)
            let store = world.stores.consents
            #expect(try await store.consent(of: user, to: client) == nil)
            let first = consent(user, client, ["openid", "email"], world)
            let record = world.record()
            #expect(try await store.grant(first, in: nil, record) == first.id)
            #expect(try await store.consent(of: user, to: client) == first)
            #expect(try await world.written(record) == [1, 1])
            let second = consent(user, client, ["profile", "openid", "phone"], world)
            #expect(try await store.grant(second, in: nil, world.record()) == first.id)
            let both = try await store.consent(of: user, to: client)
            #expect(both?.id == first.id)
            #expect(both?.scopes == ScopeList(["openid", "email", "profile", "phone"]))
        }
    }

    @Test("32 consents at once leave one, with the scopes of all")
    func consentRace() async throws {
        try await withStores { world in
            let (user, client) = (try await world.created().id, try await world.registered().id)
            _ = try await atOnce(32) { number in
                try await world.stores.consents.grant(
                    consent(user, client, ["openid", "s\(number)"], world), in: wording("Sign in"), world.record())
            }
            let stands = try await world.stores.consents.consent(of: user, to: client)
            #expect(Set(stands?.scopes.names ?? []) == Set(["openid"] + (0..<32).map { "s\($0)" }))
            let id = try #require(stands?.id)
            #expect(try await world.stores.consents.consent(id)?.decisions.count == 32)
        }
    }

    @Test("its history has each decision with the words of the page, which stay readable; a repetition leaves none")
    func history() async throws {
        try await withStores { world in
            let (user, client) = (try await world.created().id, try await world.registered().id)
            let store = world.stores.consents
            let (old, new) = (wording(world.name("Sign in ")), wording(world.name("Log in ")))
            let first = consent(user, client, ["openid"], world)
            for seconds in [0, 60] {
                var again = first
                again.grantedAt = world.now + seconds
                _ = try await store.grant(again, in: old, world.record())
            }
            _ = try await store.grant(consent(user, client, ["openid"], world, after: 120), in: new, world.record())
            _ = try await store.grant(consent(user, client, ["email"], world, after: 180), in: nil, world.record())
            let stands = try #require(try await store.consent(first.id))
            #expect(
                stands.decisions == [
                    ConsentDecision(scopes: ScopeList(["openid"]), wording: old.version, decidedAt: world.now),
                    ConsentDecision(scopes: ScopeList(["openid"]), wording: new.version, decidedAt: world.now + 120),
                    ConsentDecision(scopes: ScopeList(["email"]), wording: nil, decidedAt: world.now + 180),
                ])
            #expect(stands.consent.grantedAt == world.now + 180)
            for shown in [old, new] {
                let row = try await world.database.read(
                    "SELECT language, sentences FROM consent_wordings WHERE version = \(shown.version)"
                ).exactlyOne()
                #expect(try row.value(0) == "en")
                #expect(try row.value(1, as: JSON.self) == shown.json)
            }
        }
    }

    @Test("a consent that is taken back ends its grants and their tokens at once, each told, once; others live")
    func revoke() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let other = try await world.minted(try await world.issued(login))
            let consent = consent(login.user.id, login.client.id, ["openid", "profile"], world)
            _ = try await world.stores.consents.grant(consent, in: nil, world.record())
            let tokens = try await world.minted(try await world.issued(login, offline: true))
            let pending = try await world.issued(login)
            let stranger = try await world.minted()
            let record = world.record()
            let told = try await atOnce(8) { _ in
                try await world.stores.consents.revoke(consent.id, by: .user, record)
            }
            #expect(told.filter { $0 }.count == 1)
            // The record's own event, and one for each of the two grants.
            #expect(try await world.written(record) == [3, 1])
            let events = try await world.database.read(
                """
                SELECT type, subject, data FROM outbox WHERE request_id = \(record.trail.requestID)
                  AND type = 'oauth2.token.revoked' ORDER BY subject
                """)
            #expect(
                try events.map { try $0.value(1, as: String.self) }
                    == [tokens.grant.id.text, pending.grant.id.text].sorted())
            #expect(try await world.state(tokens.access)?.isActive == false)
            #expect(try await world.stores.tokens.refreshToken(tokens.token, at: world.now)?.isActive == false)
            #expect(try await world.redeem(pending) == .expired)
            for alive in [other, stranger] { #expect(try await world.state(alive.access)?.isActive == true) }
            #expect(try await world.stores.consents.consent(of: login.user.id, to: login.client.id) == nil)
            let ended = try #require(try await world.stores.consents.consent(consent.id)).consent
            #expect(ended.revokedAt == world.now && ended.revokedBy == .user)
        }
    }

    @Test("a grant that needs a consent is born dead without one that covers all it needs, whatever it came by")
    func bornDead() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            func outcome() async throws -> [Bool] {
                var grant = try await world.issued(login).grant
                grant.consented = ScopeList(["openid", "profile"])
                var alive: [Bool] = []
                for way in 0..<2 {
                    grant.id = GrantID(bucket: grant.id.bucket, random: world.name())
                    if way == 0 {
                        let code = AuthorizationCode(
                            grantID: grant.id, clientID: grant.clientID, redirectURI: "https://rp.example/cb",
                            codeChallenge: nil, expiresAt: world.now + 60)
                        let token = OpaqueToken(
                            .authorizationCode, bucket: .hour(of: code.expiresAt), secret: world.bytes())
                        try await world.stores.codes.issue(code, as: token, grant: grant)
                    } else {
                        try await world.stores.codes.open(GrantOpening(grant: grant), world.trail())
                    }
                    let access = world.accessToken(grant)
                    try await world.stores.tokens.record(access, refresh: nil, world.record())
                    alive.append(try await world.state(access)?.isActive == true)
                }
                return alive
            }
            #expect(try await outcome() == [false, false])
            let consent = consent(login.user.id, login.client.id, ["openid"], world)
            _ = try await world.stores.consents.grant(consent, in: nil, world.record())
            #expect(try await outcome() == [false, false])
            var wider = consent
            wider.scopes = ScopeList(["profile"])
            _ = try await world.stores.consents.grant(wider, in: nil, world.record())
            #expect(try await outcome() == [true, true])
            #expect(try await world.stores.consents.revoke(consent.id, by: .user, world.record()))
            #expect(try await outcome() == [false, false])
        }
    }

    @Test("however taking back a consent and the writing of its grants meet, no grant outlives the consent")
    func revokeAgainstIssue() async throws {
        try await withStores { world in
            for _ in 0..<10 {
                let login = try await world.loggedIn()
                let consent = consent(login.user.id, login.client.id, ["openid", "profile"], world)
                _ = try await world.stores.consents.grant(consent, in: nil, world.record())
                let issues = try await atOnce(16) { number in
                    guard number == 5 else {
                        return try await world.issued(login, consented: ScopeList(["openid"])) as World.Issue?
                    }
                    _ = try await world.stores.consents.revoke(consent.id, by: .user, world.record())
                    return nil
                }
                for issue in issues.compactMap({ $0 }) {
                    #expect(try await world.redeem(issue) == .expired)
                }
            }
        }
    }

    @Test("a deleted client's consents say so")
    func clientDeleted() async throws {
        try await withStores { world in
            let (user, client) = (try await world.created().id, try await world.registered().id)
            let consent = consent(user, client, ["openid"], world)
            _ = try await world.stores.consents.grant(consent, in: nil, world.record())
            #expect(try await world.stores.clients.delete(client, world.record()))
            #expect(try await world.stores.consents.consent(consent.id)?.consent.revokedBy == .clientDeleted)
        }
    }

    @Test("consents are listed oldest first, page by page, none twice, narrowed by what is asked for")
    func list() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let store = world.stores.consents
            var consents: [Consent] = []
            let users = [try await world.created().id, try await world.created().id]
            for age in 0..<6 {
                let client = try await world.registered().id
                // Equal times are told apart by id.
                consents.append(consent(users[age % 2], client, ["openid"], world, after: age / 2 - 100))
                _ = try await store.grant(consents[age], in: nil, world.record())
            }
            #expect(try await store.revoke(consents[0].id, by: .administrator, world.record()))
            func ids(_ filter: ConsentFilter, limit: Int = 2) async throws -> [String] {
                var (ids, page): ([String], PageRequest) = ([], PageRequest(limit: limit))
                repeat {
                    let found = try await store.consents(filter, page)
                    #expect(found.items.count <= limit)
                    ids += found.items.map(\.consent.id)
                    page.cursor = found.nextCursor
                } while page.cursor != nil
                return ids
            }
            let order = consents.sorted { ($0.grantedAt, $0.id) < ($1.grantedAt, $1.id) }
            #expect(try await ids(ConsentFilter(includesRevoked: true)) == order.map(\.id))
            #expect(try await ids(ConsentFilter()) == order.map(\.id).filter { $0 != consents[0].id })
            #expect(
                try await ids(ConsentFilter(userID: users[1]))
                    == order.filter { $0.userID == users[1] }.map(\.id))
            #expect(try await ids(ConsentFilter(clientID: consents[3].clientID)) == [consents[3].id])
            #expect(try await ids(ConsentFilter(clientID: consents[3].clientID, userID: users[0])).isEmpty)
            // Between two that stand lie more that ended than a page looks at.
            let (client, gone) = (try await world.registered().id, try await world.created().id)
            for number in 0..<12 {
                let ended = consent(gone, client, ["openid"], world, after: number - 90)
                let id = try await store.grant(ended, in: nil, world.record())
                if number < 11 { #expect(try await store.revoke(id, by: .user, world.record())) }
            }
            let short = try await store.consents(ConsentFilter(userID: gone), PageRequest(limit: 2))
            #expect(short.items.isEmpty && short.nextCursor != nil)
            #expect(try await ids(ConsentFilter(userID: gone)).count == 1)
            #expect(try await ids(ConsentFilter(userID: gone, includesRevoked: true)).count == 12)

            let wide = consent(users[0], try await world.registered().id, ["openid", "profile"], world, after: 0)
            _ = try await store.grant(wide, in: nil, world.record())
            #expect(try await ids(ConsentFilter(scopes: ScopeList(["profile"]))) == [wide.id])
            #expect(try await ids(ConsentFilter(userID: users[1], scopes: ScopeList(["profile"]))).isEmpty)
            let error = await refusal { () throws(OAuthError) in
                try await store.consents(ConsentFilter(), PageRequest(cursor: "nonsense"))
            }
            #expect(error?.parameter == "cursor")
        }
    }
}
