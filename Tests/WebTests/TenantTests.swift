import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Administrators of tenants")
struct TenantTests {
    /// An administrator's client of a tenant: its `Authorization`.
    private func administrator(_ server: TestServer, of tenant: String?) async throws -> String {
        let (client, secret) = try await server.client {
            $0.tenantID = tenant
            $0.allowedScopes = ScopeList(["admin"])
            $0.grantTypes = [.clientCredentials]
        }
        return basic(client.id.text, try #require(secret))
    }

    private func send(
        _ server: TestServer, _ authorization: String, _ method: HTTP.Method, _ path: String, _ body: String = ""
    ) async -> Response {
        await server.routes.respond(
            to: request(
                method, "/api/v1" + path, ["Authorization": authorization, "Content-Type": "application/json"], body))
    }

    @Test("They make, list and change what is their tenant's, and nothing else is there for them")
    func reach() async throws {
        try await TestServer.run { server in
            let (mine, theirs) = (name("tenant"), name("tenant"))
            let (own, foreign) = (
                try await administrator(server, of: mine), try await administrator(server, of: theirs)
            )
            let password = #""password": "correct horse battery""#
            let made = await send(server, own, .post, "/users", #"{"username": "\#(name("ada"))", \#(password)}"#)
            #expect(made.status == .created)
            #expect(try made.json()["tenantId"] == .string(mine))
            let user = try #require(try made.json()["id"]?.string)
            let client = try await send(
                server, own, .post, "/oauth2/clients", #"{"name": "x", "grantTypes": ["client_credentials"]}"#
            ).json()
            #expect(client["tenantId"] == .string(mine))
            let id = try #require(client["clientId"]?.string)

            for path in ["/users/\(user)", "/oauth2/clients/\(id)", "/oauth2/clients/\(id)/secrets"] {
                #expect(await send(server, own, .get, path).status == .ok)
                #expect(await send(server, foreign, .get, path).status == .notFound)
            }
            let secret = try #require(
                try await send(server, own, .get, "/oauth2/clients/\(id)/secrets").json()["items"]?.array?[0]["id"]?
                    .string)
            for (method, path, body) in [
                (HTTP.Method.patch, "/users/\(user)", #"{"name": "x"}"#), (.put, "/users/\(user)", #"{"name": "x"}"#),
                (.delete, "/users/\(user)", ""), (.patch, "/oauth2/clients/\(id)", #"{"name": "y"}"#),
                (
                    .put, "/oauth2/clients/\(id)",
                    #"{"name": "y", "type": "CONFIDENTIAL", "redirectUris": ["https://x.example/"]}"#
                ),
                (.post, "/oauth2/clients/\(id)/rotate-secret", "{}"),
                (.delete, "/oauth2/clients/\(id)/secrets/\(secret)", ""), (.delete, "/oauth2/clients/\(id)", ""),
            ] {
                #expect(await send(server, foreign, method, path, body).status == .notFound, "\(method) \(path)")
            }
            for path in ["/users?limit=200", "/oauth2/clients?limit=200"] {
                let items = try #require(try await send(server, foreign, .get, path).json()["items"]?.array)
                #expect(items.allSatisfy { $0["tenantId"] == .string(theirs) })
                let ours = try #require(try await send(server, own, .get, path).json()["items"]?.array)
                #expect(ours.contains { $0["id"] == .string(user) || $0["id"] == .string(id) })
            }
            #expect(await send(server, own, .delete, "/users/\(user)").status == .noContent)
            #expect(await send(server, own, .delete, "/oauth2/clients/\(id)").status == .noContent)
        }
    }

    @Test("Nobody moves anything into another tenant, or out of their own")
    func moving() async throws {
        try await TestServer.run { server in
            let mine = name("tenant")
            let own = try await administrator(server, of: mine)
            let user = try await server.user([("tenant_id", .string(mine))])
            for body in [#"{"tenantId": "other"}"#, #"{"tenant_id": "other"}"#] {
                let answer = await send(server, own, .patch, "/users/\(user.id.text)", body)
                #expect(answer.status == .badRequest)
                #expect(try answer.json()["error_description"]?.string?.contains("tenantId") == true)
            }
            #expect(await send(server, own, .patch, "/users/\(user.id.text)", #"{"tenantId": null}"#).status == .ok)
            #expect(try await server.provider.stores.users.user(user.id)?.tenantID == mine)
            let made = await send(
                server, own, .post, "/oauth2/clients",
                #"{"name": "x", "grantTypes": ["client_credentials"], "tenantId": "other"}"#)
            #expect(try made.json()["error"] == "invalid_client_metadata")
        }
    }

    @Test("An administrator of a tenant makes no client whose tokens say another tenant or other roles")
    func forging() async throws {
        try await TestServer.run { server in
            let own = try await administrator(server, of: name("tenant"))
            func body(_ source: String, _ claim: String, _ target: String) -> String {
                #"{"name": "x", "redirectUris": ["https://a.example/"], "claimMappings": "#
                    + #"[{"source": "\#(source)", "claim": "\#(claim)", "targets": ["\#(target)"]}]}"#
            }
            let made = await send(server, own, .post, "/oauth2/clients", body("tenantId", "tenant_id", "access"))
            #expect(made.status == .created)
            let id = try #require(try made.json()["clientId"]?.string)
            for (source, claim) in [("nickname", "tenant_id"), ("roles", "tenant_id"), ("nickname", "roles")] {
                for target in ["id", "access", "userinfo"] {
                    for (method, path) in [(Method.post, "/oauth2/clients"), (.patch, "/oauth2/clients/\(id)")] {
                        let answer = await send(server, own, method, path, body(source, claim, target))
                        #expect(answer.status == .badRequest)
                        let words = try answer.json()["error_description"]?.string
                        #expect(words?.contains("claimMappings") == true && words?.contains(claim) == true)
                    }
                }
            }
        }
    }

    @Test("Who leaves a tenant gets no more tokens of its clients, by whatever grant")
    func leaving() async throws {
        try await TestServer.run { server in
            let tenant = name("tenant")
            let (client, secret) = try await server.client {
                $0.firstParty = true
                $0.tenantID = tenant
            }
            let user = try await server.user([("tenant_id", .string(tenant))])
            let (walk, browser) = (Walk(server: server, client: client, secret: secret), TestBrowser(server))
            _ = await browser.logIn(await browser.get("/login"), user)
            let tokens = try await walk.redeem(try await browser.get(walk.authorize()).answer().required("code")).json()
            let refresh = try #require(tokens["refresh_token"]?.string)
            let code = try await browser.get(walk.authorize()).answer().required("code")
            let all = basic(server.administrator.id, server.administrator.secret)
            #expect(await send(server, all, .patch, "/users/\(user.id.text)", #"{"tenantId": "other"}"#).status == .ok)
            let refreshed = await server.routes.respond(
                to: request(
                    .post, "/api/v1/oauth2/token",
                    [
                        "Authorization": basic(client.id.text, try #require(secret)),
                        "Content-Type": "application/x-www-form-urlencoded",
                    ], "grant_type=refresh_token&refresh_token=\(refresh)"))
            for answer in [await walk.redeem(code), refreshed] {
                #expect(answer.status == .badRequest)
                #expect(try answer.json()["error"] == "invalid_grant")
            }
        }
    }

    @Test("A client of a tenant that may introspect is told of that tenant's tokens alone (CVE-2026-58425)")
    func introspection() async throws {
        try await TestServer.run { server in
            let tenants = (own: name("tenant"), other: name("tenant"))
            let (reader, secret) = try await server.client {
                $0.tenantID = tenants.own
                $0.mayIntrospect = true
            }
            func isActive(_ tenant: String?) async throws -> Bool {
                let (client, password) = try await server.client {
                    $0.tenantID = tenant
                    $0.grantTypes = [.clientCredentials]
                }
                let form = "application/x-www-form-urlencoded"
                let issued = await server.routes.respond(
                    to: request(
                        .post, "/api/v1/oauth2/token",
                        ["Authorization": basic(client.id.text, password ?? ""), "Content-Type": form],
                        "grant_type=client_credentials"))
                let token = try #require(try issued.json()["access_token"]?.string)
                let answer = await server.routes.respond(
                    to: request(
                        .post, "/api/v1/oauth2/introspect",
                        ["Authorization": basic(reader.id.text, secret ?? ""), "Content-Type": form], "token=\(token)"))
                #expect(answer.status == .ok)
                return try answer.json()["active"] == true
            }
            #expect(try await isActive(tenants.own))
            #expect(try await !isActive(tenants.other))
            #expect(try await !isActive(nil))
        }
    }

    @Test("What belongs to the whole server is not theirs; by a user's token the user's tenant counts")
    func server() async throws {
        try await TestServer.run { server in
            let own = try await administrator(server, of: name("tenant"))
            for (method, path) in [
                (HTTP.Method.get, "/oauth2/events"), (.get, "/oauth2/webhooks"), (.post, "/oauth2/webhooks"),
                (.get, "/oauth2/rate-limits"),
            ] {
                let answer = await send(server, own, method, path, "{}")
                #expect(answer.status == .forbidden)
                #expect(try answer.json()["error"] == "insufficient_scope")
            }
            let all = basic(server.administrator.id, server.administrator.secret)
            #expect(await send(server, all, .get, "/oauth2/rate-limits").status == .ok)

            let (client, secret) = try await server.client {
                $0.firstParty = true
                $0.allowedScopes = ScopeList(["openid", "admin"])
            }
            let tenant = name("tenant")
            let user = try await server.user([("tenant_id", .string(tenant)), ("roles", ["admin"])])
            let (walk, browser) = (Walk(server: server, client: client, secret: secret), TestBrowser(server))
            _ = await browser.logIn(await browser.get("/login"), user)
            let code = try await browser.get(walk.authorize(["scope": "openid admin"])).answer().required("code")
            let token = try #require(try await walk.redeem(code).json()["access_token"]?.string)
            #expect(await send(server, "Bearer " + token, .get, "/oauth2/events").status == .forbidden)
            let users = try #require(
                try await send(server, "Bearer " + token, .get, "/users").json()["items"]?.array)
            #expect(users.map { $0["id"] } == [.string(user.id.text)])
        }
    }
}
