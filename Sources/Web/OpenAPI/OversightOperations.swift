import HTTP
import JOSE
import Provider

extension Operation.Group {
    /// The audit log.
    static let audit = Operation.Group(
        name: "Audit log", words: "Who did what to what, from where. Reading it is a line of its own.",
        operations: [
            Operation(
                .get, "/api/v1/audit-logs", "listAuditLog", "Lines, newest first",
                parameters: Operation.Parameter.list([
                    .query("actor", .text(1...2000), "Such as `client:<id>`, `user:<id>`, `cli`."),
                    .query("action", .text(1...2000), "A verb; one that ends in a dot stands for all that begin so."),
                    .query("subject", .text(1...2000), "Such as `client:<id>`."),
                    .query("from", .time, "From this moment on."), .query("to", .time, "Before this moment."),
                ]),
                answers: [
                    .json(
                        "A page of lines.", .page(of: "AuditLine"),
                        example: ["items": [lineExample], "nextCursor": nil])
                ])
        ],
        schemas: [
            (
                "AuditLine",
                .object([
                    .required("id", .id), .required("time", .time), .required("actor", .string),
                    .required("action", .string), .required("subject", .string), .required("requestId", .string),
                    .required("address", .string),
                ])
            )
        ])

    private static let lineExample: JSON = [
        "id": "42", "time": "2026-11-21T09:38:00.000Z", "actor": "client:martlet-admin", "action": "client.create",
        "subject": "client:kq3Zb0mR9nXQm5c1bq3v8g", "requestId": "2mXc8f0sQ1dT9k3b", "address": "192.0.2.7",
    ]

    /// Who has asked for much.
    static let rateLimits = Operation.Group(
        name: "Rate limits", words: "Whose buckets are not full, as the server that is asked sees them.",
        operations: [
            Operation(
                .get, "/api/v1/oauth2/rate-limits", "listRateLimits", "Buckets that are not full",
                parameters: Operation.Parameter.list([
                    .query("route", .text(1...2000), "Of this route."),
                    .query("type", .text(1...2000), "By this kind of subject."),
                    .query("clientId", .text(1...2000), "Of this client."),
                    .query("userId", .text(1...2000), "Of this user."),
                    .query("address", .text(1...2000), "Of this network address."),
                ]),
                answers: [
                    .json(
                        "A page of buckets.", .page(of: "RateLimit"),
                        example: ["items": [limitExample], "nextCursor": nil])
                ])
        ],
        schemas: [
            (
                "RateLimit",
                .object([
                    .required("id", .string), .required("route", .among(RateLimit.Route.self)),
                    .required("type", .among(RateLimit.Subject.self)), .required("subject", .string),
                    .required("rate", .integer(1), "Requests a second in the long run."),
                    .required("burst", .integer(1), "Requests at once, after a pause."),
                    .required("remaining", .integer(0)), .required("retryAfterSeconds", .integer(0)),
                ])
            )
        ])

    private static let limitExample: JSON = [
        "id": "token:client:app", "route": "token", "type": "client", "subject": "app", "rate": 500, "burst": 1000,
        "remaining": 12, "retryAfterSeconds": 0,
    ]

    /// What operators watch.
    static let monitoring = Operation.Group(
        name: "Monitoring", words: "For those who keep it running.",
        operations: [
            Operation(
                .get, "/health/live", "isLive", "Whether the process answers",
                answers: [
                    .json("It does.", .object([.required("status", .only("up"))]), example: ["status": "up"])
                ]),
            Operation(
                .get, "/health/ready", "isReady", "Whether requests can be served",
                answers: [
                    .json("They can.", health, example: ["status": "up", "checks": ["database": "up"]]),
                    .json(
                        status: .serviceUnavailable, "They cannot, and which check says so.", health,
                        example: ["status": "down", "checks": ["database": "It cannot be reached."]]),
                ]),
            Operation(
                .get, "/metrics", "getMetrics", "Everything counted, in the Prometheus text format",
                answers: [.text(["text/plain"], "The metrics.")]),
        ])

    private static let health = Schema.object([
        .required("status", .among(["up", "down"])),
        .required("checks", .map(.string, to: .string, atMost: 100), "`up`, or what is wrong."),
    ])
}
