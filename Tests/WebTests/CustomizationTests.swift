import Crypto
import HTTP
import JOSE
import Provider
import Synchronization
import Testing
import Web

/// Lives as long as a table says, and remembers what it was asked.
private final class TableOfLifetimes: LifetimeRule {
    let asked = Mutex<[LifetimeRequest]>([])
    let table: [LifetimeRequest.Subject: Int]

    init(_ table: [LifetimeRequest.Subject: Int]) { self.table = table }

    func seconds(for request: LifetimeRequest) -> Int {
        asked.withLock { $0.append(request) }
        return table[request.subject] ?? request.standard
    }
}

/// Claims that name where they stand.
private struct NamedClaims: ClaimsSource {
    var members: [(name: String, value: JSON)] = []

    func claims(for request: ClaimsSourceRequest) async throws(OAuthError) -> JSONObject {
        JSONObject(
            [
                ("where", .string(request.target.rawValue)), ("client", .string(request.client.id.text)),
                ("name", "Another"), ("user", request.user.map { .string($0.username) } ?? .null),
            ] + members)
    }
}

/// Opaque tokens: `opaque.<exp>.<jti>.<mac>`.
private struct OpaqueAccessTokens: AccessTokenGenerator {
    let key: SymmetricKey

    func token(for contents: AccessTokenContents) async throws(OAuthError) -> String {
        guard contents.claims["jti"]?.string == contents.token.id.text else {
            throw OAuthError(.serverError, "The claims are not those of the row.")
        }
        let body = "opaque.\(contents.token.expiresAt.seconds).\(contents.token.id.text)"
        return body + "." + mac(body)
    }

    func reference(in token: String) async throws(OAuthError) -> AccessTokenReference? {
        let parts = token.split(separator: ".").map(String.init)
        guard parts.count == 4, parts[0] == "opaque", let seconds = Int64(parts[1]),
            constantTimeEquals(parts[3], mac(parts[..<3].joined(separator: ".")))
        else { return nil }
        return AccessTokenReference(id: TokenID(parts[2]), expiresAt: Instant(seconds: seconds))
    }

    private func mac(_ text: String) -> String { Base64URL.encode(HMACSHA256.code(for: Array(text.utf8), key: key)) }
}

@Suite("What embedding servers and operators decide: lifetimes, claims, the form of access tokens")
struct CustomizationTests {
    /// A whole login by the code flow; the tokens' members.
    private func tokens(
        _ server: TestServer, _ user: User, scope: String = "openid profile email",
        _ change: @escaping (inout Client) -> Void = { _ in }
    ) async throws -> JSON {
        let (client, secret) = try await server.client {
            $0.firstParty = true
            change(&$0)
        }
        let walk = Walk(server: server, client: client, secret: secret)
        let browser = TestBrowser(server)
        let login = await browser.follow(await browser.get(walk.authorize(["scope": scope])))
        return try await walk.redeem(try await browser.logIn(login, user).answer().required("code")).json()
    }

    private func userInfo(_ server: TestServer, _ tokens: JSON) async throws -> JSON {
        try await server.routes.respond(
            to: request(
                .get, "/api/v1/oauth2/userinfo",
                ["Authorization": "Bearer " + (tokens["access_token"]?.string ?? "")])
        ).json()
    }

    @Test("Lifetimes are a function of the request, within what tables are kept for")
    func lifetimes() async throws {
        var customization = Customization()
        let rule = TableOfLifetimes([
            .accessToken: 77, .idToken: 0, .session: 10_000_000_000, .authorizationCode: 5, .refreshToken: 99,
        ])
        customization.lifetimes = rule
        try await TestServer.run(customization: customization) { server in
            let user = try await server.user()
            let tokens = try await tokens(server, user)
            #expect(tokens["expires_in"] == 77)
            let idToken = try claims(of: tokens["id_token"]?.string ?? "")
            #expect(idToken["exp"]?.integer == (idToken["iat"]?.integer ?? 0) + 1, "a second at least")
            let asked = rule.asked.withLock { $0 }
            #expect(Set(asked.map(\.subject)) == Set(LifetimeRequest.Subject.allCases))
            for request in asked {
                #expect(request.user?.id == user.id)
                #expect((request.client == nil) == (request.subject == .session))
                #expect((request.grantType == .authorizationCode) == (request.subject != .session))
            }
            #expect(asked.first { $0.subject == .accessToken }?.standard == 3600)
            #expect(asked.first { $0.subject == .accessToken }?.scopes.contains("email") == true)
            let session = try #require(SessionID(parsing: idToken["sid"]?.string ?? ""))
            #expect(session.bucket.isInUse(asDayAt: server.clock.now))
        }
    }

    @Test("Contract: a client's own lifetimes, codes and sessions included")
    func ownLifetimes() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client {
                $0.firstParty = true
                $0.lifetimes.authorizationCode = 10
                $0.lifetimes.session = 600
            }
            let user = try await server.user()
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            let login = await browser.follow(await browser.get(walk.authorize()))
            let first = try await browser.logIn(login, user).answer().required("code")
            server.clock.advance(seconds: 10)
            #expect(await walk.redeem(first).status == .badRequest)
            let code = try await browser.get(walk.authorize()).answer().required("code")
            let refresh = try await walk.redeem(code).json()["refresh_token"]?.string ?? ""
            server.clock.advance(seconds: 589)
            #expect(try await browser.get(walk.authorize()).answer()["code"] != nil)
            server.clock.advance(seconds: 1)
            #expect(await browser.get(walk.authorize()).location?.hasPrefix("/login") == true)
            #expect(try await browser.get(walk.authorize(["prompt": "none"])).answer()["error"] == "login_required")
            let renewed = await server.routes.respond(
                to: request(
                    .post, "/api/v1/oauth2/token",
                    [
                        "Content-Type": "application/x-www-form-urlencoded",
                        "Authorization": basic(client.id.text, secret ?? ""),
                    ], "grant_type=refresh_token&refresh_token=" + refresh))
            #expect(try renewed.json()["error"] == "invalid_grant")
            // Everybody else's login goes on.
            let other = try await server.client { $0.firstParty = true }
            let others = Walk(server: server, client: other.client, secret: other.secret)
            #expect(try await browser.get(others.authorize()).answer()["code"] != nil)
        }
    }

    @Test("A claims source adds to ID token, access token and UserInfo, and replaces what may be replaced")
    func claimsSource() async throws {
        var customization = Customization()
        customization.claims = NamedClaims()
        try await TestServer.run(customization: customization) { server in
            let user = try await server.user([("name", "Ada")])
            let tokens = try await tokens(server, user)
            let idToken = try claims(of: tokens["id_token"]?.string ?? "")
            let accessToken = try claims(of: tokens["access_token"]?.string ?? "")
            let info = try await userInfo(server, tokens)
            for (target, told) in [("id", idToken), ("access", accessToken), ("userinfo", info)] {
                #expect(told["where"]?.string == target)
                #expect(told["name"] == "Another" && told["user"]?.string == user.username)
                #expect(told["sub"]?.string == user.id.text)
            }
            let (client, secret) = try await server.client { $0.grantTypes = [.clientCredentials] }
            let own = await server.routes.respond(
                to: request(
                    .post, "/api/v1/oauth2/token",
                    [
                        "Content-Type": "application/x-www-form-urlencoded",
                        "Authorization": basic(client.id.text, secret ?? ""),
                    ], "grant_type=client_credentials"))
            let told = try claims(of: try own.json()["access_token"]?.string ?? "")
            #expect(told["where"] == "access" && told["user"] == .null && told["sub"]?.string == client.id.text)
        }
    }

    @Test(
        "No claims source sets what tokens are checked and users let in by",
        arguments: ["iss", "sub", "aud", "exp", "iat", "jti", "scope", "tenant_id", "roles"])
    func reservedClaims(claim: String) async throws {
        var customization = Customization()
        customization.claims = NamedClaims(members: [(claim, "forged")])
        try await TestServer.run(customization: customization) { server in
            let answer = try await tokens(server, try await server.user())
            #expect(answer["error"] == "server_error" && answer["access_token"] == nil)
            let logged = try #require(server.log.observations.last { $0.error != nil })
            #expect(logged.error?.detail?.contains(claim) == true)
            #expect(answer["error_description"]?.string?.contains(claim) == false)
        }
    }

    @Test("Access tokens may be opaque: they work everywhere, and a forged one nowhere")
    func accessTokens() async throws {
        var customization = Customization()
        customization.accessTokens = OpaqueAccessTokens(key: try .random())
        try await TestServer.run(customization: customization) { server in
            let user = try await server.user()
            let (client, secret) = try await server.client { $0.firstParty = true }
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            let login = await browser.follow(await browser.get(walk.authorize()))
            let tokens = try await walk.redeem(try await browser.logIn(login, user).answer().required("code")).json()
            let token = try #require(tokens["access_token"]?.string)
            #expect(token.hasPrefix("opaque."))
            let half = Base64URL.encode(Array(SHA256.hash(Array(token.utf8)).prefix(16)))
            #expect(try claims(of: tokens["id_token"]?.string ?? "")["at_hash"]?.string == half)
            #expect(try await userInfo(server, tokens)["sub"]?.string == user.id.text)
            func introspect(_ token: String) async throws -> JSON? {
                try await server.routes.respond(
                    to: request(
                        .post, "/api/v1/oauth2/introspect",
                        [
                            "Content-Type": "application/x-www-form-urlencoded",
                            "Authorization": basic(client.id.text, secret ?? ""),
                        ], "token=" + token)
                ).json()["active"]
            }
            #expect(try await introspect(token) == true)
            #expect(try await introspect(String(token.dropLast()) + (token.hasSuffix("A") ? "B" : "A")) == false)
            #expect(try await introspect("opaque.1.x.y") == false)
        }
    }

    @Test(
        "claimMappings: an operator tells what is known under another name, where it is wanted, as far as was granted")
    func mappings() async throws {
        try await TestServer.run { server in
            let user = try await server.user([
                ("roles", ["viewer", "editor"]), ("tenantId", "acme"), ("email", "a@b.example"),
            ])
            func mapping(_ source: String, _ claim: String, _ targets: Set<ClaimTarget>) throws -> ClaimMapping {
                let source = try #require(UserAttribute(source))
                return try #require(ClaimMapping(source, as: claim, in: targets))
            }
            let mappings = try [
                mapping("roles", "groups", [.idToken, .accessToken]),
                mapping("roles", "roles", [.idToken]),
                mapping("tenantId", "https://acme.example/tenant", [.idToken, .accessToken, .userInfo]),
                mapping("tenantId", "tenant_id", [.idToken, .accessToken]),
                mapping("roles", "roles", [.accessToken]),
                mapping("id", "uid", [.userInfo]),
                mapping("email", "mail", [.idToken, .userInfo]),
            ]
            let tokens = try await tokens(server, user, scope: "openid profile") { $0.claimMappings = mappings }
            let idToken = try claims(of: tokens["id_token"]?.string ?? "")
            let accessToken = try claims(of: tokens["access_token"]?.string ?? "")
            let info = try await userInfo(server, tokens)
            #expect(idToken["groups"] == ["viewer", "editor"] && idToken["roles"] == ["viewer", "editor"])
            #expect(accessToken["groups"] == ["viewer", "editor"] && accessToken["roles"] == ["viewer", "editor"])
            #expect(info["groups"] == nil && info["uid"]?.string == user.id.text)
            for told in [idToken, accessToken, info] { #expect(told["https://acme.example/tenant"] == "acme") }
            #expect(idToken["tenant_id"] == "acme" && accessToken["tenant_id"] == "acme")
            #expect(idToken["mail"] == nil && info["mail"] == nil, "the scope email was not granted")
            let bare = try await self.tokens(server, user, scope: "openid") { $0.claimMappings = mappings }
            #expect(try claims(of: bare["id_token"]?.string ?? "")["groups"] == nil)
            #expect(try await userInfo(server, bare)["uid"]?.string == user.id.text)
        }
    }

    @Test("claimMappings by the management API: shown as they were set, refused by name, changed at once")
    func managed() async throws {
        try await TestServer.run { server in
            func send(_ method: HTTP.Method, _ path: String, _ body: String) async throws -> (Response, JSON) {
                let answer = await server.routes.respond(
                    to: request(
                        method, "/api/v1/oauth2/clients" + path,
                        [
                            "Content-Type": "application/json",
                            "Authorization": basic(server.administrator.id, server.administrator.secret),
                        ], body))
                return (answer, try answer.json())
            }
            let good = #"[{"source":"tenant_id","claim":"org","targets":["userinfo","id"]}]"#
            let (created, client) = try await send(
                .post, "", #"{"name":"A","redirectUris":["https://a.example/"],"claim_mappings":\#(good)}"#)
            #expect(created.status == .created)
            #expect(
                client["claimMappings"] == [["source": "tenantId", "claim": "org", "targets": ["id", "userinfo"]]])
            let id = "/" + (client["clientId"]?.string ?? "")
            let (refused, error) = try await send(
                .patch, id, #"{"claimMappings":[{"source":"name","claim":"sub","targets":["id"]}]}"#)
            #expect(refused.status == .badRequest && error["error"] == "invalid_client_metadata")
            #expect(error["error_description"]?.string?.contains("claim sub") == true)
            let (_, cleared) = try await send(.patch, id, #"{"claimMappings":null}"#)
            #expect(cleared["claimMappings"] == [])
        }
    }
}
