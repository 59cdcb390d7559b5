import HTTP
import JOSE
import Provider

/// What the OpenAPI document says of one route: what its ``Operation`` has, and what the route decides by itself: who may
/// call it, in which media types, and the answers to those who may not.
struct RouteDescription {
    let route: Route
    let operation: Operation
    let group: Operation.Group

    /// The Operation Object; answers to refusals are named, for ``refusals`` to say once what they are.
    var json: JSON {
        var members: [(name: String, value: JSON)] = [
            ("operationId", .string(operation.id)), ("summary", .string(operation.summary)),
        ]
        if let words = operation.words { members.append(("description", .string(words))) }
        members += [("tags", [.string(group.name)]), ("security", .array(security))]
        let parameters = pathParameters + operation.parameters
        if !parameters.isEmpty { members.append(("parameters", .array(parameters.map(\.json)))) }
        if let body = operation.body { members.append(("requestBody", json(of: body))) }
        members.append(("responses", responses))
        return .object(JSONObject(members))
    }

    /// The ids in the path, where the operation says nothing else of them.
    private var pathParameters: [Operation.Parameter] {
        let told = Set(operation.parameters.filter { $0.place == "path" }.map(\.name))
        return operation.path.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { String($0.dropFirst().dropLast()) }.filter { !told.contains($0) }
            .map { .path($0, .id, "As lists and answers have it.") }
    }

    // MARK: Who may call it

    private var security: [JSON] {
        let schemes: [[(name: String, roles: [JSON])]] =
            switch route.kind {
            case .page, .document, .openEndpoint, .operations: []
            // Id and secret may stand in the body, and public clients have none.
            case .clientEndpoint: [[("client", [])], []]
            case .bearerEndpoint(let scope) where scope == "openid":
                // RFC 6750 §2.2: the token may stand in the form.
                route.body == .form ? [[("accessToken", ["openid"])], []] : [[("accessToken", ["openid"])]]
            case .bearerEndpoint: [[("accountToken", ["account"])]]
            case .management: [[("adminToken", ["admin"])], [("adminClient", ["admin"])]]
            case .sharedManagement:
                [[("adminToken", ["admin"])], [("adminClient", ["admin"])], [("accountToken", ["account"])]]
            }
        return schemes.map { .object(JSONObject($0.map { (name: $0.name, value: .array($0.roles)) })) }
    }

    // MARK: What it takes

    private func json(of body: Operation.Body) -> JSON {
        let type: JSON = ["schema": body.schema.json, "example": body.example]
        return [
            "required": .bool(body.isRequired),
            "content": .object(JSONObject(mediaTypes.map { (name: $0, value: type) })),
        ]
    }

    private var mediaTypes: [String] {
        switch route.body {
        // Of a route that looks at the media type by itself, after the token.
        case .none: ["application/json"]
        case .form: ["application/x-www-form-urlencoded"]
        case .formOrJSON: ["application/x-www-form-urlencoded", "application/json"]
        case .json:
            route.method == .patch ? ["application/json", "application/merge-patch+json"] : ["application/json"]
        }
    }

    // MARK: What it answers

    private var responses: JSON {
        var responses = operation.answers.map { answer in
            (name: String(answer.status.code), value: answer.json(links: answer.status == .created ? links : []))
        }
        for refusal in refusals where !responses.contains(where: { $0.name == String(refusal.status.code) }) {
            responses.append((String(refusal.status.code), ["$ref": .string("#/components/responses/\(refusal.name)")]))
        }
        return .object(JSONObject(responses.sorted { $0.name < $1.name }))
    }

    /// What can be done with the object that was made here (OpenAPI's Link Objects).
    private var links: [(name: String, value: JSON)] {
        group.operations.compactMap { other in
            guard other.path.hasPrefix(operation.path + "/{") else { return nil }
            let name = other.path.dropFirst(operation.path.count + 2).prefix { $0 != "}" }
            guard !other.path.dropFirst(operation.path.count + 2).contains("{") else { return nil }
            return (
                other.id,
                [
                    "operationId": .string(other.id),
                    "parameters": .object(JSONObject([(name: String(name), value: "$response.body#/id")])),
                ]
            )
        }
    }

    /// The errors of the route, one for each status.
    var refusals: [Refusal] {
        var byStatus: [Int: [OAuthError.Code]] = [413: [], 415: []]
        for code in OAuthError.Code.allCases where codes.contains(code) {
            byStatus[ErrorRendering.status(of: code, route.kind).code, default: []].append(code)
        }
        for status in [413, 415] {
            byStatus[status] = operation.body == nil && route.body == .none ? nil : [.invalidRequest]
        }
        return byStatus.sorted { $0.key < $1.key }.compactMap { status, codes in
            Status(code: status).map { Refusal(status: $0, codes: codes, isPage: route.kind == .page) }
        }
    }

    private var codes: Set<OAuthError.Code> {
        // A credential in the address is refused everywhere.
        var codes: Set<OAuthError.Code> = [.invalidRequest]
        switch route.kind {
        case .document, .operations: break
        case .page:
            codes.insert(.temporarilyUnavailable)
            // A form that was not made for this browser.
            if route.body == .form { codes.insert(.accessDenied) }
        case .openEndpoint: codes.insert(.temporarilyUnavailable)
        case .clientEndpoint: codes.formUnion([.invalidClient, .unauthorizedClient, .temporarilyUnavailable])
        case .bearerEndpoint: codes.formUnion([.invalidToken, .insufficientScope, .temporarilyUnavailable])
        case .management, .sharedManagement:
            codes.formUnion([.invalidToken, .insufficientScope, .unauthorizedClient, .temporarilyUnavailable])
            if operation.path.contains("{") { codes.insert(.notFound) }
        }
        if route.limit != nil { codes.insert(.tooManyRequests) }
        return codes.union(operation.codes)
    }

    /// The answer to a request that is refused with this status.
    struct Refusal {
        let status: Status
        let codes: [OAuthError.Code]
        let isPage: Bool

        /// Its name among the document's components.
        var name: String {
            isPage ? "page.\(status.code)" : ([String(status.code)] + codes.map(\.rawValue)).joined(separator: ".")
        }

        /// The Response Object.
        func json(issuer: String) -> JSON {
            let fields =
                switch status {
                case .unauthorized: ["WWW-Authenticate", "X-Request-Id"]
                case .tooManyRequests, .serviceUnavailable: ["Retry-After", "X-Request-Id"]
                default: ["X-Request-Id"]
                }
            return [
                "description": .string(words), "headers": Operation.headers(fields),
                "content": .object(JSONObject(content(issuer: issuer))),
            ]
        }

        private func content(issuer: String) -> [(name: String, value: JSON)] {
            let page = (name: "text/html", value: ["schema": Schema.string.json] as JSON)
            let error = (name: "application/json", value: json(of: codes, issuer: issuer))
            // Where there is nothing, programs get JSON, people a page.
            return isPage ? status == .notFound ? [page, error] : [page] : [error]
        }

        private func json(of codes: [OAuthError.Code], issuer: String) -> JSON {
            let name = codes.first?.rawValue ?? ""
            return [
                "schema": Schema.component("Error").and(
                    "properties", ["error": Schema.among(codes.map(\.rawValue)).json]
                ).json,
                "example": [
                    "error": .string(name), "error_description": "What was wrong with which parameter.",
                    "error_uri": .string("\(issuer)/errors/\(name)"),
                ],
            ]
        }

        private var words: String {
            guard !isPage else { return "A page that says what is wrong." }
            switch status {
            case .contentTooLarge: return "The body is too large."
            case .unsupportedMediaType: return "The body is of a media type that is not taken here."
            default: return "The request is refused: " + codes.map(\.rawValue).joined(separator: ", ") + "."
            }
        }
    }
}

extension Operation {
    /// The Header Objects of these fields.
    fileprivate static func headers(_ names: [String]) -> JSON {
        .object(
            JSONObject(names.map { (name: $0, value: ["$ref": .string("#/components/headers/\($0)")]) }))
    }
}

extension Operation.Answer {
    /// The Response Object.
    fileprivate func json(links: [(name: String, value: JSON)]) -> JSON {
        var members: [(name: String, value: JSON)] = [
            ("description", .string(words)), ("headers", Operation.headers(headers + ["X-Request-Id"])),
        ]
        if let schema {
            var type: [(name: String, value: JSON)] = [("schema", schema.json)]
            if let example { type.append(("example", example)) }
            members.append(
                ("content", .object(JSONObject(mediaTypes.map { (name: $0, value: .object(JSONObject(type))) }))))
        }
        if !links.isEmpty { members.append(("links", .object(JSONObject(links)))) }
        return .object(JSONObject(members))
    }
}

extension Operation.Parameter {
    /// The Parameter Object.
    fileprivate var json: JSON {
        [
            "name": .string(name), "in": .string(place), "description": .string(words),
            "required": .bool(isRequired), "schema": schema.json,
        ]
    }
}
