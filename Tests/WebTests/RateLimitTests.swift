import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Rate limits at the endpoints")
struct RateLimitTests {
    private func token(_ server: TestServer, _ id: String, _ secret: String, from address: String) async -> Response {
        await server.routes.respond(
            to: request(
                .post, "/api/v1/oauth2/token",
                ["Authorization": basic(id, secret), "Content-Type": "application/x-www-form-urlencoded"],
                "grant_type=client_credentials", from: address))
    }

    @Test("A client that floods from 20 addresses gets 429 with the fields, and another client is served")
    func clients() async throws {
        try await TestServer.run(limits: [RateLimit(.token, .client, rate: 2, burst: 10)]) { server in
            let loud = try await server.client { $0.grantTypes = [.clientCredentials] }
            let quiet = try await server.client { $0.grantTypes = [.clientCredentials] }
            let (loudSecret, quietSecret) = (try #require(loud.secret), try #require(quiet.secret))
            var statuses: [Int: Int] = [:]
            for number in 0..<40 {
                let answer = await token(server, loud.client.id.text, loudSecret, from: "203.0.113.\(number % 20)")
                statuses[answer.status.code, default: 0] += 1
                guard answer.status == .tooManyRequests else {
                    #expect(answer.headers[first: "ratelimit-policy"] == "\"token-client\";q=10;w=5")
                    let remaining = 9 - number
                    #expect(
                        answer.headers[first: "ratelimit"]
                            == "\"token-client\";r=\(remaining);t=\(remaining > 0 ? 5 : 1)")
                    continue
                }
                #expect(answer.headers[first: "retry-after"] == "1")
                #expect(answer.headers[first: "ratelimit-policy"] == "\"token-client\";q=10;w=5")
                #expect(answer.headers[first: "ratelimit"] == "\"token-client\";r=0;t=1")
                #expect(try answer.json()["error"] == "too_many_requests")
            }
            #expect(statuses == [200: 10, 429: 30])
            #expect(await token(server, quiet.client.id.text, quietSecret, from: "203.0.113.1").status == .ok)
        }
    }

    @Test("A flood is refused by what memory has: no question to the database, and nobody else learns of it")
    func cheapRefusals() async throws {
        let limits = [
            RateLimit(.token, .client, rate: 1, burst: 2), RateLimit(.introspect, .client, rate: 1, burst: 2),
        ]
        try await TestServer.run(limits: limits) { server in
            let (client, secret) = try await server.client { $0.grantTypes = [.clientCredentials] }
            let (id, right) = (client.id.text, try #require(secret))
            func introspect(_ secret: String) async -> Response {
                await server.routes.respond(
                    to: request(
                        .post, "/api/v1/oauth2/introspect",
                        ["Authorization": basic(id, secret), "Content-Type": "application/x-www-form-urlencoded"],
                        "token=x"))
            }
            for _ in 0..<2 {
                #expect(await token(server, id, right, from: "203.0.113.1").status == .ok)
                #expect(await introspect(right).status == .ok)
            }
            // Whoever asked the database would hear that there is no such client.
            #expect(try await server.provider.stores.clients.delete(client.id, Record(server.trail)))
            for answer in [await token(server, id, right, from: "203.0.113.2"), await introspect(right)] {
                #expect(answer.status == .tooManyRequests)
                #expect(answer.headers[first: "ratelimit"]?.hasSuffix(";r=0;t=1") == true)
            }
            for answer in [await token(server, id, "wrong", from: "203.0.113.2"), await introspect("wrong")] {
                #expect(answer.status == .unauthorized)
                #expect(answer.headers[first: "ratelimit"] == nil)
            }
            server.clock.advance(seconds: 1)
            #expect(await token(server, id, right, from: "203.0.113.2").status == .unauthorized)
        }
    }

    @Test("Nobody uses up a client's limit without its secret")
    func strangers() async throws {
        try await TestServer.run(limits: [RateLimit(.token, .client, rate: 1, burst: 2)]) { server in
            let (client, secret) = try await server.client { $0.grantTypes = [.clientCredentials] }
            for _ in 0..<10 {
                #expect(await token(server, client.id.text, "wrong", from: "203.0.113.9").status == .unauthorized)
            }
            #expect(await token(server, client.id.text, try #require(secret), from: "203.0.113.1").status == .ok)
        }
    }

    @Test("By address pages are limited before anything is looked at, of IPv6 by /64; a page says so")
    func addresses() async throws {
        try await TestServer.run(limits: [RateLimit(.authorize, .address, rate: 1, burst: 2)]) { server in
            func status(_ address: String) async -> Response {
                await server.routes.respond(
                    to: request(.get, "/api/v1/oauth2/authorize?client_id=nobody", from: address))
            }
            for address in ["2001:db8::1", "2001:db8::2"] { #expect(await status(address).status == .badRequest) }
            let limited = await status("2001:db8::ffff:3")
            #expect(limited.status == .tooManyRequests)
            #expect(limited.headers[first: "content-type"] == "text/html; charset=utf-8")
            #expect(limited.headers[first: "retry-after"] == "1")
            #expect(await status("2001:db8:0:1::1").status == .badRequest)
            server.clock.advance(seconds: 1)
            #expect(await status("2001:db8::4").status == .badRequest)
        }
    }

    @Test("Answers say how each limit stands, and whoever is refused for another reason hears of none")
    func fields() async throws {
        let limits = [
            RateLimit(.token, .client, rate: 1, burst: 4), RateLimit(.token, .address, rate: 2, burst: 8),
            RateLimit(.authorize, .address, rate: 1, burst: 2),
        ]
        try await TestServer.run(limits: limits) { server in
            let (client, secret) = try await server.client { $0.grantTypes = [.clientCredentials] }
            let served = await token(server, client.id.text, try #require(secret), from: "203.0.113.1")
            #expect(
                served.headers[first: "ratelimit-policy"] == "\"token-address\";q=8;w=4, \"token-client\";q=4;w=4")
            #expect(served.headers[first: "ratelimit"] == "\"token-address\";r=7;t=4, \"token-client\";r=3;t=4")
            let stranger = await token(server, client.id.text, "wrong", from: "203.0.113.1")
            #expect(stranger.status == .unauthorized && stranger.headers[first: "ratelimit"] == nil)
        }
        try await TestServer.run { server in
            #expect(await server.routes.respond(to: request(.get, "/login")).headers[first: "ratelimit"] == nil)
        }
    }

    @Test("By user tokens are limited whatever the client")
    func users() async throws {
        try await TestServer.run(limits: [RateLimit(.token, .user, rate: 1, burst: 1)]) { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let (walk, browser) = (Walk(server: server, client: client, secret: secret), TestBrowser(server))
            _ = await browser.logIn(await browser.get("/login"), try await server.user())
            var codes: [String] = []
            for status in [Status.ok, .tooManyRequests] {
                codes.append(try await browser.get(walk.authorize()).answer().required("code"))
                #expect(await walk.redeem(codes[codes.count - 1]).status == status)
            }
            // «Later» is a promise: what was refused has used nothing up.
            server.clock.advance(seconds: 1)
            let tokens = await walk.redeem(codes[1])
            #expect(tokens.status == .ok)
            let refreshToken = try tokens.json()["refresh_token"]?.string ?? ""
            #expect(await walk.refresh(refreshToken).status == .tooManyRequests)
            server.clock.advance(seconds: client.refreshGrace + 1)
            #expect(await walk.refresh(refreshToken).status == .ok)
        }
    }

    @Test("Sign-ups are limited by address, whether a person or a program makes them, before anything is hashed")
    func signUps() async throws {
        try await TestServer.run(limits: [RateLimit(.signup, .address, rate: 1, burst: 1)]) { server in
            func signUp(_ path: String, _ type: String, from address: String) async -> Response {
                await server.routes.respond(
                    to: request(
                        .post, path, ["Content-Type": type],
                        #"{"username": "\#(name("ada"))", "password": "correct horse battery"}"#, from: address))
            }
            let (program, json) = ("/api/v1/users/signup", "application/json")
            #expect(await signUp(program, json, from: "203.0.113.1").status == .created)
            let limited = await signUp(program, json, from: "203.0.113.1")
            #expect(limited.status == .tooManyRequests && limited.headers[first: "retry-after"] == "1")
            let page = await signUp("/signup", "application/x-www-form-urlencoded", from: "203.0.113.1")
            #expect(page.status == .tooManyRequests)
            #expect(page.headers[first: "content-type"] == "text/html; charset=utf-8")
            #expect(await signUp(program, json, from: "203.0.113.2").status == .created)
            server.clock.advance(seconds: 1)
            #expect(await signUp(program, json, from: "203.0.113.1").status == .created)
        }
    }

    @Test("Administrators see whose buckets are not full, filtered and in pages")
    func status() async throws {
        try await TestServer.run(limits: [RateLimit(.token, .client, rate: 1, burst: 5)]) { server in
            var clients: [String] = []
            for _ in 0..<3 {
                let (client, secret) = try await server.client { $0.grantTypes = [.clientCredentials] }
                _ = await token(server, client.id.text, try #require(secret), from: "203.0.113.1")
                clients.append(client.id.text)
            }
            let headers: Headers = ["Authorization": basic(server.administrator.id, server.administrator.secret)]
            func list(_ query: String) async throws -> JSON {
                try await server.routes.respond(
                    to: request(.get, "/api/v1/oauth2/rate-limits" + query, headers)
                ).json()
            }
            let all = try await list("")
            #expect(all["items"]?.array?.count == 3)
            let first = try await list("?limit=2")
            #expect(first["items"]?.array?.count == 2)
            let cursor = try #require(first["nextCursor"]?.string)
            #expect(try await list("?limit=2&cursor=\(FormEncoder.encode(cursor))")["items"]?.array?.count == 1)
            var (walked, next): ([String], String?) = ([], "")
            while let cursor = next {
                let page = try await list("?limit=1" + (cursor.isEmpty ? "" : "&cursor=\(FormEncoder.encode(cursor))"))
                walked += page["items"]?.array?.compactMap { $0["id"]?.string } ?? []
                next = page["nextCursor"]?.string
            }
            #expect(walked == clients.map { "token:client:\($0)" }.sorted())
            for forged in ["forged", "eA", "dG9rZW4"] {
                #expect(try await list("?cursor=\(forged)")["error"] == "invalid_request")
            }
            let one = try #require(try await list("?clientId=\(clients[0])")["items"]?.array?.first)
            #expect(one["remaining"] == 4)
            #expect(one["id"] == .string("token:client:\(clients[0])"))
            #expect(try await list("?client=x")["error"] == "invalid_request")
        }
    }

    @Test("A client with allowedCidrs is served from there alone, and told why not from elsewhere")
    func allowedRanges() async throws {
        try await TestServer.run { server in
            let administrator: Headers = [
                "Authorization": basic(server.administrator.id, server.administrator.secret),
                "Content-Type": "application/json",
            ]
            func create(_ ranges: String) async -> Response {
                await server.routes.respond(
                    to: request(
                        .post, "/api/v1/oauth2/clients", administrator,
                        #"{"name": "x", "grantTypes": ["client_credentials"], "allowedCidrs": \#(ranges)}"#))
            }
            for ranges in [#"["10.0.0.1/8"]"#, #"["x"]"#, #"["10.0.0.0/33"]"#, #"[""]"#, "1", #"[1]"#] {
                let refused = await create(ranges)
                #expect(refused.status == .badRequest)
                #expect(try refused.json()["error_description"]?.string?.contains("allowedCidrs") == true)
            }
            let client = try await create(#"["203.0.113.0/24", "2001:db8::/32"]"#).json()
            let (id, secret) = (
                try #require(client["clientId"]?.string), try #require(client["clientSecret"]?.string)
            )
            #expect(client["allowedCidrs"] == ["203.0.113.0/24", "2001:db8::/32"])
            for address in ["203.0.113.7", "2001:db8::7"] {
                #expect(await token(server, id, secret, from: address).status == .ok)
            }
            for address in ["203.0.114.7", "2001:db9::7", "127.0.0.1"] {
                let refused = await token(server, id, secret, from: address)
                #expect(try refused.json()["error"] == "unauthorized_client")
            }
            // Nobody learns of the list without the secret.
            #expect(try await token(server, id, "x", from: "127.0.0.1").json()["error"] == "invalid_client")
        }
    }
}
