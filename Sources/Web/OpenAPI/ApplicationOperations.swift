import HTTP
import JOSE
import Provider

extension Operation.Group {
    /// Applications for clients.
    static let applications = Operation.Group(
        name: "Applications", words: "Anybody asks for a client, administrators decide.",
        operations: [
            Operation(
                .post, "/api/v1/applications", "requestApplication", "Ask for a client",
                words: "The answer comes by mail; an approval leads to the credentials, once.",
                body: .init(
                    .component("NewApplication"),
                    example: [
                        "name": "Shop", "description": "Where our members order.", "type": "CONFIDENTIAL",
                        "grantTypes": ["authorization_code"], "redirectUris": ["https://shop.example/cb"],
                        "scopes": ["openid", "profile"], "resources": [], "email": "shop@example.org",
                    ]),
                answers: [
                    .json(
                        status: .created, "The application, as administrators see it.", .component("Application"),
                        example: pending)
                ],
                codes: [.invalidClientMetadata, .invalidRedirectURI, .invalidScope, .tooManyRequests]),
            Operation(
                .get, "/api/v1/applications", "listApplications", "List applications, oldest first",
                parameters: Operation.Parameter.list([
                    .query("status", .among(Application.Status.self), "Where it stands."),
                    .query("type", .among(Client.Kind.self), "For clients of this type."),
                    .query("email", .text(1...2000), "By whom, in whatever letter case."),
                    .query("scope", .scopeQuery, "That ask for all of these."),
                    .query("clientId", .text(1...2000), "The one that this client came of."),
                ]),
                answers: [
                    .json(
                        "A page of applications.", .page(of: "Application"),
                        example: ["items": [pending], "nextCursor": nil])
                ], codes: [.invalidScope]),
            Operation(
                .get, "/api/v1/applications/{applicationId}", "getApplication", "One application",
                answers: [.json("The application.", .component("Application"), example: pending)]),
            Operation(
                .post, "/api/v1/applications/{applicationId}/approve", "approveApplication", "Make the client",
                words: "It has no secret before the requester collects one by the mailed link.",
                body: .init(.closed([]), example: [:], isRequired: false),
                answers: [.json("The application.", .component("Application"), example: approved)],
                codes: [.conflict, .invalidClientMetadata, .invalidRedirectURI, .invalidScope]),
            Operation(
                .post, "/api/v1/applications/{applicationId}/refuse", "refuseApplication", "Turn it down",
                body: .init(
                    .closed([.optional("reason", lines(0...2000).orNull, "What the requester is told.")]),
                    example: ["reason": "Ask your own department first."], isRequired: false),
                answers: [.json("The application.", .component("Application"), example: refused)],
                codes: [.conflict]),
            Operation(
                .post, "/api/v1/applications/{applicationId}/resend", "resendApplicationLink", "Mail another link",
                words: "For a requester who has lost the first one, which is worth nothing from then on.",
                body: .init(.closed([]), example: [:], isRequired: false),
                answers: [.json("The application.", .component("Application"), example: approved)],
                codes: [.conflict]),
        ],
        schemas: [
            (
                "NewApplication",
                .closed([
                    .required("name", .string(1...200, pattern: Schema.visible)),
                    .optional("description", lines(0...4000).orNull, "What it is for."),
                    .optional("type", Schema.among(Client.Kind.self).orNull, "CONFIDENTIAL unless it is said."),
                    .optional("grantTypes", Schema.set(of: .among(GrantType.self)).orNull),
                    .optional("redirectUris", Schema.list(of: .uri, isSet: true).orNull, "At most 100."),
                    .optional("scopes", Schema.set(of: .scopeName).orNull, "Neither `admin` nor `account`."),
                    .optional("resources", Schema.list(of: .uri, isSet: true).orNull, "RFC 8707; at most 100."),
                    .required("email", .string(3...1024, format: "email"), "Where the answer goes."),
                ])
            ),
            (
                "Application",
                .object([
                    .required("id", .id), .required("status", .among(Application.Status.self)),
                    .required("name", .string), .required("description", .string),
                    .required("type", .among(Client.Kind.self)),
                    .required("grantTypes", .list(of: .among(GrantType.self))),
                    .required("redirectUris", .list(of: .uri)), .required("scopes", .list(of: .scopeName)),
                    .required("resources", .list(of: .uri)), .required("email", .string),
                    .required("createdAt", .time),
                    .required("expiresAt", .time, "From here on nobody decides about it any more."),
                    .required("decidedAt", Schema.time.orNull), .required("decidedBy", Schema.string.orNull),
                    .required("reason", Schema.string.orNull, "What the requester was told."),
                    .required("clientId", Schema.id.orNull, "The client that the approval made."),
                    .required("collectedAt", Schema.time.orNull, "When the requester took the credentials."),
                ])
            ),
        ])

    /// A text of several lines.
    private static func lines(_ lengths: ClosedRange<Int>) -> Schema {
        .string(lengths, pattern: "^[^\\u0000-\\u0008\\u000B-\\u000C\\u000E-\\u001F\\u007F]*$")
    }

    private static let pending = example(status: .pending)
    private static let approved = example(status: .approved, clientID: "kq3Zb0mR9nXQm5c1bq3v8g")
    private static let refused = example(status: .refused, reason: "Ask your own department first.")

    private static func example(
        status: Application.Status, reason: JSON = nil, clientID: JSON = nil
    ) -> JSON {
        let isDecided = status != .pending
        return [
            "id": "20783-mC8f0sQ1dT9k3bXc8f0sQ1", "status": .string(status.rawValue), "name": "Shop",
            "description": "Where our members order.", "type": "CONFIDENTIAL", "grantTypes": ["authorization_code"],
            "redirectUris": ["https://shop.example/cb"], "scopes": ["openid", "profile"], "resources": [],
            "email": "shop@example.org", "createdAt": "2026-11-21T09:38:00.000Z",
            "expiresAt": "2027-01-20T09:38:00.000Z", "decidedAt": isDecided ? "2026-11-22T09:38:00.000Z" : nil,
            "decidedBy": isDecided ? "client:martlet-admin" : nil, "reason": reason, "clientId": clientID,
            "collectedAt": nil,
        ]
    }
}
