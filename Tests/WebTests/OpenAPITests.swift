import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("OpenAPI")
struct OpenAPITests {
    @Test("No route without its entry, no entry without its route, methods included", arguments: ["", "/realm"])
    func routesAndEntries(basePath: String) async throws {
        try await TestServer.run(issuer: TestServer.https + basePath) { server in
            let site = Site(issuer: TestServer.https + basePath)
            let routes = Self.routes(of: server, on: site)
            let served = Set(routes.map { "\($0.method.rawValue) \($0.name)" })
            let operations = OpenAPIDocument.groups(server.provider.settings).flatMap(\.operations)
            let entries = operations.map { "\($0.method.rawValue) \(OpenAPIDocument.path($0.path, on: site))" }
            #expect(served.subtracting(entries).sorted() == [], "routes without an entry")
            #expect(Set(entries).subtracting(served).sorted() == [], "entries without a route")
            #expect(Set(entries).count == entries.count, "two entries of one route")
            #expect(Set(operations.map(\.id)).count == operations.count, "two operations of one id")
            let document = try await Document(of: server, at: basePath)
            #expect(Set(document.operations.map(\.label)) == served)
        }
    }

    @Test("What the operator has closed is not described")
    func closedSignUp() async throws {
        try await TestServer.run(change: { $0.isSignUpOpen = false }) { server in
            let labels = Set(try await Document(of: server).operations.map(\.label))
            #expect(!labels.contains("GET /signup") && !labels.contains("POST /signup"))
            #expect(labels.contains("GET /login"))
        }
    }

    @Test("An entry takes a body where its route does, and asks for the credentials that the route asks for")
    func bodiesAndCredentials() async throws {
        try await TestServer.run { server in
            let routes = Self.routes(of: server, on: Site(issuer: TestServer.https))
            for operation in try await Document(of: server).operations {
                let route = try #require(routes.first { "\($0.method.rawValue) \($0.name)" == operation.label })
                #expect((operation.json["requestBody"] != nil) == takesBody(route), "\(operation.label)")
                let asks = route.kind.asksCredentialsFirst
                #expect(!asks || operation.json["responses"]?["401"] != nil, "\(operation.label)")
                #expect(!asks || operation.json["security"]?.array?.isEmpty == false, "\(operation.label)")
            }
        }
    }

    @Test("Members of described bodies are the very ones that the readers know")
    func members() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let ids = try await Self.ids(server, callers)
            let document = try await Document(of: server)
            var seen = 0
            for operation in document.operations {
                let content = operation.json["requestBody"]?["content"]
                guard let body = content?["application/json"], content?["application/x-www-form-urlencoded"] == nil
                else {
                    continue
                }
                seen += 1
                var described: Set<String> = []
                var known: Set<String> = []
                for variant in document.variants(of: body["schema"] ?? .null) {
                    described.formUnion(variant["properties"]?.object?.names ?? [])
                    #expect(variant["additionalProperties"] == false, "\(operation.label)")
                    var members = JSONObject()
                    for name in variant["required"]?.strings ?? [] { members[name] = "x" }
                    for member in body["example"]?.object?.members ?? []
                    where variant["properties"]?[member.name] != nil {
                        members[member.name] = member.value
                    }
                    members["zzz"] = "nobody knows it"
                    let caller = operation.path.hasSuffix("/profile") ? ids.owner : callers.administrator
                    known.formUnion(
                        try await Self.known(
                            to: operation, server, ids, by: caller, body: JSON.object(members).encoded(), named: "zzz"))
                }
                #expect(described.subtracting(known).sorted() == [], "\(operation.label) describes what is refused")
                #expect(known.subtracting(described).sorted() == [], "\(operation.label) knows what is not described")
            }
            #expect(seen == 24)
        }
    }

    @Test("Parameters of described queries are the very ones that are known; others are refused by name")
    func parameters() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let ids = try await Self.ids(server, callers)
            var lists = 0
            for operation in try await Document(of: server).operations
            where operation.json["security"]?.array?.contains(where: { $0["adminToken"] != nil }) == true {
                let described = (operation.json["parameters"]?.array ?? []).filter { $0["in"] == "query" }
                    .compactMap { $0["name"]?.string }
                guard operation.json["requestBody"] == nil, operation.method == "GET" || !described.isEmpty else {
                    continue
                }
                let known = try await Self.known(
                    to: operation, server, ids, by: callers.administrator, query: "?zzz=1", named: "zzz")
                #expect(Set(described) == known, "\(operation.label)")
                lists += known.isEmpty ? 0 : 1
            }
            #expect(lists == 17)
        }
    }

    @Test("Everybody may read it from every origin, and keep it by its tag; it needs no database (RFC 9110 §13.1.2)")
    func served() async throws {
        try await TestServer.withoutDatabase { server in
            let path = "/api/v1/openapi.json"
            let answer = await server.routes.respond(to: request(.get, path, ["Origin": "https://else.example"]))
            #expect(answer.status == .ok)
            #expect(answer.headers[first: "content-type"] == "application/json")
            #expect(answer.headers[first: "access-control-allow-origin"] == "*")
            #expect(answer.headers[first: "cache-control"] == "public, max-age=300")
            let tag = try #require(answer.headers[first: "etag"])
            let again = await server.routes.respond(to: request(.get, path, ["If-None-Match": tag]))
            #expect(again.status == .notModified)
            #expect(again.body.isEmpty)
            #expect(try answer.json()["openapi"] == "3.1.1")
            #expect(try answer.json()["servers"] == [["url": "https://id.example"]])
        }
    }

    @Test("Every reference leads to a component, and every component is referred to")
    func references() async throws {
        try await TestServer.run { server in
            let document = try await Document(of: server)
            var named: Set<String> = []
            Self.references(in: document.json, into: &named)
            var components: Set<String> = []
            for kind in ["schemas", "responses", "headers"] {
                for name in document.json["components"]?[kind]?.object?.names ?? [] {
                    components.insert("#/components/\(kind)/\(name)")
                }
            }
            #expect(named == components)
        }
    }

    // MARK: Support

    /// The profile's PUT looks at the media type by itself, after the token.
    private func takesBody(_ route: Route) -> Bool { route.body.isSome || route.method == .put }

    private static func routes(of server: TestServer, on site: Site) -> [Route] {
        SiteMap(
            server.provider, site, ErrorRendering(site: site), Operations(ready: { [] }, metrics: { [] }),
            loginPage: nil
        ).routes
    }

    private static func references(in json: JSON, into named: inout Set<String>) {
        for member in json.object?.members ?? [] {
            if member.name == "$ref", let name = member.value.string { named.insert(name) }
            references(in: member.value, into: &named)
        }
        for element in json.array ?? [] { references(in: element, into: &named) }
    }

    /// What stands where paths have ids.
    private struct IDs {
        var client: String
        var user: String
        var owner: String
    }

    private static func ids(_ server: TestServer, _ callers: Callers) async throws -> IDs {
        IDs(
            client: try await server.client().client.id.text, user: callers.user.id.text,
            owner: try await callers.bearer(callers.user, scope: "openid account"))
    }

    /// What the log says is known where something unknown was refused; nothing where nothing was.
    private static func known(
        to operation: Document.Operation, _ server: TestServer, _ ids: IDs, by authorization: String,
        query: String = "", body: [UInt8] = [], named: String
    ) async throws -> Set<String> {
        let path = operation.path.replacing("{clientId}", with: ids.client).replacing("{userId}", with: ids.user)
            .replacing("{scopeId}", with: "openid").replacing(/\{[A-Za-z]+\}/, with: "20000-x")
        var headers: Headers = ["Authorization": authorization]
        if !body.isEmpty { headers.add("Content-Type", "application/json") }
        let known = HTTP.Method(rawValue: operation.method)
        let method = try #require(known)
        let answer = await server.routes.respond(
            to: request(method, path + query, headers, String(decoding: body, as: UTF8.self)))
        guard let error = server.log.observations.last?.error, error.parameter == named else {
            #expect(body.isEmpty, "\(operation.label) took an unknown member: \(answer.text)")
            return []
        }
        #expect(answer.status == .badRequest)
        let detail = try #require(error.detail)
        return Set(detail.dropFirst("known: ".count).split(separator: " ").map(String.init))
    }
}

/// The document as it is served.
private struct Document {
    struct Operation {
        let method: String
        let path: String
        let json: JSON
        var label: String { "\(method) \(path)" }
    }

    let json: JSON

    init(of server: TestServer, at basePath: String = "") async throws {
        json = try await server.routes.respond(to: request(.get, basePath + "/api/v1/openapi.json")).json()
    }

    var operations: [Operation] {
        (json["paths"]?.object?.members ?? []).flatMap { path in
            (path.value.object?.members ?? []).map {
                Operation(method: $0.name.uppercased(), path: path.name, json: $0.value)
            }
        }
    }

    /// The object schemas that a body may follow: the schema itself, or each of those of which it is one.
    func variants(of schema: JSON) -> [JSON] {
        if let name = schema["$ref"]?.string?.split(separator: "/").last {
            return variants(of: json["components"]?["schemas"]?[String(name)] ?? .null)
        }
        if schema["properties"] != nil { return [schema] }
        return (schema["oneOf"]?.array ?? []).flatMap(variants)
    }
}

extension Route.Body {
    fileprivate var isSome: Bool {
        if case .none = self { false } else { true }
    }
}
