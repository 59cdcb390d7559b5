import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Who may call the management API, for every route that there is")
struct CallerTests {
    private func routes(_ server: TestServer) -> [Route] {
        let site = Site(issuer: server.provider.settings.issuer)
        return SiteMap(
            server.provider, site, ErrorRendering(site: site), Operations(ready: { [] }, metrics: { [] }),
            loginPage: nil
        ).routes
    }

    /// Every route of a kind as a request: an empty object as the body.
    ///
    /// - Parameter ids: what stands for a placeholder such as `{clientId}`, which is else nothing's.
    private func requests(
        _ server: TestServer, _ kind: Route.Kind, ids: [String: String] = [:]
    ) -> [(method: HTTP.Method, path: String, body: String)] {
        routes(server).filter { $0.kind == kind }.map { route in
            let path = route.pattern.dropFirst("/api/v1".count).split(separator: "/").map { segment in
                segment.hasPrefix("{") ? ids[String(segment)] ?? "nothing" : String(segment)
            }
            let takesBody = if case .json = route.body { true } else { false }
            return (route.method, "/" + path.joined(separator: "/"), takesBody ? "{}" : "")
        }
    }

    /// The id of a public client that may have the scope `admin`.
    private func publicClient(_ server: TestServer) async throws -> String {
        let (client, _) = try await server.client {
            $0.kind = .public
            $0.authenticationMethod = Client.AuthenticationMethod.none
            $0.allowedScopes = ScopeList(["openid", "admin"])
        }
        return client.id.text
    }

    @Test("No route of the API is open to everybody but those that are meant to be")
    func openRoutes() async throws {
        try await TestServer.run { server in
            let open = routes(server).filter { route in
                route.pattern.hasPrefix("/api/") && ![.management, .sharedManagement].contains(route.kind)
            }
            #expect(
                Set(open.map { "\($0.method.rawValue) \($0.pattern.dropFirst("/api/v1".count))" }) == [
                    "GET /oauth2/authorize", "POST /oauth2/authorize", "GET /oauth2/logout", "POST /oauth2/logout",
                    "POST /oauth2/token", "POST /oauth2/revoke", "POST /oauth2/introspect",
                    "POST /oauth2/device-authorization", "GET /oauth2/userinfo", "POST /oauth2/userinfo",
                    "POST /users/signup", "POST /users/reset-password", "POST /users/verify-email",
                    "GET /users/profile", "PUT /users/profile", "POST /applications", "GET /openapi.json",
                ])
        }
    }

    @Test("To the administrator of another tenant nothing of a tenant exists, by whichever route, and nothing changes")
    func otherTenants() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let tenant = name("tenant")
            let user = try await server.user([("tenant_id", .string(tenant)), ("name", "Ada")])
            let (client, _) = try await server.client { $0.tenantID = tenant }
            let secret = try #require(
                try await server.provider.stores.clients.secrets(of: client.id, at: server.clock.now).first)
            let (stranger, password) = try await server.client {
                $0.tenantID = name("tenant")
                $0.allowedScopes = ScopeList(["admin"])
            }
            let ids = ["{clientId}": client.id.text, "{userId}": user.id.text, "{secretId}": secret.id.text]
            let routes = requests(server, .management, ids: ids)
            let reached = routes.filter { $0.path.hasPrefix("/users") || $0.path.hasPrefix("/oauth2/clients") }
            #expect(reached.count >= 15)
            for route in routes {
                let comment: Comment = "\(route.method.rawValue) \(route.path)"
                let answer = await callers.send(
                    route.method, route.path, route.body, by: basic(stranger.id.text, password ?? ""))
                let isOfTenants = reached.contains { $0.path == route.path }
                if isOfTenants, route.path.contains(client.id.text) || route.path.contains(user.id.text) {
                    #expect(answer.status == .notFound, comment)
                } else if isOfTenants, route.method == .get {
                    #expect(!answer.text.contains(client.id.text) && !answer.text.contains(user.id.text), comment)
                } else if isOfTenants {
                    let body = try answer.json()
                    #expect(answer.status == .badRequest && body["error"] != nil, comment)
                } else {
                    #expect(answer.status == .forbidden, comment)
                    #expect(try answer.json()["error"] == "insufficient_scope", comment)
                }
            }
            let stores = server.provider.stores
            #expect(try await stores.users.user(user.id) == user)
            #expect(try await stores.clients.client(client.id, at: server.clock.now)?.client == client)
            #expect(try await stores.clients.secrets(of: client.id, at: server.clock.now).map(\.id) == [secret.id])
        }
    }

    @Test("A route for administrators refuses nobody's, a service's and a user's tokens, also those with scope account")
    func administratorsOnly() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let routes = requests(server, .management)
            #expect(routes.count >= 25)
            let nameless = try await publicClient(server)
            let table: [(authorization: String?, status: Int, error: String)] = [
                (nil, 401, "invalid_token"),
                ("Bearer nonsense", 401, "invalid_token"),
                (basic(server.administrator.id, "wrong"), 401, "invalid_token"),
                (basic(server.administrator.id, ""), 401, "invalid_token"),
                // Its users' tokens may have the scope; its name, which everybody knows, proves nothing (RFC 6749 §2.3,
                // CVE-2026-44476).
                (basic(nameless, ""), 401, "invalid_token"),
                (basic(nameless, "anything"), 401, "invalid_token"),
                // This client may have the scope, and sends a token without it.
                ("Bearer " + (try await callers.service(scope: "contracts:read")), 403, "insufficient_scope"),
                (try await callers.bearer(callers.user, scope: "openid profile"), 403, "insufficient_scope"),
                (try await callers.bearer(callers.user, scope: "openid account"), 403, "insufficient_scope"),
            ]
            for route in routes {
                for row in table {
                    let answer = await callers.send(route.method, route.path, route.body, by: row.authorization)
                    let comment: Comment = "\(route.method.rawValue) \(route.path) by \(row.authorization ?? "nobody")"
                    #expect(answer.status.code == row.status, comment)
                    #expect(try answer.json()["error"]?.string == row.error, comment)
                    let challenges = answer.headers.all("www-authenticate")
                    #expect(challenges.first?.hasPrefix("Bearer ") == true, comment)
                    #expect(row.status != 403 || challenges.first?.contains("scope=\"admin\"") == true, comment)
                }
                let allowed = await callers.send(route.method, route.path, route.body, by: callers.administrator)
                #expect(![401, 403].contains(allowed.status.code), "\(route.method.rawValue) \(route.path)")
            }
        }
    }

    @Test("A route that users share refuses tokens without scope account, and takes an administrator's and an owner's")
    func shared() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let routes = requests(server, .sharedManagement)
            #expect(routes.count == 11)
            let (plain, secret) = try await server.client()
            let (tenant, tenantSecret) = try await server.client {
                $0.tenantID = name("tenant")
                $0.allowedScopes = ScopeList(["admin"])
            }
            let nameless = try await publicClient(server)
            let refused: [(authorization: String?, status: Int, error: String)] = [
                (nil, 401, "invalid_token"),
                ("Bearer nonsense", 401, "invalid_token"),
                (basic(nameless, ""), 401, "invalid_token"),
                (basic(plain.id.text, secret ?? ""), 403, "insufficient_scope"),
                // What belongs to users and clients of all tenants is not for the administrator of one.
                (basic(tenant.id.text, tenantSecret ?? ""), 403, "insufficient_scope"),
                ("Bearer " + (try await callers.service(scope: "contracts:read")), 403, "insufficient_scope"),
                // A service is nobody's account.
                ("Bearer " + (try await callers.service(scope: "account")), 401, "invalid_token"),
                (try await callers.bearer(callers.user, scope: "openid profile"), 403, "insufficient_scope"),
            ]
            let allowed = [
                callers.administrator, "Bearer " + (try await callers.service(scope: "admin")),
                try await callers.bearer(callers.other, scope: "openid account"),
            ]
            for route in routes {
                for row in refused {
                    let answer = await callers.send(route.method, route.path, route.body, by: row.authorization)
                    let comment: Comment = "\(route.method.rawValue) \(route.path) by \(row.authorization ?? "nobody")"
                    #expect(answer.status.code == row.status, comment)
                    #expect(try answer.json()["error"]?.string == row.error, comment)
                }
                // The last one may end what it is called by.
                for authorization in allowed
                where route.path != "/oauth2/tokens/bulk-revoke" && route.path != "/oauth2/sessions" {
                    let answer = await callers.send(route.method, route.path, route.body, by: authorization)
                    #expect(![401, 403].contains(answer.status.code), "\(route.method.rawValue) \(route.path)")
                }
            }
        }
    }

    @Test("What was granted is not enough: the client must still be allowed the scope (GHSA-895x-rfqp-jh5c)")
    func withdrawn() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let bearer = try await callers.bearer(callers.user, scope: "openid account")
            #expect(await callers.send(.get, "/oauth2/sessions", by: bearer).status == .ok)
            _ = await callers.send(
                .patch, "/oauth2/clients/\(callers.app.client.id)", #"{"allowedScopes":["openid"]}"#,
                by: callers.administrator)
            let refused = await callers.send(.get, "/oauth2/sessions", by: bearer)
            #expect(refused.status == .forbidden)
            #expect(refused.headers[first: "www-authenticate"]?.contains("scope=\"account\"") == true)
        }
    }

    @Test("An administrator who is a user and one who is a service are told apart by whose own things are")
    func owner() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let chief = try await server.user([("roles", ["admin"])])
            let bearer = try await callers.bearer(chief, scope: "openid admin")
            let body = #"{"clientId":"\#(callers.app.client.id)","scopes":["email"]}"#
            let own = try await callers.send(.post, "/oauth2/consents", body, by: bearer).json()
            #expect(own["userId"]?.string == chief.id.text)
            let nobodys = await callers.send(.post, "/oauth2/consents", body, by: callers.administrator)
            #expect(nobodys.status == .badRequest)
            #expect(try nobodys.json()["error_description"]?.string?.contains("'userId'") == true)
        }
    }
}
