import HTTP
import JOSE
import Provider

extension Operation.Group {
    /// Users as operators manage them.
    static func users(_ passwords: PasswordPolicy) -> Operation.Group {
        let password = Schema.password(passwords)
        return Operation.Group(
            name: "Users", words: "Users as operators manage them. Administrators of a tenant see and change its own.",
            operations: [
                Operation(
                    .post, "/api/v1/users", "createUser", "Create a user",
                    words: "An e-mail address as `username` is also `email` when none is given.",
                    body: .init(
                        .component("NewUser"),
                        example: ["username": "jane", "password": "correct horse battery", "email": "jane@example.org"]),
                    answers: [.json(status: .created, "The user.", .component("User"), example: userExample)],
                    codes: [.conflict]),
                Operation(
                    .get, "/api/v1/users", "listUsers", "List users, oldest first",
                    parameters: Operation.Parameter.list([
                        .query("username", .text(1...2000), "The name, however it is written."),
                        .query("email", .text(1...2000), "The address, in whatever letter case."),
                        .query("search", .text(1...2000), "How the name or the address begins."),
                    ]),
                    answers: [
                        .json(
                            "A page of users.", .page(of: "User"), example: ["items": [userExample], "nextCursor": nil])
                    ]),
                Operation(
                    .get, "/api/v1/users/{userId}", "getUser", "One user",
                    answers: [.json("The user.", .component("User"), example: userExample)]),
                Operation(
                    .patch, "/api/v1/users/{userId}", "changeUser", "Change what is named",
                    words: "A new password ends every login of the user.",
                    body: .init(.component("UserChange"), example: ["name": "Jane Doe"], isRequired: false),
                    answers: [.json("The user.", .component("User"), example: userExample)], codes: [.conflict]),
                Operation(
                    .put, "/api/v1/users/{userId}", "putUser", "The same as PATCH: what is not named stays",
                    body: .init(.component("UserChange"), example: ["name": "Jane Doe"], isRequired: false),
                    answers: [.json("The user.", .component("User"), example: userExample)], codes: [.conflict]),
                Operation(
                    .delete, "/api/v1/users/{userId}", "deleteUser", "Remove a user",
                    words: "Sessions, grants with their tokens, and consents go in the same moment.",
                    answers: [.nothing("Removed.")]),
                Operation(
                    .delete, "/api/v1/users/{userId}/factors", "resetFactors",
                    "Take away authenticator, recovery codes and passkeys",
                    words: "For somebody who has lost them, and is told by mail. Sessions and tokens stay.",
                    answers: [.nothing("The password is enough from now on.")]),
            ],
            schemas: [
                ("User", user),
                (
                    "NewUser",
                    .closed([.required("username", .text(1...256)), .required("password", password)] + byAdmin)
                ),
                (
                    "UserChange",
                    .closed(
                        fixed + [
                            .optional("username", .text(1...256).orNull), .optional("password", password.orNull),
                        ] + byAdmin)
                ),
            ])
    }

    /// What administrators set beside what people say of themselves.
    private static let byAdmin: [Schema.Member] =
        claims + [
            .optional("emailVerified", Schema.boolean.orNull), .optional("phoneNumberVerified", Schema.boolean.orNull),
            .optional("roles", .set(of: .text(0...2000)).orNull, "Free texts; `admin` administers."),
            .optional("tenantId", .text(0...200).orNull, "A free text."),
        ]

    private static let user = Schema.object(
        [
            .required("id", .id, "The `sub`."), .required("username", .string),
            .required("email", Schema.string.orNull), .required("emailVerified", .boolean),
            .required("roles", .list(of: .string)), .required("tenantId", Schema.string.orNull),
            .required("createdAt", .time), .required("updatedAt", .time), .optional("phoneNumberVerified", .boolean),
            .optional(
                "address",
                .object(
                    ["formatted", "streetAddress", "locality", "region", "postalCode", "country"].map {
                        .optional($0, .string)
                    })),
        ] + claims.filter { !["email", "address"].contains($0.name) }.map { .optional($0.name, .string) })

    static let userExample: JSON = [
        "id": "kq3Zb0mR9nXQm5c1bq3v8g", "username": "jane", "email": "jane@example.org", "emailVerified": false,
        "roles": [], "tenantId": nil, "createdAt": "2026-11-21T09:38:00.000Z", "updatedAt": "2026-11-21T09:38:00.000Z",
    ]
}
