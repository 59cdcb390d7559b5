import HTTP
import Provider
import Testing

@testable import Web

@Suite("Cross-origin requests (Fetch, CORS)")
struct CrossOriginTests {
    private static let open = ["/.well-known/openid-configuration", "/.well-known/jwks.json"]
    private static let guarded = ["/api/v1/oauth2/token", "/api/v1/oauth2/revoke", "/api/v1/oauth2/userinfo"]
    private static let closed = [
        "/api/v1/oauth2/authorize", "/api/v1/oauth2/introspect", "/api/v1/oauth2/clients", "/login", "/consent",
        "/account", "/", "/api/v1/users", "/metrics",
    ]

    @Test("Public documents are open to all, errors included")
    func open() async throws {
        try await TestServer.withoutDatabase { server in
            for path in Self.open {
                let answer = await server.routes.respond(to: request(.get, path, ["Origin": "https://any.example"]))
                #expect(answer.headers.all("access-control-allow-origin") == ["*"])
                #expect(!answer.headers.contains("access-control-allow-credentials"))
            }
        }
    }

    @Test("Token, revoke and userinfo answer the origins of public clients, in errors too; nobody else's")
    func guarded() async throws {
        try await TestServer.run { server in
            let host = name("spa").lowercased()
            _ = try await server.client(.public) {
                $0.redirectURIs = ["https://\(host).example:8443/cb", "http://127.0.0.1/cb"]
                $0.allowedOrigins = ["https://\(host)-2.example"]
            }
            _ = try await server.client { $0.redirectURIs = ["https://\(host)-confidential.example/cb"] }
            let known = ["https://\(host).example:8443", "https://\(host)-2.example"]
            let unknown = [
                "https://\(host).example", "http://\(host).example:8443", "https://\(host)-confidential.example",
                "null",
                "https://\(host).example:8443.evil.example", "https://evil.example", "",
            ]
            for path in Self.guarded {
                for origin in known {
                    let answer = await server.routes.respond(to: request(.post, path, ["Origin": origin]))
                    #expect(answer.status.code >= 400)
                    #expect(answer.headers.all("access-control-allow-origin") == [origin])
                    #expect(answer.headers.all("vary").contains("Origin"))
                    #expect(
                        answer.headers[first: "access-control-expose-headers"]
                            == "WWW-Authenticate, DPoP-Nonce, Retry-After, X-Request-Id")
                    let preflight = await server.routes.respond(
                        to: request(
                            .options, path, ["Origin": origin, "Access-Control-Request-Method": "POST"]))
                    #expect(preflight.status == .noContent)
                    #expect(preflight.headers.all("access-control-allow-origin") == [origin])
                    #expect(
                        preflight.headers[first: "access-control-allow-headers"] == "authorization, content-type, dpop")
                    #expect(!preflight.headers.contains("access-control-allow-credentials"))
                }
                for origin in unknown {
                    for method in [Method.post, .options] {
                        let answer = await server.routes.respond(
                            to: request(
                                method, path, ["Origin": origin, "Access-Control-Request-Method": "POST"]))
                        #expect(!answer.headers.contains("access-control-allow-origin"), "\(origin)")
                        #expect(answer.headers.all("vary").contains("Origin"))
                    }
                }
            }
        }
    }

    @Test("Pages, authorization, introspection and management answer nobody's scripts")
    func closed() async throws {
        try await TestServer.run { server in
            let host = name("spa").lowercased()
            _ = try await server.client(.public) { $0.redirectURIs = ["https://\(host).example/cb"] }
            for path in Self.closed {
                for method in [Method.get, .post, .options] {
                    let answer = await server.routes.respond(
                        to: request(
                            method, path,
                            ["Origin": "https://\(host).example", "Access-Control-Request-Method": "POST"]))
                    #expect(!answer.headers.contains("access-control-allow-origin"), "\(method) \(path)")
                }
            }
        }
    }

    @Test("Refused methods and contents can be read by whom the route answers (Fetch, CORS: errors included)")
    func refusals() async throws {
        try await TestServer.run { server in
            let origin = "https://\(name("spa").lowercased()).example"
            _ = try await server.client(.public) { $0.redirectURIs = [origin + "/cb"] }
            let large = String(repeating: "x", count: 64 * 1024 + 1)
            for path in Self.guarded {
                let wrong = await server.routes.respond(to: request(.delete, path, ["Origin": origin]))
                #expect(wrong.status == .methodNotAllowed)
                #expect(wrong.headers.all("access-control-allow-origin") == [origin])
                let tooLarge = await server.routes.respond(to: request(.post, path, ["Origin": origin], large))
                #expect(tooLarge.status == .contentTooLarge)
                #expect(tooLarge.headers.all("access-control-allow-origin") == [origin])
            }
            for path in Self.open {
                let wrong = await server.routes.respond(to: request(.post, path, ["Origin": origin]))
                #expect(wrong.status == .methodNotAllowed)
                #expect(wrong.headers.all("access-control-allow-origin") == ["*"])
            }
        }
    }
}
