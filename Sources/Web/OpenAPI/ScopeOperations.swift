import HTTP
import JOSE
import Provider

extension Operation.Group {
    /// Scopes.
    static let scopes = Operation.Group(
        name: "Scopes", words: "What clients may be allowed and users asked for.",
        operations: [
            Operation(
                .post, "/api/v1/oauth2/scopes", "createScope", "Add a scope",
                body: .init(
                    .component("NewScope"),
                    example: [
                        "name": "invoices:read",
                        "descriptions": ["en": "Read your invoices", "de": "Ihre Rechnungen lesen"],
                    ]),
                answers: [.json(status: .created, "The scope.", .component("Scope"), example: example)],
                codes: [.conflict]),
            Operation(
                .get, "/api/v1/oauth2/scopes", "listScopes", "List scopes by name",
                parameters: Operation.Parameter.list(),
                answers: [
                    .json("A page of scopes.", .page(of: "Scope"), example: ["items": [example], "nextCursor": nil])
                ]),
            Operation(
                .get, "/api/v1/oauth2/scopes/{scopeId}", "getScope", "One scope",
                answers: [.json("The scope.", .component("Scope"), example: example)]),
            Operation(
                .put, "/api/v1/oauth2/scopes/{scopeId}", "replaceScope", "Replace the descriptions of a scope",
                body: .init(.component("ScopeReplacement"), example: ["description": "Read your invoices"]),
                answers: [.json("The scope.", .component("Scope"), example: example)]),
            Operation(
                .delete, "/api/v1/oauth2/scopes/{scopeId}", "deleteScope", "Remove a scope",
                words: "One in use is refused with the counts; those that the server itself gives a meaning to stay.",
                parameters: [
                    .query("force", .among(["true", "false"]), "Take it from all clients, consents and tokens.")
                ],
                answers: [.nothing("Removed.")], codes: [.conflict]),
        ],
        schemas: [
            (
                "Scope",
                .object([
                    .required("id", .id), .required("name", .scopeName), .required("description", Schema.string.orNull),
                    .required("descriptions", Schema.map(languageTag, to: .string(1...500), atMost: 50)),
                    .required("builtIn", .boolean, "The server itself gives it a meaning; it cannot be removed."),
                ])
            ), ("NewScope", described(.closed([.required("name", .scopeName)] + descriptions))),
            (
                "ScopeReplacement",
                described(.closed([.optional("name", Schema.scopeName.orNull, "As it is.")] + descriptions))
            ),
        ])

    private static let languageTag = Schema.string(2...35, pattern: "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")
    private static let texts = Schema.map(languageTag, to: .text(1...500), atMost: 50, required: ["en"])

    private static let descriptions: [Schema.Member] = [
        .optional("description", .text(1...500).orNull, "What the consent page says in English, and that alone."),
        .optional("descriptions", texts.orNull, "What the consent page says, by language tag (RFC 5646)."),
    ]

    /// One way to describe it, and not the other.
    private static func described(_ schema: Schema) -> Schema {
        func by(_ name: String, not other: String) -> JSON {
            let present: JSON = ["not": ["type": "null"]]
            let absent: JSON = ["type": "null"]
            return [
                "required": [.string(name)],
                "properties": .object(JSONObject([(name: name, value: present), (name: other, value: absent)])),
            ]
        }
        return schema.and(
            "oneOf", [by("description", not: "descriptions"), by("descriptions", not: "description")])
    }

    private static let example: JSON = [
        "id": "invoices:read", "name": "invoices:read", "description": "Read your invoices",
        "descriptions": ["de": "Ihre Rechnungen lesen", "en": "Read your invoices"], "builtIn": false,
    ]
}
