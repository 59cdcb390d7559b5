import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("/oauth2/tokens")
struct TokenManagementTests {
    private func text(_ json: JSON, _ member: String) -> String { json[member]?.string ?? "" }

    @Test("live tokens are listed without the tokens themselves, narrowed by each filter")
    func list() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let tokens = try await callers.tokens(of: callers.user, scope: "openid profile")
            let service = try await callers.service(scope: "contracts:read")
            let client = callers.app.client.id
            let admin = callers.administrator
            let all = await callers.send(.get, "/oauth2/tokens?clientId=\(client)", by: admin)
            let items = try all.items()
            #expect(items.count == 3)
            for secret in [text(tokens, "access_token"), text(tokens, "refresh_token"), service] {
                #expect(!all.text.contains(secret))
            }
            let grants = items.compactMap { $0["grantId"]?.string }
            let grant = try #require(grants.first)
            func count(_ query: String) async throws -> Int {
                try await callers.send(.get, "/oauth2/tokens?" + query, by: admin).items().count
            }
            #expect(try await count("userId=\(callers.user.id)") == 2)
            #expect(try await count("user_id=\(callers.user.id)&client_id=\(client)") == 2)
            #expect(try await count("grantId=\(grant)") == 2)
            #expect(try await count("clientId=\(client)&scope=contracts:read") == 1)
            #expect(try await count("clientId=\(client)&scope=openid+profile") == 2)
            let now = server.clock.now.rfc3339
            #expect(try await count("clientId=\(client)&issuedAfter=\(now)") == 3)
            #expect(try await count("clientId=\(client)&issuedBefore=\(now)") == 0)
            let kinds = items.compactMap { $0["tokenType"]?.string }.sorted()
            #expect(kinds == ["access_token", "access_token", "refresh_token"])
            let own = try #require(items.first { $0["userId"] == .null })
            #expect(own["scopes"]?.strings == ["contracts:read"] && own["grantId"] == .null)
        }
    }

    @Test("one token is revoked by its text and by its id; a refresh token takes its family with it")
    func revokeOne() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let admin = callers.administrator
            func revoke(_ token: String, by authorization: String? = nil) async throws -> Response {
                await callers.send(
                    .post, "/oauth2/tokens/revoke", #"{"token":"\#(token)"}"#, by: authorization ?? admin)
            }
            let service = try await callers.service(scope: "contracts:read")
            #expect(try await revoke(service).json() == ["revoked": 1])
            #expect(try await callers.isActive(service) == false)
            #expect(try await revoke(service).json() == ["revoked": 0])

            for byID in [false, true] {
                let tokens = try await callers.tokens(of: callers.user, scope: "openid profile")
                let listed = try await callers.send(
                    .get, "/oauth2/tokens?userId=\(callers.user.id)", by: admin
                ).items()
                func name(_ kind: String) -> String {
                    guard byID else { return text(tokens, kind) }
                    return listed.first { $0["tokenType"]?.string == kind }?["id"]?.string ?? ""
                }
                #expect(try await revoke(name("access_token")).json() == ["revoked": 1])
                #expect(try await callers.isActive(text(tokens, "access_token")) == false)
                #expect(try await callers.isActive(text(tokens, "refresh_token")))
                #expect(try await revoke(name("refresh_token")).json() == ["revoked": 1])
                #expect(try await callers.isActive(text(tokens, "refresh_token")) == false)
            }
            let unknown = try await revoke("nothing")
            #expect(unknown.status == .notFound)

            let tokens = try await callers.tokens(of: callers.user, scope: "openid profile")
            let stranger = try await callers.bearer(callers.other, scope: "openid account")
            for kind in ["access_token", "refresh_token"] {
                #expect(try await revoke(text(tokens, kind), by: stranger).status == .notFound)
                #expect(try await callers.isActive(text(tokens, kind)))
            }
            let own = try await callers.bearer(callers.user, scope: "openid account")
            #expect(try await revoke(text(tokens, "refresh_token"), by: own).json() == ["revoked": 2])
        }
    }

    @Test("many at once: dry first, then for good; the count is what introspection says, and what comes later lives")
    func bulk() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let client = callers.app.client.id
            func bulk(_ body: String, by authorization: String? = nil) async throws -> Response {
                await callers.send(
                    .post, "/oauth2/tokens/bulk-revoke", body, by: authorization ?? callers.administrator)
            }
            var texts: [String] = []
            for _ in 0..<3 { texts.append(try await callers.service(scope: "contracts:read")) }
            server.clock.advance(seconds: 2)
            let middle = server.clock.now.rfc3339
            let tokens = try await callers.tokens(of: callers.user, scope: "openid profile")
            texts += [text(tokens, "access_token"), text(tokens, "refresh_token")]
            func alive() async throws -> Int {
                var count = 0
                for text in texts where try await callers.isActive(text) { count += 1 }
                return count
            }
            let early = #""issued_before":"\#(middle)""#
            let dry = try await bulk(#"{"client_id":"\#(client)",\#(early),"dry_run":true}"#)
            #expect(try dry.json() == ["revoked": 3, "dryRun": true])
            #expect(try await alive() == 5)
            #expect(try await bulk(#"{"clientId":"\#(client)",\#(early)}"#).json() == ["revoked": 3, "dryRun": false])
            #expect(try await alive() == 2)
            server.clock.advance(seconds: 1)
            #expect(try await bulk(#"{"clientId":"\#(client)","dryRun":true}"#).json()["revoked"] == 2)
            // A moment that has not come yet means all that there are, and none of those to come.
            #expect(
                try await bulk(#"{"clientId":"\#(client)","issuedBefore":"9999-01-01T00:00:00Z"}"#).json()
                    == ["revoked": 2, "dryRun": false])
            #expect(try await alive() == 0)
            server.clock.advance(seconds: 1)
            #expect(try await callers.isActive(try await callers.service(scope: "contracts:read")))

            let none = try await bulk(#"{"dryRun":true}"#)
            #expect(none.status == .badRequest)
            #expect(try none.json()["error"] == "invalid_request")
        }
    }

    @Test("a user's own token is a criterion itself, and reaches the user's tokens alone")
    func owner() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let tokens = try await callers.tokens(of: callers.other, scope: "openid profile")
            let mine = try await callers.tokens(of: callers.user, scope: "openid profile account")
            let own = "Bearer " + text(mine, "access_token")
            #expect(try await callers.send(.get, "/oauth2/tokens", by: own).items().count == 2)
            func bulk(_ body: String) async -> Response {
                await callers.send(.post, "/oauth2/tokens/bulk-revoke", body, by: own)
            }
            #expect(await bulk(#"{"userId":"\#(callers.other.id)"}"#).status == .forbidden)
            #expect(await callers.send(.get, "/oauth2/tokens?userId=\(callers.other.id)", by: own).status == .forbidden)
            let foreign = try await callers.send(
                .get, "/oauth2/tokens?userId=\(callers.other.id)", by: callers.administrator
            ).items()
            let grant = try #require(foreign.first?["grantId"]?.string)
            #expect(try await bulk(#"{"grantId":"\#(grant)"}"#).json()["revoked"] == 0)
            #expect(try await callers.send(.get, "/oauth2/tokens?grantId=\(grant)", by: own).items().isEmpty)
            #expect(try await bulk(#"{"dryRun":true}"#).json() == ["revoked": 2, "dryRun": true])
            #expect(try await bulk("{}").json() == ["revoked": 2, "dryRun": false])
            #expect(await callers.send(.get, "/oauth2/tokens", by: own).status == .unauthorized)
            #expect(try await callers.isActive(text(tokens, "access_token")))
        }
    }
}
