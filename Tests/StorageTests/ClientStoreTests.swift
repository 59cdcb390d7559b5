import JOSE
import Postgres
import Provider
import Testing

@Suite("ClientStore")
struct ClientStoreTests {
    @Test("a client is read as it was registered, with its first secret")
    func registration() async throws {
        try await withStores { world in
            var client = world.client()
            client.authenticationMethod = .post
            client.profile = .fapi2Security
            client.postLogoutRedirectURIs = ["https://rp.example/bye"]
            client.logout.backChannelURI = "https://rp.example/back"
            client.logout.backChannelSessionRequired = true
            client.logout.frontChannelURI = "https://rp.example/front"
            client.logout.frontChannelSessionRequired = true
            client.grantTypes = [.authorizationCode, .refreshToken, .clientCredentials]
            client.allowedScopes = ScopeList(["profile", "openid", "email"])
            client.defaultScopes = ScopeList(["email", "openid"])
            client.requirePKCE = false
            client.firstParty = true
            client.allowedResources = ["https://api.example"]
            client.defaultAudience = "https://default.example"
            client.allowedOrigins = ["https://spa.example"]
            client.tenantID = "tenant"
            client.mayIntrospect = true
            client.idTokenAlgorithm = .es256
            client.lifetimes.accessToken = 60
            client.lifetimes.idToken = 61
            client.lifetimes.refreshToken = 62
            client.lifetimes.authorizationCode = 63
            client.lifetimes.session = 64
            client.namedResponseTypes = [.code, .codeIDToken]
            let roles = try #require(UserAttribute("roles"))
            client.claimMappings = [try #require(ClaimMapping(roles, as: "groups", in: [.idToken, .userInfo]))]
            client.refreshRotation = false
            client.refreshGrace = 0
            client.presentation = ["client_uri": "https://rp.example", "contacts": ["a@rp.example"]]
            let (secret, record) = (world.secret(of: client.id), world.record())
            try await world.stores.clients.register(client, secret: secret, record)
            let read = try await world.stores.clients.client(client.id, at: world.now)
            #expect(read == RegisteredClient(client: client, secrets: [secret]))
            #expect(try await world.written(record) == [1, 1])
        }
    }

    @Test("origins are those of public clients, as they are registered now")
    func origins() async throws {
        try await withStores { world in
            let host = world.name("spa").lowercased()
            var client = world.client(.public)
            client.redirectURIs = ["https://\(host):8443/cb", "com.example.app:/cb"]
            client.allowedOrigins = ["https://\(host).example"]
            try await world.stores.clients.register(client, secret: nil, world.record())
            var confidential = world.client()
            confidential.redirectURIs = ["https://\(host)-2/cb"]
            try await world.stores.clients.register(confidential, secret: nil, world.record())
            func isKnown(_ origin: String) async throws -> Bool {
                try await world.stores.clients.hasPublicClient(at: origin)
            }
            #expect(try await isKnown("https://\(host):8443"))
            #expect(try await isKnown("https://\(host).example"))
            #expect(try await !isKnown("https://\(host)"))
            #expect(try await !isKnown("https://\(host)-2"))
            var changed = client
            changed.redirectURIs = []
            #expect(try await world.stores.clients.replace(client, by: changed, world.record()))
            #expect(try await !isKnown("https://\(host):8443"))
            #expect(try await isKnown("https://\(host).example"))
        }
    }

    @Test("no default scopes, none at all, and some are three different things")
    func defaultScopes() async throws {
        try await withStores { world in
            for presets in [nil, ScopeList(), ScopeList(["openid"])] {
                var client = world.client()
                client.defaultScopes = presets
                try await world.stores.clients.register(client, secret: nil, world.record())
                let read = try await world.stores.clients.client(client.id, at: world.now)
                #expect(read?.client.defaultScopes == presets)
            }
        }
    }

    @Test("a row of another version is read: members that are missing or unknown leave the default")
    func leniency() async throws {
        try await withStores { world in
            let id = world.name("c")
            _ = try await world.database.write(
                """
                INSERT INTO clients (id, name, type, settings, created_at, updated_at)
                VALUES (\(id), 'old', 'PUBLIC', '{"profile": "of-tomorrow", "news": {"a": 1}, "firstParty": true}',
                        now(), now())
                """)
            let client = try #require(try await world.stores.clients.client(ClientID(id), at: world.now)).client
            #expect(client.profile == .standard)
            #expect(client.firstParty)
            #expect(client.requirePKCE)
            #expect(client.grantTypes == [.authorizationCode])
        }
    }

    @Test("a mapping that an earlier version allowed, and that makes a claim say something else, is read no more")
    func forgedClaims() async throws {
        try await withStores { world in
            let id = world.name("c")
            let mappings = """
                {"claimMappings": [
                    {"source": "nickname", "claim": "tenant_id", "targets": ["access"]},
                    {"source": "nickname", "claim": "roles", "targets": ["access", "id", "userinfo"]},
                    {"source": "nickname", "claim": "email", "targets": ["id"]},
                    {"source": "nickname", "claim": "nick", "targets": ["access"]}
                ]}
                """
            _ = try await world.database.write(
                """
                INSERT INTO clients (id, name, type, settings, created_at, updated_at)
                VALUES (\(id), 'old', 'PUBLIC', \(mappings)::text::jsonb, now(), now())
                """)
            let client = try #require(try await world.stores.clients.client(ClientID(id), at: world.now)).client
            #expect(client.claimMappings.map(\.claim) == ["nick"])
        }
    }

    @Test("an id that is taken is a conflict, and nothing is recorded")
    func taken() async throws {
        try await withStores { world in
            let client = try await world.registered()
            let record = world.record()
            let error = await refusal { () throws(OAuthError) in
                try await world.stores.clients.register(client, secret: nil, record)
            }
            #expect(error?.code == .conflict)
            #expect(try await world.written(record) == [0, 0])
        }
    }

    @Test("a scope that does not exist is refused by the member's name")
    func unknownScope() async throws {
        try await withStores { world in
            var client = world.client()
            client.allowedScopes = ScopeList(["openid", "no-such-scope"])
            let error = await refusal { [client] () throws(OAuthError) in
                try await world.stores.clients.register(client, secret: nil, world.record())
            }
            #expect(error?.code == .invalidClientMetadata)
            #expect(error?.parameter == "allowedScopes")
            let read = try await world.stores.clients.client(client.id, at: world.now)
            #expect(read == nil)
        }
    }

    @Test("a client is replaced as it was read, scopes included")
    func replacement() async throws {
        try await withStores { world in
            let old = try await world.registered()
            var new = old
            new.name = "Another name"
            new.allowedScopes = ScopeList(["email", "profile"])
            new.defaultScopes = ScopeList(["email"])
            new.updatedAt = world.now + 5
            let record = world.record()
            #expect(try await world.stores.clients.replace(old, by: new, record))
            #expect(try await world.stores.clients.client(old.id, at: world.now)?.client == new)
            #expect(try await world.written(record) == [1, 1])
        }
    }

    @Test("a client that has changed since it was read, or is gone, is not replaced")
    func staleReplacement() async throws {
        try await withStores { world in
            let old = try await world.registered()
            // The same moment twice: the second change has not seen the first.
            #expect(try await world.stores.clients.replace(old, by: old, world.record()))
            let record = world.record()
            #expect(try await world.stores.clients.replace(old, by: old, record) == false)
            #expect(try await world.stores.clients.replace(world.client(), by: world.client(), record) == false)
            #expect(try await world.written(record) == [0, 0])
        }
    }

    @Test("of 32 replacements of one reading one wins")
    func replacementRace() async throws {
        try await withStores { world in
            let old = try await world.registered()
            let won = try await atOnce(32) { number in
                var new = old
                new.name = "Name \(number)"
                new.allowedScopes = ScopeList(number.isMultiple(of: 2) ? ["openid"] : ["email", "phone"])
                return try await world.stores.clients.replace(old, by: new, world.record())
            }
            #expect(won.filter { $0 }.count == 1)
        }
    }

    @Test("a deleted client is gone with its secrets and consents, and told once")
    func deletion() async throws {
        try await withStores { world in
            let (client, user) = (try await world.registered(), try await world.created())
            let consent = Consent(
                id: world.name(), userID: user.id, clientID: client.id, scopes: ScopeList(["openid"]),
                grantedAt: world.now)
            _ = try await world.stores.consents.grant(consent, in: nil, world.record())
            let record = world.record()
            let told = try await atOnce(8) { _ in try await world.stores.clients.delete(client.id, record) }
            #expect(told.filter { $0 }.count == 1)
            #expect(try await world.written(record) == [1, 1])
            #expect(try await world.stores.clients.client(client.id, at: world.now) == nil)
            #expect(try await world.stores.clients.secrets(of: client.id, at: world.now).isEmpty)
            #expect(try await world.stores.consents.consent(of: user.id, to: client.id) == nil)
        }
    }

    @Test("clients are listed oldest first, page by page, none twice")
    func list() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            var ids: [String] = []
            for age in 0..<7 {
                var client = world.client()
                // Equal times are told apart by id.
                client.createdAt = world.now - 1000 + age / 2
                ids.append("\(client.createdAt.milliseconds) \(client.id.text)")
                try await world.stores.clients.register(client, secret: nil, world.record())
            }
            var listed: [String] = []
            var cursor: String?
            repeat {
                let page = try await world.stores.clients.clients(ClientFilter(), PageRequest(limit: 3, cursor: cursor))
                #expect(page.items.count <= 3)
                listed += page.items.map { "\($0.createdAt.milliseconds) \($0.id.text)" }
                cursor = page.nextCursor
            } while cursor != nil
            #expect(listed == ids.sorted())
            #expect(try await world.stores.clients.clients(ClientFilter(), PageRequest(limit: 7)).nextCursor == nil)
        }
    }

    @Test("clients are filtered by id, kind and allowed scopes, each alone, together, and page by page")
    func filters() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            var clients: [Client] = []
            for (age, scopes) in [["openid", "email"], ["email"], ["openid", "email", "phone"], ["openid"]].enumerated()
            {
                var client = world.client(age % 2 == 0 ? .public : .confidential)
                client.createdAt = world.now + age
                client.updatedAt = client.createdAt
                client.allowedScopes = ScopeList(scopes)
                // A scope that is only a default one is not allowed.
                if age == 3 { client.defaultScopes = ScopeList(["email"]) }
                clients.append(client)
                try await world.stores.clients.register(client, secret: nil, world.record())
            }
            func found(_ change: (inout ClientFilter) -> Void) async throws -> [Int?] {
                var filter = ClientFilter()
                change(&filter)
                var (found, cursor): ([Client], String?) = ([], nil)
                repeat {
                    let page = try await world.stores.clients.clients(filter, PageRequest(limit: 1, cursor: cursor))
                    found += page.items
                    cursor = page.nextCursor
                } while cursor != nil
                return found.map { clients.firstIndex(of: $0) }
            }
            #expect(try await found { _ in } == [0, 1, 2, 3])
            #expect(try await found { $0.id = clients[1].id } == [1])
            #expect(try await found { $0.id = ClientID("none") } == [])
            #expect(try await found { $0.kind = .confidential } == [1, 3])
            #expect(try await found { $0.allowedScopes = ScopeList(["email"]) } == [0, 1, 2])
            #expect(try await found { $0.allowedScopes = ScopeList(["email", "openid"]) } == [0, 2])
            #expect(try await found { $0.allowedScopes = ScopeList(["email", "none"]) } == [])
            #expect(
                try await found {
                    $0.kind = .public
                    $0.allowedScopes = ScopeList(["phone"])
                } == [2])
            #expect(
                try await found {
                    $0.id = clients[0].id
                    $0.kind = .confidential
                } == [])
        }
    }

    @Test(
        "a cursor that no list gave is refused by name",
        arguments: ["", "x", "!!", "bm9uZQ", "MS4AYQ"]
            + ["99999999999999999.a", "253402300800000.a", "-62135596800001.a", "-9007199254740991.a"].map {
                Base64URL.encode(Array($0.utf8))
            })
    func foreignCursor(_ cursor: String) async throws {
        try await withStores { world in
            let error = await refusal { () throws(OAuthError) in
                try await world.stores.clients.clients(ClientFilter(), PageRequest(cursor: cursor))
            }
            #expect(error?.code == .invalidRequest)
            #expect(error?.parameter == "cursor")
        }
    }

    @Test("a text with a NUL is the caller's mistake, not the server's")
    func nul() async throws {
        try await withStores { world in
            let error = await refusal { () throws(OAuthError) in
                try await world.stores.clients.client(ClientID("a\0b"), at: world.now)
            }
            #expect(error?.code == .invalidRequest)
        }
    }
}
