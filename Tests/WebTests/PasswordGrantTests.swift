import HTTP
import JOSE
import Provider
import Testing
import Web

/// A client of the profile legacy that asks for tokens with its users' passwords.
private struct PasswordClient {
    let server: TestServer
    let client: Client
    let secret: String?

    init(_ server: TestServer, _ change: (inout Client) -> Void = { _ in }) async throws {
        self.server = server
        (client, secret) = try await server.client {
            $0.profile = .legacy
            $0.grantTypes = [.password, .refreshToken]
            $0.redirectURIs = []
            change(&$0)
        }
    }

    func ask(
        _ username: String, _ password: String = TestServer.password, _ more: [(String, String)] = [],
        from address: String = "192.0.2.1"
    ) async -> Response {
        let fields = [("grant_type", "password"), ("username", username), ("password", password)] + more
        return await post("token", fields, from: address)
    }

    func post(_ endpoint: String, _ fields: [(String, String)], from address: String = "192.0.2.1") async -> Response {
        let body = FormEncoder.encode(fields.map { FormParameter(name: $0.0, value: $0.1) })
        let headers: Headers = [
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": basic(client.id.text, secret ?? ""),
        ]
        return await server.routes.respond(
            to: request(.post, "/api/v1/oauth2/" + endpoint, headers, body, from: address))
    }
}

@Suite("The password grant: RFC 6749 §4.3, for clients of the profile legacy")
struct PasswordGrantTests {
    @Test("Name and password bring tokens, and an ID token with openid; the refresh token works")
    func tokens() async throws {
        try await TestServer.run { server in
            let client = try await PasswordClient(server)
            let user = try await server.user()
            let answer = await client.ask(user.username, TestServer.password, [("scope", "openid profile")])
            #expect(answer.status == .ok && answer.headers[first: "cache-control"] == "no-store")
            let tokens = try answer.json()
            #expect(tokens["token_type"] == "Bearer" && tokens["scope"] == "openid profile")
            let told = try claims(of: tokens["id_token"]?.string ?? "")
            #expect(told["sub"]?.string == user.id.text && told["amr"] == ["pwd"] && told["at_hash"] != nil)
            let refresh = tokens["refresh_token"]?.string ?? ""
            let again = await client.post("token", [("grant_type", "refresh_token"), ("refresh_token", refresh)])
            #expect(again.status == .ok)
            let bearer = try again.json()["access_token"]?.string ?? ""
            let info = await server.routes.respond(
                to: request(.get, "/api/v1/oauth2/userinfo", ["Authorization": "Bearer " + bearer]))
            #expect(try info.json()["sub"]?.string == user.id.text)
            // Without openid no ID token, without refresh_token no refresh token.
            let plain = try await PasswordClient(server) { $0.grantTypes = [.password] }
            let fewer = try await plain.ask(user.username, TestServer.password, [("scope", "profile")]).json()
            #expect(fewer["id_token"] == nil && fewer["refresh_token"] == nil && fewer["access_token"] != nil)
        }
    }

    @Test("A session begins with the grant, by the events of a login; its end ends the tokens")
    func session() async throws {
        try await TestServer.run { server in
            let client = try await PasswordClient(server)
            let user = try await server.user()
            var cursor = try await server.provider.stores.events.endOfEvents()
            let tokens = try await client.ask(user.username, TestServer.password, [("scope", "openid")]).json()
            let sid = try #require(claims(of: tokens["id_token"]?.string ?? "")["sid"]?.string)
            var types: [String] = []
            while types.count < 4 {
                let events = try await server.provider.stores.events.events(after: cursor, types: [], limit: 200).items
                cursor = events.last?.cursor ?? cursor
                types +=
                    events.filter { String(decoding: $0.data, as: UTF8.self).contains(user.id.text) }.map(\.type)
                    // It may come after the cursor, where others' transactions went on.
                    .filter { $0 != "user.created" }
            }
            #expect(
                types == [
                    "user.login.succeeded", "oauth2.session.started", "oauth2.token.issued", "oauth2.token.issued",
                ])
            let id = try #require(SessionID(parsing: sid))
            #expect(try await server.provider.stores.sessions.end(id, Record(server.trail)))
            let refresh = tokens["refresh_token"]?.string ?? ""
            let dead = await client.post("token", [("grant_type", "refresh_token"), ("refresh_token", refresh)])
            #expect(try dead.json()["error"] == "invalid_grant")
            let access = tokens["access_token"]?.string ?? ""
            #expect(try await client.post("introspect", [("token", access)]).json()["active"] == false)
        }
    }

    @Test("CVE-2026-4633: a wrong password and a name that does not exist are one and the same answer")
    func enumeration() async throws {
        try await TestServer.run { server in
            let client = try await PasswordClient(server)
            let user = try await server.user()
            let answers = [
                await client.ask(user.username, "wrong", from: "192.0.2.11"),
                await client.ask(name("nobody"), "wrong", from: "192.0.2.12"),
                await client.ask("no name at all", "wrong", from: "192.0.2.13"),
            ]
            for answer in answers {
                #expect(answer.status == .badRequest && answer.text == answers[0].text)
                #expect(try answer.json()["error"] == "invalid_grant")
            }
        }
    }

    @Test("Contract: guesses are throttled with those of the login page, by 429 and Retry-After, known name or not")
    func throttle() async throws {
        try await TestServer.run { server in
            let client = try await PasswordClient(server)
            for (username, address) in [
                (try await server.user().username, "192.0.2.21"), (name("nobody"), "192.0.2.22"),
            ] {
                for _ in 0..<5 {
                    #expect(await client.ask(username, "wrong", from: address).status == .badRequest)
                }
                let refused = await client.ask(username, TestServer.password, from: address)
                #expect(refused.status == .tooManyRequests)
                #expect(refused.headers[first: "retry-after"] == "1")
                #expect(try refused.json()["error"] == "too_many_requests")
                let browser = TestBrowser(server, address: address)
                let page = await browser.submit(
                    await browser.get("/login"), "/login", [("username", username), ("password", TestServer.password)])
                #expect(page.status == .tooManyRequests, "one count for both ways in")
            }
        }
    }

    @Test(
        "Contract, rate limits: a user's logins and tokens are counted whichever way they come",
        arguments: [
            RateLimit(.login, .user, rate: 1, burst: 1), RateLimit(.token, .user, rate: 1, burst: 1),
        ])
    func limits(limit: RateLimit) async throws {
        try await TestServer.run(limits: [limit]) { server in
            let client = try await PasswordClient(server)
            let user = try await server.user()
            #expect(await client.ask(user.username).status == .ok)
            let refused = await client.ask(user.username)
            #expect(refused.status == .tooManyRequests && refused.headers.contains("retry-after"))
        }
    }

    @Test("What the user must be asked for, or cannot give, does not come with the password")
    func refused() async throws {
        try await TestServer.run { server in
            let client = try await PasswordClient(server) {
                $0.allowedScopes = ScopeList(["openid", "offline_access", "admin"])
            }
            let user = try await server.user()
            func code(_ client: PasswordClient, _ scope: String) async throws -> JSON? {
                try await client.ask(user.username, TestServer.password, [("scope", scope)]).json()["error"]
            }
            #expect(try await code(client, "openid offline_access") == "invalid_scope")
            #expect(try await code(client, "admin") == "invalid_scope")
            #expect(try await code(client, "openid email") == "invalid_scope")
            let consent = Consent(
                id: name("consent"), userID: user.id, clientID: client.client.id,
                scopes: ScopeList(["offline_access"]), grantedAt: server.clock.now)
            _ = try await server.provider.stores.consents.grant(consent, in: nil, Record(server.trail))
            #expect(try await code(client, "openid offline_access") == nil)
            let foreign = try await PasswordClient(server) { $0.tenantID = "other" }
            #expect(try await code(foreign, "openid") == "invalid_grant")
            let standard = try await PasswordClient(server) {
                $0.profile = .standard
                $0.grantTypes = [.clientCredentials]
            }
            #expect(try await code(standard, "openid") == "unauthorized_client")
        }
    }
}
