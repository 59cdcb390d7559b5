import Postgres
import Provider
import Testing

@Suite("IssuedTokenStore: lists")
struct TokenListTests {
    private func id(_ token: AccessToken) -> IssuedToken.ID { .access(token.id) }
    private func id(_ token: OpaqueToken) -> IssuedToken.ID {
        .refresh(RefreshTokenID(bucket: token.bucket, hash: token.hash))
    }

    /// All pages one after the other.
    private func all(
        _ world: World, _ filter: TokenFilter, limit: Int = 200, at moment: Instant? = nil
    ) async throws -> [IssuedToken] {
        var (tokens, page): ([IssuedToken], PageRequest) = ([], PageRequest(limit: limit))
        repeat {
            let found = try await world.stores.issued.tokens(filter, page, at: moment ?? world.now)
            #expect(found.items.count <= limit)
            #expect(found.nextCursor == nil || found.nextCursor != page.cursor)
            tokens += found.items
            page.cursor = found.nextCursor
        } while page.cursor != nil
        return tokens
    }

    private func filter(_ change: (inout TokenFilter) -> Void) -> TokenFilter {
        var filter = TokenFilter()
        change(&filter)
        return filter
    }

    private func own(_ world: World, _ client: ClientID, _ moment: Instant) async throws -> AccessToken {
        let token = AccessToken(
            id: TokenID(world.name()), clientID: client, userID: nil, grantID: nil,
            scopes: ScopeList(["contracts:read", "x"]), audience: ["a"], issuedAt: moment,
            expiresAt: Instant(seconds: moment.seconds + 3600))
        try await world.stores.tokens.record(token, refresh: nil, world.record())
        return token
    }

    @Test("live tokens of a client, of a user, of a grant; what is dead for whatever reason is not among them")
    func filters() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let client = login.client.id
            let (one, two) = (
                try await world.minted(try await world.issued(login)),
                try await world.minted(try await world.issued(login, offline: true))
            )
            let service = try await own(world, client, world.now - 5)
            let dead = try await world.minted(try await world.issued(login))
            _ = try await world.stores.tokens.revoke(dead.grant.id, world.record())
            let single = try await own(world, client, world.now - 5)
            _ = try await world.stores.tokens.revoke(single.id, bucket: single.bucket, world.record())
            _ = try await own(world, client, world.now - 4000)
            _ = try await world.minted()

            let granted = [id(one.access), id(one.token), id(two.access), id(two.token)]
            func ids(_ change: (inout TokenFilter) -> Void) async throws -> [IssuedToken.ID] {
                try await all(world, filter(change)).map(\.id)
            }
            func same(_ a: [IssuedToken.ID], _ b: [IssuedToken.ID]) -> Bool {
                a.count == b.count && b.allSatisfy(a.contains)
            }
            #expect(same(try await ids { $0.clientID = client }, granted + [id(service)]))
            #expect(same(try await ids { $0.userID = login.user.id }, granted))
            #expect(
                same(
                    try await ids {
                        $0.userID = login.user.id
                        $0.clientID = client
                    }, granted))
            #expect(same(try await ids { $0.grantID = two.grant.id }, [id(two.access), id(two.token)]))
            #expect(
                try await ids {
                    $0.grantID = two.grant.id
                    $0.userID = UserID("another")
                }.isEmpty)
            #expect(try await ids { $0.clientID = ClientID("nobody") }.isEmpty)
            #expect(
                try await ids {
                    $0.clientID = client
                    $0.scopes = ScopeList(["x", "contracts:read"])
                } == [id(service)])
            #expect(
                try await ids {
                    $0.clientID = client
                    $0.issuedBefore = world.now
                } == [id(service)])
            #expect(
                same(
                    try await ids {
                        $0.clientID = client
                        $0.issuedFrom = world.now
                    }, granted))
            let told = try #require(try await all(world, filter { $0.grantID = one.grant.id }).first)
            #expect(
                told
                    == IssuedToken(
                        id: id(one.access), clientID: client, userID: login.user.id, grantID: one.grant.id,
                        scopes: one.access.scopes, issuedAt: one.access.issuedAt, expiresAt: one.access.expiresAt))
        }
    }

    @Test("however short the pages, each token is told once, by client, by user, and of all", arguments: [1, 2, 7])
    func pages(limit: Int) async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            var expected: [String] = []
            var logins: [World.Login] = []
            for _ in 0..<3 { logins.append(try await world.loggedIn()) }
            // A client without tokens between them.
            _ = try await world.registered()
            for login in logins {
                for number in 0..<4 {
                    // Equal times are told apart by id.
                    expected.append(try await own(world, login.client.id, world.now - number / 2).id.text)
                    let tokens = try await world.minted(try await world.issued(login))
                    if number == 3 {
                        _ = try await world.stores.tokens.revoke(tokens.grant.id, world.record())
                    } else {
                        expected += [tokens.access.id.text, Self.text(id(tokens.token))]
                    }
                }
            }
            let everything = try await all(world, TokenFilter(), limit: limit).map { Self.text($0.id) }
            #expect(everything.sorted() == expected.sorted())
            for login in logins {
                let ofClient = try await all(world, filter { $0.clientID = login.client.id }, limit: limit)
                #expect(ofClient.count == 10 && Set(ofClient.map { Self.text($0.id) }).count == 10)
                let ofUser = try await all(world, filter { $0.userID = login.user.id }, limit: limit)
                #expect(ofUser.count == 6 && Set(ofUser.map { Self.text($0.id) }).count == 6)
            }
        }
    }

    private static func text(_ id: IssuedToken.ID) -> String {
        switch id {
        case .access(let id): id.text
        case .refresh(let id): id.text
        }
    }

    @Test("after a revocation of thousands a page is still read from a few rows")
    func flat() async throws {
        try await withStores { world in
            let client = try await world.registered().id
            let bucket = Bucket.day(of: world.now + 3600).value
            _ = try await world.database.write(
                """
                INSERT INTO access_tokens (bucket, jti, client_id, scopes, audience, issued_at, expires_at, revoked_at)
                SELECT \(bucket), \(client.text)::text || n, \(client)::text, '{}', '{}', \(world.now),
                       \(world.now + 3600), CASE WHEN n % 1000 = 0 THEN NULL ELSE now() END
                FROM generate_series(1, 5000) n
                """)
            var page = PageRequest(limit: 2)
            var count = 0
            repeat {
                let found = try await world.stores.issued.tokens(filter { $0.clientID = client }, page, at: world.now)
                count += found.items.count
                page.cursor = found.nextCursor
            } while page.cursor != nil
            #expect(count == 5)
        }
    }

    @Test("a cursor of another list, or of none, is refused by name", arguments: ["", "x", "WyJjbGllbnQiXQ", "bnVsbA"])
    func cursors(text: String) async throws {
        try await withStores { world in
            for user in [nil, UserID("u")] {
                let error = await refusal { () throws(OAuthError) in
                    try await world.stores.issued.tokens(
                        filter { $0.userID = user }, PageRequest(cursor: text), at: world.now)
                }
                #expect(error?.code == .invalidRequest && error?.parameter == "cursor")
            }
        }
    }

    @Test("a token is found by its id alone, in whatever partition, as long as it has not expired")
    func find() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            let tokens = try await world.minted(issue)
            let long = world.accessToken(issue.grant, lifetime: 20 * 86_400)
            try await world.stores.tokens.record(long, refresh: nil, world.record())
            for token in [tokens.access, long] {
                #expect(try await world.stores.issued.accessToken(token.id, at: world.now) == token)
            }
            #expect(try await world.stores.issued.accessToken(TokenID("nothing"), at: world.now) == nil)
            let expired = tokens.access.expiresAt
            #expect(try await world.stores.issued.accessToken(tokens.access.id, at: expired) == nil)
            let id = RefreshTokenID(bucket: tokens.token.bucket, hash: tokens.token.hash)
            #expect(RefreshTokenID(parsing: id.text) == id)
            #expect(try await world.stores.issued.refreshToken(id, at: world.now) == tokens.refresh)
            let forged = RefreshTokenID(bucket: Bucket(1), hash: tokens.token.hash)
            #expect(try await world.stores.issued.refreshToken(forged, at: world.now) == nil)
        }
    }
}
