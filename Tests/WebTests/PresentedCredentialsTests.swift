import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Credentials in header fields and addresses")
struct PresentedCredentialsTests {
    /// A confidential client of this id and secret, which may have tokens by itself.
    private func register(_ id: String, secret: String, on server: TestServer) async throws {
        var client = Client(id: ClientID(id), name: "Service", kind: .confidential, createdAt: server.clock.now)
        client.grantTypes = [.clientCredentials]
        client.allowedScopes = ScopeList(["contracts:read", "admin"])
        let row = server.provider.secretRow(secret, for: client.id, at: server.clock.now)
        try await server.provider.stores.clients.register(client, secret: row, Record(server.trail))
    }

    private func token(_ server: TestServer, _ id: String, _ secret: String, _ more: String = "") async -> Response {
        let headers: Headers = [
            "Content-Type": "application/x-www-form-urlencoded", "Authorization": basic(id, secret),
        ]
        let body = "grant_type=client_credentials&scope=contracts:read" + more
        return await server.routes.respond(to: request(.post, "/api/v1/oauth2/token", headers, body))
    }

    @Test(
        "A secret that somebody chose cannot be guessed without end (RFC 6749 §2.3.1), and one made here is not slowed down"
    )
    func guessing() async throws {
        try await TestServer.run { server in
            let (id, other) = (name("basic"), name("basic"))
            try await register(id, secret: "chosen", on: server)
            try await register(other, secret: "mlt_cs_" + String(repeating: "a", count: 43), on: server)
            for number in 0..<100 { #expect(await token(server, id, "wrong\(number)").status == .unauthorized) }
            let refused = await token(server, id, "one more")
            #expect(refused.status == .tooManyRequests && refused.headers[first: "retry-after"] == "1")
            #expect(await token(server, id, "chosen").status == .tooManyRequests)
            #expect(await token(server, name("unknown"), "wrong").status == .unauthorized)
            for number in 100..<210 {
                let made = "mlt_cs_\(number)" + String(repeating: "b", count: 40)
                #expect(await token(server, other, made).status == .unauthorized)
            }
            #expect(await token(server, other, "mlt_cs_" + String(repeating: "a", count: 43)).status == .ok)
            server.clock.advance(seconds: 1)
            #expect(await token(server, id, "chosen").status == .ok)
            #expect(await token(server, id, "wrong").status == .unauthorized)
        }
    }

    @Test("Parameters without a value count as left out, also those of other methods (RFC 6749 §3.2)")
    func emptyParameters() async throws {
        try await TestServer.run { server in
            let id = name("basic")
            try await register(id, secret: "right", on: server)
            let empty = "&client_secret=&client_assertion=&client_assertion_type=&resource=&client_id="
            #expect(await token(server, id, "right", empty).status == .ok)
            #expect(await token(server, id, "wrong", empty).status == .unauthorized)
        }
    }

    @Test(
        "Basic takes a secret form-encoded (RFC 6749 §2.3.1) and as it is, as curl -u sends it (RFC 7617 §2)",
        arguments: [
            ("p+q", "p%2Bq"), ("a%41b", "a%2541b"), ("100%", "100%25"), ("x&y=z", "x%26y%3Dz"), ("a:b", "a%3Ab"),
        ])
    func spellings(secret: String, encoded: String) async throws {
        try await TestServer.run { server in
            let id = name("basic")
            try await register(id, secret: secret, on: server)
            #expect(await token(server, id, secret).status == .ok)
            #expect(await token(server, id, encoded).status == .ok)
            #expect(await token(server, id, secret, "&client_id=\(id)").status == .ok)
            #expect(await token(server, id, secret + "+").status == .unauthorized)
            let management = await server.routes.respond(
                to: request(.get, "/api/v1/oauth2/clients?limit=1", ["Authorization": basic(id, secret)]))
            #expect(management.status == .ok)
        }
    }

    @Test("An id with two readings is a client only with that client's own secret (RFC 6749 §2.3.1)")
    func twoReadings() async throws {
        try await TestServer.run { server in
            let prefix = name("basic")
            try await register(prefix + "+1", secret: "verbatim", on: server)
            try await register(prefix + " 1", secret: "decoded+", on: server)
            #expect(await token(server, prefix + "+1", "verbatim").status == .ok)
            #expect(await token(server, prefix + "+1", "decoded%2B").status == .ok)
            #expect(await token(server, prefix + "+1", "decoded+").status == .unauthorized, "halves are not mixed")
            let other = await token(server, prefix + "+1", "verbatim", "&client_id=nobody")
            #expect(other.status == .badRequest)
            #expect(try other.json()["error_description"]?.string?.contains("'client_id'") == true)
        }
    }

    @Test("Malformed Basic where a token is asked for is invalid_token: RFC 6750 §3.1 has no invalid_client")
    func malformedBasic() async throws {
        try await TestServer.withoutDatabase { server in
            for (path, takesBasic) in [("/api/v1/oauth2/clients", true), ("/api/v1/oauth2/userinfo", false)] {
                let answer = await server.routes.respond(to: request(.get, path, ["Authorization": "Basic !"]))
                #expect(answer.status == .unauthorized)
                let json = try answer.json()
                #expect(json["error"] == "invalid_token")
                let challenge = answer.headers.all("www-authenticate").first { $0.hasPrefix("Bearer ") }
                // Where Basic is not taken, it is none of the request's credentials, and no error of theirs.
                #expect(challenge?.contains("error=\"invalid_token\"") == takesBasic)
                #expect(!answer.headers.all("www-authenticate").contains { $0.contains("invalid_client") })
            }
        }
    }

    @Test(
        "Credentials and tokens in a query are refused by name, everywhere (RFC 6750 §5.3, RFC 9700 §4.3.2)",
        arguments: ["access_token", "refresh_token", "id_token", "client_secret", "client_assertion", "password"])
    func addresses(parameter: String) async throws {
        try await TestServer.withoutDatabase { server in
            let targets: [(HTTP.Method, String, isPage: Bool)] = [
                (.get, "/api/v1/oauth2/authorize", true), (.post, "/api/v1/oauth2/authorize", true),
                (.get, "/login", true), (.post, "/login", true), (.get, "/consent", true), (.get, "/account", true),
                (.get, "/", true), (.get, "/errors/invalid_request", true), (.get, "/.well-known/jwks.json", false),
                (.post, "/api/v1/oauth2/token", false), (.post, "/api/v1/oauth2/revoke", false),
                (.post, "/api/v1/oauth2/introspect", false), (.get, "/api/v1/oauth2/userinfo", false),
                (.get, "/api/v1/users", false), (.post, "/api/v1/oauth2/clients", false), (.get, "/health/live", false),
            ]
            for (method, path, isPage) in targets {
                let answer = await server.routes.respond(to: request(method, "\(path)?x=1&\(parameter)=hush"))
                #expect(answer.status == .badRequest, "\(path)")
                #expect(answer.text.contains(parameter), "\(path)")
                #expect(!answer.text.contains("hush"), "\(path)")
                #expect(answer.headers[first: "content-type"]?.hasPrefix("text/html") == isPage, "\(path)")
                if !isPage {
                    let json = try answer.json()
                    #expect(json["error"] == "invalid_request")
                }
            }
        }
    }

    @Test(
        "Where tokens and codes are parameters, they too stand in the body alone (RFC 6749 §2.3.1, RFC 7009 §2.1)",
        arguments: ["token", "revoke", "introspect"])
    func codes(endpoint: String) async throws {
        try await TestServer.withoutDatabase { server in
            for parameter in ["token", "code"] {
                let answer = await server.routes.respond(
                    to: request(.post, "/api/v1/oauth2/\(endpoint)?\(parameter)=hush"))
                #expect(answer.status == .badRequest)
                let description = try answer.json()["error_description"]?.string
                #expect(description?.contains("'\(parameter)'") == true)
            }
        }
    }
}
