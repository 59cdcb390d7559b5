import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Challenges and management")
struct BearerTests {
    @Test("UserInfo without a token: a bare Bearer challenge (RFC 6750 §3.1); with a bad one: error and scope")
    func userInfo() async throws {
        try await TestServer.run { server in
            let bare = await server.routes.respond(to: request(.get, "/api/v1/oauth2/userinfo"))
            #expect(bare.status == .unauthorized)
            #expect(bare.headers.all("www-authenticate") == ["Bearer realm=\"https://id.example\""])
            let bad = await server.routes.respond(
                to: request(.get, "/api/v1/oauth2/userinfo", ["Authorization": "Bearer nonsense"]))
            #expect(bad.status == .unauthorized)
            let challenge = try #require(bad.headers[first: "www-authenticate"])
            #expect(challenge.contains("error=\"invalid_token\""))
            #expect(challenge.contains("scope=\"openid\""))
            let query = await server.routes.respond(to: request(.get, "/api/v1/oauth2/userinfo?access_token=x"))
            #expect(query.status == .badRequest)
            #expect(try query.json()["error"] == "invalid_request")
            let form: Headers = ["Content-Type": "application/x-www-form-urlencoded", "Authorization": "Bearer x"]
            let both = await server.routes.respond(
                to: request(.post, "/api/v1/oauth2/userinfo", form, "access_token=y"))
            #expect(both.status == .badRequest)
            let twice = await server.routes.respond(
                to: request(
                    .post, "/api/v1/oauth2/userinfo", ["Content-Type": "application/x-www-form-urlencoded"],
                    "access_token=y&access_token=y"))
            #expect(twice.status == .badRequest)
            #expect(twice.headers[first: "www-authenticate"]?.contains("error=\"invalid_request\"") == true)
        }
    }

    @Test(
        "UserInfo with another scheme: no token was sent, so a bare Bearer challenge (RFC 6750 §3.1)",
        arguments: ["Basic YTpi", "Basic", "Basic a b", "Digest x", "Bearerish x"])
    func userInfoByAnotherScheme(credentials: String) async throws {
        try await TestServer.run { server in
            let answer = await server.routes.respond(
                to: request(.get, "/api/v1/oauth2/userinfo", ["Authorization": credentials]))
            #expect(answer.status == .unauthorized)
            #expect(answer.headers.all("www-authenticate") == ["Bearer realm=\"https://id.example\""])
            let json = try answer.json()
            #expect(json["error"] == "invalid_token")
        }
    }

    @Test(
        "UserInfo with a malformed token: error and scope (RFC 6750 §3.1)",
        arguments: ["Bearer", "bearer a b", "BEARER  {x}"])
    func userInfoByMalformedToken(credentials: String) async throws {
        try await TestServer.run { server in
            let answer = await server.routes.respond(
                to: request(.get, "/api/v1/oauth2/userinfo", ["Authorization": credentials]))
            #expect(answer.status == .unauthorized)
            let challenge = try #require(answer.headers[first: "www-authenticate"])
            #expect(challenge.contains("error=\"invalid_token\"") && challenge.contains("scope=\"openid\""))
        }
    }

    @Test(
        "401 of token, revoke and introspect asks for Basic (RFC 6749 §5.2)",
        arguments: ["token", "revoke", "introspect"])
    func clientEndpoints(endpoint: String) async throws {
        try await TestServer.run { server in
            let form: Headers = [
                "Content-Type": "application/x-www-form-urlencoded", "Authorization": basic("nobody", "x"),
            ]
            let answer = await server.routes.respond(
                to: request(.post, "/api/v1/oauth2/\(endpoint)", form, "grant_type=client_credentials&token=x"))
            let json = try answer.json()
            #expect(answer.status == .unauthorized)
            #expect(json["error"] == "invalid_client")
            #expect(answer.headers[first: "www-authenticate"]?.hasPrefix("Basic realm=") == true)
        }
    }

    @Test("Management asks for Bearer and Basic, before it looks at the body")
    func managementChallenges() async throws {
        try await TestServer.run { server in
            let bare = await server.routes.respond(to: request(.post, "/api/v1/oauth2/clients", [:], "{{{"))
            #expect(bare.status == .unauthorized)
            #expect(bare.headers.all("www-authenticate").count == 2)
            #expect(bare.headers.all("www-authenticate").allSatisfy { !$0.contains("error") })
            let wrong = await server.routes.respond(
                to: request(
                    .post, "/api/v1/oauth2/clients", ["Authorization": basic(server.administrator.id, "no")], "{{{"))
            #expect(wrong.status == .unauthorized)
            let (client, secret) = try await server.client()
            let unentitled = await server.routes.respond(
                to: request(.get, "/api/v1/oauth2/clients", ["Authorization": basic(client.id.text, secret ?? "")]))
            #expect(unentitled.status == .forbidden)
            #expect(try unentitled.json()["error"] == "insufficient_scope")
            #expect(unentitled.headers[first: "www-authenticate"]?.contains("scope=\"admin\"") == true)
        }
    }

    @Test("Clients: created, read, changed, replaced, listed, their secrets rotated and removed, deleted")
    func clients() async throws {
        try await TestServer.run { server in
            let api = ManagementAPI(server)
            let made = await api.send(
                .post, "/oauth2/clients",
                """
                {"name":"App","type":"CONFIDENTIAL","redirect_uris":["https://a.example/cb"],
                 "allowedScopes":["openid","profile"],"grantTypes":["authorization_code"]}
                """)
            #expect(made.status == .created)
            let id = try #require(made.json()["clientId"]?.string)
            let path = "/oauth2/clients/\(id)"
            #expect(try made.json()["clientSecret"]?.string?.hasPrefix("mlt_cs_") == true)
            #expect(try await api.send(.get, path).json()["clientSecret"] == nil)
            #expect(try await api.send(.patch, path, #"{"name":"Other"}"#).json()["name"] == "Other")
            server.clock.advance(seconds: 1)
            let rotated = try await api.send(.post, path + "/rotate-secret").json()
            #expect(rotated["previousSecretExpiresAt"]?.string != nil)
            let secrets = try #require(try await api.send(.get, path + "/secrets").json()["items"]?.array)
            #expect(secrets.map { $0["verdict"]?.string } == ["safe_to_remove", "current"])
            let old = try #require(secrets[0]["id"]?.string)
            #expect(await api.send(.delete, path + "/secrets/\(old)").status == .noContent)
            #expect(await api.send(.delete, path + "/secrets/\(old)").status == .notFound)
            #expect(await api.send(.get, "/oauth2/clients?limit=1").status == .ok)
            #expect(await api.send(.delete, path).status == .noContent)
            #expect(await api.send(.get, path).status == .notFound)
        }
    }

    @Test("Users, events and webhooks")
    func usersAndEvents() async throws {
        try await TestServer.run { server in
            let api = ManagementAPI(server)
            let username = name("user")
            let made = await api.send(.post, "/users", #"{"username":"\#(username)","password":"correct horse"}"#)
            #expect(made.status == .created)
            let id = try #require(made.json()["id"]?.string)
            #expect(try await api.send(.get, "/users/\(id)").json()["username"]?.string == username)
            let found = try #require(try await api.send(.get, "/users?username=\(username)").json()["items"]?.array)
            #expect(found.count == 1)
            #expect(
                await api.send(.post, "/users", #"{"username":"\#(username)","password":"correct horse"}"#).status
                    == .conflict)
            #expect(try await api.send(.get, "/users?username=\(username)&email=no").json()["items"] == [])
            #expect(
                await api.send(.patch, "/users/\(id)", #"{"email":"\#(username).Mixed@Example.org"}"#).status == .ok)
            for spelling in ["\(username).Mixed@Example.org", "\(username).mixed@EXAMPLE.ORG".uppercased()] {
                let items = try await api.send(.get, "/users?email=\(spelling)").json()["items"]?.array
                #expect(items?.map { $0["id"]?.string } == [id], "\(spelling)")
            }
            #expect(await api.send(.get, "/oauth2/events?limit=5&type=user.*").status == .ok)
            let hook = await api.send(
                .post, "/oauth2/events/webhooks", #"{"url":"https://a.example/hook","types":["oauth2.*"]}"#)
            #expect(hook.status == .created)
            let hookID = try #require(hook.json()["id"]?.string)
            for (filter, isFound) in [("", true), ("&type=oauth2.token.issued", true), ("&type=user.locked", false)] {
                var (ids, cursor): ([String?], String?) = ([], nil)
                repeat {
                    let query = "?limit=1\(filter)" + (cursor.map { "&cursor=\($0)" } ?? "")
                    let page = try await api.send(.get, "/oauth2/events/webhooks" + query).json()
                    ids += try #require(page["items"]?.array).map { $0["id"]?.string }
                    cursor = page["nextCursor"]?.string
                } while cursor != nil
                #expect(ids.contains(hookID) == isFound)
            }
            #expect(await api.send(.get, "/oauth2/events/webhooks/\(hookID)/deliveries").status == .ok)
            let span = #"{"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}"#
            #expect(await api.send(.post, "/oauth2/events/webhooks/\(hookID)/replay", span).status == .accepted)
            #expect(await api.send(.delete, "/oauth2/events/webhooks/\(hookID)").status == .noContent)
        }
    }

    @Test("Clients are listed by the filters clientId, type and scope, in both spellings, and with a cursor")
    func clientFilters() async throws {
        try await TestServer.run { server in
            let api = ManagementAPI(server)
            var ids: [String] = []
            for _ in 0..<3 { ids.append(try await server.client(.public).client.id.text) }
            func list(_ query: String) async throws -> JSON {
                let answer = await api.send(.get, "/oauth2/clients?\(query)")
                #expect(answer.status == .ok, "\(query)")
                return try answer.json()
            }
            func found(_ query: String) async throws -> [String] {
                try #require(try await list(query)["items"]?.array).map { $0["clientId"]?.string ?? "" }
            }
            for query in [
                "clientId=\(ids[0])", "client_id=\(ids[0])", "clientId=\(ids[0])&type=PUBLIC&scope=openid+email",
            ] {
                #expect(try await found(query) == [ids[0]])
            }
            for query in ["clientId=\(ids[0])&type=CONFIDENTIAL", "clientId=\(ids[0])&scope=admin", "scope=none"] {
                #expect(try await found(query) == [])
            }
            var (seen, cursor): ([String], String?) = ([], nil)
            repeat {
                let page = try await list(
                    "scope=contracts:read&type=PUBLIC&limit=1" + (cursor.map { "&cursor=\($0)" } ?? ""))
                for item in try #require(page["items"]?.array) {
                    #expect(item["type"] == "PUBLIC")
                    seen.append(item["clientId"]?.string ?? "")
                }
                cursor = page["nextCursor"]?.string
            } while cursor != nil
            #expect(Set(seen).count == seen.count && Set(ids).isSubset(of: seen))
        }
    }

    @Test("Unknown filters and odd pages of lists are refused by name")
    func lists() async throws {
        try await TestServer.run { server in
            let api = ManagementAPI(server)
            for (query, named) in [
                ("limit=0", "limit"), ("limit=201", "limit"), ("limit=1x", "limit"), ("limit=-1", "limit"),
                ("limit=%2B1", "limit"), ("limit=", "limit"), ("limit=1&limit=2", "limit"), ("colour=red", "colour"),
                ("cursor=nonsense", "cursor"), ("limit=99999999999999999999", "limit"), ("cursor=%ff", "cursor"),
            ] {
                let answer = await api.send(.get, "/oauth2/clients?\(query)")
                let json = try answer.json()
                #expect(answer.status == .badRequest, "\(query)")
                #expect(json["error_description"]?.string?.contains("'\(named)'") == true, "\(query)")
            }
            for (query, named) in [
                ("clients?clientId=", "clientId"), ("clients?client_id=a&clientId=b", "clientId"),
                ("clients?id=a", "id"), ("clients?clientid=a", "clientid"), ("clients?type=public", "type"),
                ("clients?scope=%20", "scope"), ("clients?scope=%22", "scope"), ("clients?userId=a", "userId"),
                ("clients/\(server.administrator.id)/secrets?colour=red", "colour"), ("events?clientId=a", "clientId"),
                ("events?type=%25", "type"), ("events?type=user.*.failed", "type"), ("events/webhooks?url=x", "url"),
                ("events/webhooks?type=**", "type"), ("events/webhooks?limit=0", "limit"),
                ("events/webhooks?cursor=x", "cursor"), ("webhooks?colour=red", "colour"),
            ] {
                let answer = await api.send(.get, "/oauth2/\(query)")
                #expect(answer.status == .badRequest, "\(query)")
                let description = try answer.json()["error_description"]?.string
                #expect(description?.contains("'\(named)'") == true, "\(query)")
            }
        }
    }
}

/// Calls management as the administrator.
struct ManagementAPI {
    let server: TestServer

    init(_ server: TestServer) { self.server = server }

    func send(_ method: HTTP.Method, _ path: String, _ body: String = "") async -> Response {
        var headers: Headers = ["Authorization": basic(server.administrator.id, server.administrator.secret)]
        if !body.isEmpty { headers.add("Content-Type", "application/json") }
        return await server.routes.respond(to: request(method, "/api/v1" + path, headers, body))
    }
}
