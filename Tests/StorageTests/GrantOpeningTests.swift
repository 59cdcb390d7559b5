import Postgres
import Provider
import Testing

@Suite("CodeStore.open: a grant with all that leaves with it, OpenID Connect Core §3.2, §3.3, RFC 6749 §4.2, §4.3")
struct GrantOpeningTests {
    private func opening(
        _ world: World, _ login: World.Login, code: Bool = true, access: Bool = true, refresh: Bool = false
    ) -> GrantOpening {
        let expiresAt = world.now + 3660
        let grant = Grant(
            id: GrantID(bucket: .day(of: expiresAt, from: world.now), random: world.name()), clientID: login.client.id,
            userID: login.user.id, sessionID: login.session.id, scopes: ScopeList(["openid", "profile"]),
            resources: ["https://api.example/\"a\\,{b}"], offline: false, authTime: world.now, amr: ["pwd"],
            acr: "urn:acr", nonce: "n-0S6", claimsRequest: nil, createdAt: world.now, expiresAt: expiresAt)
        var opening = GrantOpening(grant: grant)
        if code {
            let row = AuthorizationCode(
                grantID: grant.id, clientID: login.client.id, redirectURI: "https://rp.example/cb",
                codeChallenge: nil, expiresAt: world.now + 60)
            opening.code = (
                row, OpaqueToken(.authorizationCode, bucket: .hour(of: row.expiresAt), secret: world.bytes())
            )
        }
        if access {
            let token = world.accessToken(grant)
            opening.access = token
            opening.events = [
                .tokenIssued(
                    .init(
                        kind: .accessToken, id: token.id, grantID: grant.id, clientID: grant.clientID,
                        userID: grant.userID))
            ]
        }
        if refresh { opening.refresh = world.refreshToken(grant) }
        return opening
    }

    /// Whether its access token is alive.
    private func isActive(_ opening: GrantOpening, _ world: World) async throws -> Bool {
        let access = try #require(opening.access)
        return try await world.state(access)?.isActive == true
    }

    private func redeem(_ world: World, _ opening: GrantOpening) async throws -> CodeRedemption {
        let code = try #require(opening.code)
        return try await world.stores.codes.redeem(
            code.token, client: code.row.clientID, redirectURI: code.row.redirectURI, challenge: nil, at: world.now)
    }

    @Test("grant, code, access token and event are there together, as they were written")
    func together() async throws {
        try await withStores { world in
            let opening = opening(world, try await world.loggedIn())
            let trail = world.trail()
            try await world.stores.codes.open(opening, trail)
            let access = try #require(opening.access)
            let state = try #require(await world.state(access))
            #expect(state.isActive && state.token == access && state.grant == opening.grant)
            guard case .redeemed(let grant, _) = try await redeem(world, opening) else {
                return #expect(Bool(false), "not redeemed")
            }
            #expect(grant == opening.grant)
            #expect(try await world.written(Record(trail)) == [1, 0])
        }
    }

    @Test("a grant alone is one too: what an ID token was given for")
    func alone() async throws {
        try await withStores { world in
            let opening = opening(world, try await world.loggedIn(), code: false, access: false)
            try await world.stores.codes.open(opening, world.trail())
            let rows = try await world.database.read(
                "SELECT session_id FROM grants WHERE bucket = \(opening.grant.id.bucket.value) AND id = \(opening.grant.id.text)"
            )
            #expect(try rows.exactlyOne().value(0) == opening.grant.sessionID.text)
        }
    }

    @Test("what is there already is a conflict, and nothing of it is written twice")
    func twice() async throws {
        try await withStores { world in
            let opening = opening(world, try await world.loggedIn())
            let trail = world.trail()
            try await world.stores.codes.open(opening, trail)
            let error = try await #require(throws: OAuthError.self) {
                try await world.stores.codes.open(opening, trail)
            }
            #expect(error.code == .conflict)
            #expect(try await world.written(Record(trail)) == [1, 0])
        }
    }

    @Test("RFC 6749 §4.1.2: a code that comes twice ends the access token of the front channel with its grant")
    func replay() async throws {
        try await withStores { world in
            let opening = opening(world, try await world.loggedIn())
            try await world.stores.codes.open(opening, world.trail())
            _ = try await redeem(world, opening)
            #expect(try await redeem(world, opening) == .alreadyRedeemed(opening.grant.id, opening.grant.clientID))
            _ = try await world.stores.tokens.revoke(opening.grant.id, world.record())
            #expect(try await isActive(opening, world) == false)
        }
    }

    @Test("the session's end ends the token, whichever comes first")
    func session() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let before = opening(world, login)
            try await world.stores.codes.open(before, world.trail())
            #expect(try await world.stores.sessions.end(login.session.id, world.record()))
            #expect(try await isActive(before, world) == false)
            let after = opening(world, login)
            try await world.stores.codes.open(after, world.trail())
            #expect(try await isActive(after, world) == false)
            #expect(try await redeem(world, after) == .expired)
        }
    }

    @Test("of 16 openings and the session's end at once no token stays alive")
    func race() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let openings = (0..<16).map { _ in opening(world, login) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, opening) in openings.enumerated() {
                    group.addTask { try await world.stores.codes.open(opening, world.trail()) }
                    if index == 7 {
                        group.addTask { _ = try await world.stores.sessions.end(login.session.id, world.record()) }
                    }
                }
                try await group.waitForAll()
            }
            for opening in openings {
                #expect(try await isActive(opening, world) == false)
            }
        }
    }

    @Test("openings of different kinds travel in one batch, each with its own rows")
    func mixed() async throws {
        try await withStores { world in
            let login = try await world.loggedIn()
            let openings = (0..<24).map {
                opening(world, login, code: $0 % 2 == 0, access: $0 % 3 != 0, refresh: $0 % 4 == 0)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for opening in openings {
                    group.addTask { try await world.stores.codes.open(opening, world.trail()) }
                }
                try await group.waitForAll()
            }
            for opening in openings {
                if let access = opening.access { #expect(try await world.state(access)?.isActive == true) }
                if let refresh = opening.refresh {
                    #expect(
                        try await world.stores.tokens.refreshToken(refresh.token, at: world.now)?.grant == opening.grant
                    )
                }
                if opening.code != nil {
                    guard case .redeemed(let grant, _) = try await redeem(world, opening) else {
                        return #expect(Bool(false), "not redeemed")
                    }
                    #expect(grant == opening.grant)
                }
            }
        }
    }

    @Test("clients are found by any of their grant types")
    func clientsByGrantType() async throws {
        let place = try await TestDatabase.fresh()
        try await withStores(at: place) { world in
            for grants in [[GrantType.password], [.implicit, .authorizationCode], [.authorizationCode]] {
                var client = world.client()
                client.grantTypes = Set(grants)
                try await world.stores.clients.register(client, secret: nil, world.record())
            }
            func count(_ grants: Set<GrantType>) async throws -> Int {
                var filter = ClientFilter()
                filter.grantTypes = grants
                return try await world.stores.clients.clients(filter, PageRequest()).items.count
            }
            #expect(try await count([]) == 3)
            #expect(try await count([.password, .implicit]) == 2)
            #expect(try await count([.authorizationCode]) == 2)
            #expect(try await count([.clientCredentials]) == 0)
        }
    }
}
