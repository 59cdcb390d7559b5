import HTTP
import JOSE
import Provider

extension Operation.Group {
    /// Events, and the webhooks that are told of them. Webhooks stand beside the events and by their own name.
    static let events = Operation.Group(
        name: "Events", words: "What happened, as CloudEvents 1.0: pulled by cursor, or delivered to webhooks.",
        operations: [
            Operation(
                .get, "/api/v1/oauth2/events", "listEvents", "Events after a cursor, oldest first",
                parameters: Operation.Parameter.list([
                    .query("after", .text(1...2000), "Another name of `cursor`."),
                    .query("type", eventPattern, "An event type, or a prefix that ends in `.*`."),
                ]),
                answers: [
                    .json(
                        "A page of events.", .page(of: "Event"), example: ["items": [eventExample], "nextCursor": nil])
                ])
        ] + webhooks("/api/v1/oauth2/events/webhooks", "OfEvents") + webhooks("/api/v1/oauth2/webhooks", ""),
        schemas: [
            ("Event", event), ("Webhook", .object(webhook)),
            ("WebhookWithSecret", .object(webhook + [.required("secret", .string, "Standard Webhooks.")])),
            ("Delivery", delivery),
        ])

    private static func webhooks(_ path: String, _ suffix: String) -> [Operation] {
        [
            Operation(
                .post, path, "createWebhook\(suffix)", "Register a webhook",
                body: .init(
                    .closed([
                        .required("url", .uri, "Deliveries are signed by Standard Webhooks."),
                        .optional(
                            "types", Schema.set(of: .among(EventPattern.known), 1...100).orNull, "All when left out."),
                        .optional("description", .text(0...500).orNull),
                    ]), example: ["url": "https://hooks.example/martlet", "types": ["oauth2.*"]]),
                answers: [
                    .json(
                        status: .created, "The webhook, with its secret the one time it is told.",
                        .component("WebhookWithSecret"),
                        example: .object(
                            JSONObject(
                                (webhookExample.object?.members ?? []).map { ($0.name, $0.value) } + [
                                    ("secret", "whsec_…")
                                ])))
                ]),
            Operation(
                .get, path, "listWebhooks\(suffix)", "List webhooks, oldest first",
                parameters: Operation.Parameter.list([
                    .query("type", eventPattern, "Those that are told of all events of this type.")
                ]),
                answers: [
                    .json(
                        "A page of webhooks.", .page(of: "Webhook"),
                        example: ["items": [webhookExample], "nextCursor": nil])
                ]),
            Operation(
                .delete, path + "/{webhookId}", "deleteWebhook\(suffix)", "Remove a webhook with its queue",
                answers: [.nothing("Removed.")]),
            Operation(
                .get, path + "/{webhookId}/deliveries", "listDeliveries\(suffix)", "Its deliveries, newest first",
                parameters: Operation.Parameter.list(),
                answers: [
                    .json(
                        "A page of deliveries.", .page(of: "Delivery"),
                        example: ["items": [deliveryExample], "nextCursor": nil])
                ]),
            Operation(
                .post, path + "/{webhookId}/replay", "replayWebhook\(suffix)",
                "Queue the events of a span of time again",
                body: .init(
                    .closed([.required("from", .time), .required("to", .time)]),
                    example: ["from": "2026-11-21T00:00:00Z", "to": "2026-11-22T00:00:00Z"]),
                answers: [
                    .json(
                        status: .accepted, "How many were queued.", .object([.required("queued", .integer(0))]),
                        example: ["queued": 17])
                ]),
        ]
    }

    private static let eventPattern = Schema.string(
        1...200, pattern: "^(\\*|[a-z_2]+(\\.[a-z_2]+){0,3}|[a-z_2]+(\\.[a-z_2]+){0,2}\\.\\*)$")

    private static let event = Schema.object([
        .required("specversion", .only("1.0")), .required("id", .string), .required("source", .uri),
        .required("type", eventPattern), .optional("subject", .string), .required("time", .time),
        .required("datacontenttype", .only("application/json")),
        .required("data", Schema.object([]).and("additionalProperties", true), "Never a secret or a token."),
        .required("cursor", .string, "Its place in the order."),
    ])

    private static let webhook: [Schema.Member] = [
        .required("id", .id), .required("url", .uri), .required("types", .list(of: eventPattern)),
        .required("description", Schema.string.orNull), .required("createdAt", .time),
    ]

    private static let delivery = Schema.object([
        .required("id", .id), .required("eventId", .string), .required("type", eventPattern),
        .required("state", .among(["pending", "delivered", "dead"])), .required("attempts", .integer(0)),
        .required("nextAttemptAt", Schema.time.orNull), .required("lastStatus", Schema.integer(100, 599).orNull),
        .required("lastError", Schema.string.orNull), .required("deliveredAt", Schema.time.orNull),
    ])

    private static let eventExample: JSON = [
        "specversion": "1.0", "id": "1234", "source": "https://id.example", "type": "oauth2.client.created",
        "subject": "kq3Zb0mR9nXQm5c1bq3v8g", "time": "2026-11-21T09:38:00.000Z", "datacontenttype": "application/json",
        "data": ["clientId": "kq3Zb0mR9nXQm5c1bq3v8g"], "cursor": "812-1234",
    ]

    private static let webhookExample: JSON = [
        "id": "hR2Yx0v1u9mJ3q7sWcQk3w", "url": "https://hooks.example/martlet", "types": ["oauth2.*"],
        "description": nil, "createdAt": "2026-11-21T09:38:00.000Z",
    ]

    private static let deliveryExample: JSON = [
        "id": "812-1234", "eventId": "1234", "type": "oauth2.client.created", "state": "delivered", "attempts": 1,
        "nextAttemptAt": nil, "lastStatus": 204, "lastError": nil, "deliveredAt": "2026-11-21T09:38:01.000Z",
    ]
}
