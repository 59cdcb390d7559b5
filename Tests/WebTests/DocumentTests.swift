import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("Public documents")
struct DocumentTests {
    @Test("Both metadata documents are one, with a strong ETag; a 304 has no content (RFC 8414 §3, RFC 9110 §13.1.2)")
    func metadata() async throws {
        try await TestServer.withoutDatabase { server in
            let openID = await server.routes.respond(to: request(.get, "/.well-known/openid-configuration"))
            let oauth = await server.routes.respond(to: request(.get, "/.well-known/oauth-authorization-server"))
            #expect(openID.body == oauth.body)
            #expect(openID.headers[first: "content-type"] == "application/json")
            #expect(openID.headers[first: "cache-control"] == "public, max-age=300")
            let tag = try #require(openID.headers[first: "etag"])
            #expect(tag.hasPrefix("\""))
            for value in [tag, "\"x\", W/\(tag)", "*"] {
                let answer = await server.routes.respond(
                    to: request(.get, "/.well-known/openid-configuration", ["If-None-Match": value]))
                #expect(answer.status == .notModified)
                #expect(answer.body.isEmpty)
                #expect(answer.headers[first: "etag"] == tag)
            }
            let other = await server.routes.respond(
                to: request(.get, "/.well-known/openid-configuration", ["If-None-Match": "\"x\""]))
            #expect(other.status == .ok)
            let json = try openID.json()
            #expect(json["issuer"] == "https://id.example")
            for member in json.object?.members ?? [] { #expect(member.value.array?.isEmpty != true, "\(member.name)") }
        }
    }

    @Test("Every endpoint that the metadata names is served, and none of them is an alias")
    func endpoints() async throws {
        try await TestServer.withoutDatabase { server in
            let json = try await server.routes.respond(to: request(.get, "/.well-known/openid-configuration")).json()
            let names = json.object?.members.filter { $0.name.hasSuffix("_endpoint") || $0.name == "jwks_uri" } ?? []
            #expect(names.count >= 6)
            for member in names {
                let path = try #require(member.value.string?.dropFirst("https://id.example".count))
                #expect(await server.routes.respond(to: request(.options, String(path))).status == .noContent)
                #expect(await server.routes.respond(to: request(.get, path + "/")).status == .notFound)
            }
        }
    }

    @Test("JWKS has public keys only")
    func jwks() async throws {
        try await TestServer.withoutDatabase { server in
            let json = try await server.routes.respond(to: request(.get, "/.well-known/jwks.json")).json()
            let keys = try #require(json["keys"]?.array)
            #expect(keys.count == 1)
            for member in ["d", "p", "q", "dp", "dq", "qi", "k"] { #expect(keys[0][member] == nil) }
            #expect(keys[0]["kty"] == "RSA")
        }
    }

    @Test("Files beside the pages are kept for ever under a name with their digest")
    func assets() async throws {
        try await TestServer.withoutDatabase { server in
            let page = await server.routes.respond(to: request(.get, "/"))
            let paths = page.text.matches(of: /href="(\/assets\/[^"]*)"/).map { String($0.1) }
            #expect(paths.count == 2)
            for path in paths {
                let file = await server.routes.respond(to: request(.get, path))
                #expect(file.status == .ok)
                #expect(file.headers[first: "cache-control"] == "public, max-age=31536000, immutable")
                #expect(!file.body.isEmpty)
            }
            #expect(page.headers[first: "cache-control"] == "public, max-age=300")
        }
    }

    @Test("An issuer with a path has everything below it, and its RFC 8414 document before it (RFC 8414 §3.1)")
    func issuerWithPath() async throws {
        try await TestServer.withoutDatabase(issuer: "https://id.example/realm") { server in
            #expect(
                await server.routes.respond(to: request(.get, "/realm/.well-known/openid-configuration")).status == .ok)
            let oauth = request(.get, "/.well-known/oauth-authorization-server/realm")
            #expect(await server.routes.respond(to: oauth).status == .ok)
            #expect(
                await server.routes.respond(to: request(.get, "/.well-known/openid-configuration")).status == .notFound)
            let page = await server.routes.respond(to: request(.get, "/realm/"))
            #expect(page.text.contains("href=\"/realm/account\""))
        }
    }
}
