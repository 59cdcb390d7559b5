import Provider
import Testing

@Suite("TokenStore: minting, state and revocation")
struct TokenStoreTests {
    @Test("RFC 7662 §2.2: tokens are read as they were minted, alive, with grant and user")
    func minting() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            let (access, refresh) = (world.accessToken(issue.grant), world.refreshToken(issue.grant))
            let record = world.record()
            try await world.stores.tokens.record(access, refresh: refresh, record)
            #expect(try await world.written(record) == [1, 0])
            let state = try await world.state(access)
            #expect(
                state == AccessTokenState(token: access, isActive: true, grant: issue.grant, user: issue.login.user))
            let refreshState = try await world.stores.tokens.refreshToken(refresh.token, at: world.now)
            #expect(refreshState == RefreshTokenState(token: refresh.row, isActive: true, grant: issue.grant))
        }
    }

    @Test("RFC 6749 §4.4: a token of the client itself has neither grant nor user, and lives as long as its client")
    func clientToken() async throws {
        try await withStores { world in
            let client = try await world.registered()
            let access = AccessToken(
                id: TokenID(world.name()), clientID: client.id, userID: nil, grantID: nil,
                scopes: ScopeList(["contracts:read"]), audience: ["a", #"b"\{},"#], issuedAt: world.now,
                expiresAt: Instant(seconds: world.now.seconds + 3600))
            try await world.stores.tokens.record(access, refresh: nil, world.record())
            #expect(
                try await world.state(access)
                    == AccessTokenState(token: access, isActive: true, grant: nil, user: nil))
            #expect(try await world.stores.clients.delete(client.id, world.record()))
            #expect(try await world.state(access)?.isActive == false)
        }
    }

    @Test("the tokens of 200 answers at once are all there, each with its events")
    func many() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            let minted = try await atOnce(200) { _ in
                let (access, refresh) = (world.accessToken(issue.grant), world.refreshToken(issue.grant))
                let record = world.record()
                try await world.stores.tokens.record(access, refresh: refresh, record)
                return (access, refresh, record)
            }
            for (access, refresh, record) in minted {
                #expect(try await world.state(access)?.isActive == true)
                #expect(try await world.stores.tokens.refreshToken(refresh.token, at: world.now)?.isActive == true)
                #expect(try await world.written(record) == [1, 0])
            }
        }
    }

    @Test("a token id that exists is a conflict, and the neighbours in its batch are written")
    func taken() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            let first = world.accessToken(issue.grant)
            try await world.stores.tokens.record(first, refresh: nil, world.record())
            let codes = try await atOnce(8) { number in
                let access = number == 4 ? first : world.accessToken(issue.grant)
                let record = world.record()
                let error = await refusal { () throws(OAuthError) in
                    try await world.stores.tokens.record(access, refresh: nil, record)
                }
                let written = try await world.written(record)
                #expect(written == (number == 4 ? [0, 0] : [1, 0]))
                return error?.code
            }
            #expect(codes.filter { $0 == .conflict }.count == 1)
            #expect(codes.filter { $0 == nil }.count == 7)
        }
    }

    @Test("an access token is dead from the second it expires, and of an unknown one nothing is told")
    func expiry() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let last = Instant(milliseconds: tokens.access.expiresAt.milliseconds - 1)
            #expect(try await world.state(tokens.access, at: last)?.isActive == true)
            #expect(try await world.state(tokens.access, at: tokens.access.expiresAt)?.isActive == false)
            let store = world.stores.tokens
            #expect(try await store.accessToken(TokenID("x"), bucket: tokens.access.bucket, at: world.now) == nil)
            #expect(try await store.accessToken(tokens.access.id, bucket: Bucket(1), at: world.now) == nil)
        }
    }

    @Test("RFC 7009 §2: one access token is revoked, once, and its siblings live")
    func revokeAccessToken() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            let (one, other) = (try await world.minted(issue), try await world.minted(issue))
            let record = world.record()
            let told = try await atOnce(8) { _ in
                try await world.stores.tokens.revoke(one.access.id, bucket: one.access.bucket, record)
            }
            #expect(told.filter { $0 }.count == 1)
            #expect(try await world.written(record) == [1, 1])
            #expect(try await world.state(one.access)?.isActive == false)
            #expect(try await world.state(other.access)?.isActive == true)
            #expect(try await world.stores.tokens.refreshToken(one.token, at: world.now)?.isActive == true)
        }
    }

    @Test("a token that is dead already is not revoked: expired, unknown, or of a revoked grant")
    func revokeDeadToken() async throws {
        try await withStores { world in
            let tokens = try await world.minted()
            let (id, bucket) = (tokens.access.id, tokens.access.bucket)
            let store = world.stores.tokens
            let late = world.record(at: tokens.access.expiresAt)
            #expect(try await store.revoke(id, bucket: bucket, late) == false)
            #expect(try await store.revoke(TokenID("x"), bucket: bucket, late) == false)
            _ = try await store.revoke(tokens.grant.id, world.record())
            #expect(try await store.revoke(id, bucket: bucket, late) == false)
            #expect(try await world.written(late) == [0, 0])
        }
    }

    @Test("CVE-2016-6582: revoking a family kills all of it at once, and is told once")
    func revokeGrant() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            let family = [try await world.minted(issue), try await world.minted(issue)]
            let record = world.record()
            let told = try await atOnce(16) { _ in try await world.stores.tokens.revoke(issue.grant.id, record) }
            #expect(told.filter { $0 }.count == 1)
            #expect(try await world.written(record) == [1, 1])
            for tokens in family {
                #expect(try await world.state(tokens.access)?.isActive == false)
                #expect(try await world.stores.tokens.refreshToken(tokens.token, at: world.now)?.isActive == false)
            }
            let unknown = GrantID(bucket: issue.grant.id.bucket, random: "unknown")
            #expect(try await world.stores.tokens.revoke(unknown, world.record()) == false)
        }
    }

    @Test("a token that is minted after its grant was revoked is born dead")
    func bornDead() async throws {
        try await withStores { world in
            let issue = try await world.issued()
            #expect(try await world.stores.tokens.revoke(issue.grant.id, world.record()))
            let tokens = try await world.minted(issue)
            #expect(try await world.state(tokens.access)?.isActive == false)
            #expect(try await world.stores.tokens.refreshToken(tokens.token, at: world.now)?.isActive == false)
        }
    }

    @Test("with its client every token dies, and a client registered under the same id later inherits nothing")
    func reregisteredClient() async throws {
        try await withStores { world in
            let tokens = try await world.minted(offline: true)
            let client = try #require(try await world.stores.clients.client(tokens.grant.clientID, at: world.now))
                .client
            let own = AccessToken(
                id: TokenID(world.name()), clientID: client.id, userID: nil, grantID: nil, scopes: ScopeList(),
                audience: [], issuedAt: world.now, expiresAt: tokens.access.expiresAt)
            try await world.stores.tokens.record(own, refresh: nil, world.record())
            func allDead() async throws -> Bool {
                let states = [
                    try await world.state(tokens.access)?.isActive, try await world.state(own)?.isActive,
                    try await world.stores.tokens.refreshToken(tokens.token, at: world.now)?.isActive,
                ]
                return states == [false, false, false]
            }
            #expect(try await world.stores.clients.delete(client.id, world.record()))
            #expect(try await allDead())
            try await world.stores.clients.register(client, secret: nil, world.record())
            #expect(try await allDead())
        }
    }
}
