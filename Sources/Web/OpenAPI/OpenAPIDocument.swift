import HTTP
import JOSE
import Provider

/// `/api/v1/openapi.json`: every route of the site map as OpenAPI 3.1 describes it. A route is described by the
/// ``Operation`` of its name and method; a test holds both lists equal.
final class OpenAPIDocument: Sendable {
    private let kept: KeptDocument

    /// - Parameter routes: what is described, this document's own route included.
    init(of routes: [Route], on site: Site, _ settings: Settings) {
        kept = KeptDocument { Self.json(of: routes, on: site, settings) }
    }

    /// The document; its bytes are made when it is asked for the first time.
    func get(_ exchange: Exchange) async throws(OAuthError) -> Response {
        kept.document.response(to: exchange.request)
    }

    /// Everything that is described, by what it is about.
    static func groups(_ settings: Settings) -> [Operation.Group] {
        [
            .documents(issuer: settings.issuer), .protocolEndpoints(issuer: settings.issuer), .pages,
            .accounts(settings.passwords), .clients, .applications, .scopes, .consents, .sessions,
            .tokens, .users(settings.passwords), .events, .audit, .rateLimits, .monitoring,
        ]
    }

    /// The path of an operation on a server whose issuer has a path.
    static func path(_ path: String, on site: Site) -> String {
        // RFC 8414 §3.1: the well-known part stands before the issuer's own path.
        path == "/.well-known/oauth-authorization-server" ? path + site.basePath : site.basePath + path
    }

    /// The whole document.
    static func json(of routes: [Route], on site: Site, _ settings: Settings) -> JSON {
        let groups = groups(settings)
        var described: [String: [(name: String, value: JSON)]] = [:]
        var order: [String] = []
        var refusals: [String: RouteDescription.Refusal] = [:]
        for group in groups {
            for operation in group.operations {
                let path = path(operation.path, on: site)
                guard let route = routes.first(where: { $0.name == path && $0.method == operation.method }) else {
                    continue
                }
                let description = RouteDescription(route: route, operation: operation, group: group)
                for refusal in description.refusals { refusals[refusal.name] = refusal }
                if described[path] == nil { order.append(path) }
                described[path, default: []].append((operation.method.rawValue.lowercased(), description.json))
            }
        }
        return [
            "openapi": "3.1.1", "info": info(site.issuer), "servers": [["url": .string(site.origin)]],
            "externalDocs": ["description": "What this server is", "url": .string(site.issuer + "/")],
            "tags": .array(groups.map { ["name": .string($0.name), "description": .string($0.words)] }),
            "paths": .object(JSONObject(order.map { (name: $0, value: .object(JSONObject(described[$0] ?? []))) })),
            "components": [
                "schemas": .object(
                    JSONObject(
                        [(name: "Error", value: error.json)]
                            + groups.flatMap(\.schemas).map { (name: $0.name, value: $0.schema.json) })),
                "responses": .object(
                    JSONObject(
                        refusals.sorted { $0.key < $1.key }.map {
                            (name: $0.key, value: $0.value.json(issuer: site.issuer))
                        })),
                "headers": headers, "securitySchemes": securitySchemes,
            ],
        ]
    }

    private static func info(_ issuer: String) -> JSON {
        [
            "title": "Martlet", "version": "1.0.0",
            "summary": "An OpenID Connect provider",
            "description": .string(
                """
                Every address of this server. HEAD is served wherever GET is, and OPTIONS everywhere. Paths have one \
                spelling; other methods answer 405, unknown paths 404. Credentials and tokens in a query are refused \
                everywhere. Members of JSON bodies of the management API are also understood in snake_case, never in both \
                spellings at once, and so are parameters of its queries; a member that is null counts as left out. \
                Requests that are no HTTP, or too large or too slow, are answered by 400, 408, 413, 414 or 431. Pages \
                are for people: they are listed with what they take and answer, but their texts and forms may change.
                """),
        ]
    }

    /// What every refusal but a page's says (RFC 6749 §5.2).
    private static let error = Schema.object([
        .required("error", .among(OAuthError.Code.self), "The code that programs decide by."),
        .required(
            "error_description", .string(1...2000, pattern: "^[\\x20\\x21\\x23-\\x5B\\x5D-\\x7E]+$"),
            "What was wrong with which parameter; it never repeats a value."),
        .required("error_uri", .uri, "A page about that very error."),
    ])

    private static let headers: JSON = [
        "X-Request-Id": [
            "description": "The name of this request in the server's log.", "required": true,
            "schema": ["type": "string"],
        ],
        "WWW-Authenticate": [
            "description": "What credentials are asked for (RFC 6750, RFC 7617).", "required": true,
            "schema": ["type": "string"],
        ],
        "Retry-After": [
            "description": "Seconds after which another try makes sense.", "required": true,
            "schema": ["type": "string", "pattern": "^[0-9]+$"],
        ],
        "Location": ["description": "Where to go on.", "required": true, "schema": ["type": "string"]],
        "ETag": [
            "description": "Names this version of the document (RFC 9110).", "required": true,
            "schema": ["type": "string"],
        ],
        "Cache-Control": [
            "description": "How long it may be kept.", "required": true, "schema": ["type": "string"],
        ],
    ]

    private static let securitySchemes: JSON = [
        "adminToken": [
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token of this server with the scope `admin`.",
        ],
        "adminClient": [
            "type": "http", "scheme": "basic",
            "description": "Id and secret of a client that may have the scope `admin`.",
        ],
        "accountToken": [
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token of a user with the scope `account`: it reaches what is the user's own.",
        ],
        "accessToken": [
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token of a user with the scope `openid`.",
        ],
        "client": [
            "type": "http", "scheme": "basic",
            "description": .string(
                """
                A client's id and secret (RFC 6749 section 2.3.1). Both may stand in the body instead, as `client_id` and \
                `client_secret`, where the client is registered so; public clients send `client_id` alone.
                """),
        ],
    ]
}
