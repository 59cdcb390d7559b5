import HTTP
import JOSE
import Provider

extension Operation.Group {
    /// What people do with their own accounts, by a program.
    static func accounts(_ passwords: PasswordPolicy) -> Operation.Group {
        let password = Schema.password(passwords)
        return Operation.Group(
            name: "Own account", words: "What people do with their own accounts, by a program.",
            operations: [
                Operation(
                    .post, "/api/v1/users/signup", "signUp", "Make an account",
                    words:
                        "A name that is an address is answered alike whether or not it is taken; its owner gets mail.",
                    body: .init(
                        .component("SignUp"),
                        example: ["username": "jane@example.org", "password": "correct horse battery"]),
                    answers: [.json(status: .created, "The account.", .component("User"), example: Self.userExample)],
                    codes: [.conflict, .notFound, .tooManyRequests]),
                Operation(
                    .post, "/api/v1/users/reset-password", "resetPassword",
                    "Ask for a link by mail, or set a password by it",
                    body: .init(
                        .oneOf([
                            .closed([.required("username", .text(1...1024))]),
                            .closed([.required("email", .text(1...1024))]),
                            .closed([.required("token", .text(1...1024)), .required("newPassword", password)]),
                        ]), example: ["email": "jane@example.org"]),
                    answers: [
                        .json(
                            status: .accepted, "It will be seen to, whoever was asked about.", .object([]), example: [:]
                        ),
                        .nothing("The password is set."),
                    ], codes: [.tooManyRequests]),
                Operation(
                    .post, "/api/v1/users/verify-email", "verifyEmail", "Ask for a link by mail, or confirm by it",
                    body: .init(
                        .oneOf([
                            .closed([.required("email", .text(1...1024))]),
                            .closed([.required("token", .text(1...1024))]),
                        ]), example: ["email": "jane@example.org"]),
                    answers: [
                        .json(
                            status: .accepted, "It will be seen to, whoever was asked about.", .object([]), example: [:]
                        ),
                        .nothing("The address is confirmed."),
                    ], codes: [.tooManyRequests]),
                Operation(
                    .get, "/api/v1/users/profile", "getProfile", "The user's own profile",
                    answers: [.json("The profile.", .component("User"), example: Self.userExample)]),
                Operation(
                    .put, "/api/v1/users/profile", "changeProfile", "Change the user's own profile",
                    words: """
                        What is not named stays. Members that only the server or an administrator decides may be named as they \
                        are.
                        """,
                    body: .init(.component("Profile"), example: ["nickname": "Jane"], isRequired: false),
                    answers: [.json("The profile.", .component("User"), example: Self.userExample)], codes: [.conflict]),
            ],
            schemas: [
                (
                    "SignUp",
                    .closed([.required("username", .text(1...256)), .required("password", password)] + ownClaims)
                ),
                (
                    "Profile",
                    .closed(
                        fixed + ownClaims + [
                            .optional("username", .text(0...256).orNull),
                            .optional("emailVerified", Schema.boolean.orNull),
                            .optional("phoneNumberVerified", Schema.boolean.orNull),
                            .optional("roles", .set(of: .string).orNull), .optional("tenantId", .text(0...200).orNull),
                        ])
                ),
            ])
    }

    /// What never changes may be repeated as it stands in an answer.
    static let fixed: [Schema.Member] = [
        .optional("id", .text(0...2000).orNull, "As it is."), .optional("createdAt", Schema.time.orNull, "As it is."),
        .optional("updatedAt", Schema.time.orNull, "As it is."),
    ]

    /// What people say of themselves, in the form that relying parties count on.
    private static let ownClaims: [Schema.Member] = claims.map { claim in
        guard let pattern = patterns[claim.name] else { return claim }
        return .optional(claim.name, .string(1...1000, pattern: pattern).orNull)
    }

    private static let patterns: [String: String] = {
        let words = ["name", "familyName", "givenName", "middleName", "nickname", "gender"]
        let addresses = ["profile", "picture", "website"]
        let forms = [
            "birthdate": "^([0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})$",
            "zoneinfo": "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$",
            "locale": "^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,7}$",
            "phoneNumber": "^\\+[0-9 ().-]{7,}(;ext=[0-9]{1,15})?$",
        ]
        return forms.merging(
            words.map { ($0, Schema.visible) } + addresses.map { ($0, "^[Hh][Tt][Tt][Pp][Ss]?://") },
            uniquingKeysWith: { form, _ in form })
    }()

    /// The claims of a user that are texts (OpenID Connect Core §5.1), and the address.
    static let claims: [Schema.Member] =
        [.optional("email", .string(3...254, pattern: "^[^@ ]+@[^@ ]+$").orNull)]
        + [
            "name", "familyName", "givenName", "middleName", "nickname", "profile", "picture", "website", "gender",
            "birthdate", "zoneinfo", "locale", "phoneNumber",
        ].map { .optional($0, .text(0...1000).orNull) } + [
            .optional(
                "address",
                Schema.closed(
                    ["formatted", "streetAddress", "locality", "region", "postalCode", "country"].map {
                        .optional($0, .text(0...1000).orNull)
                    }
                ).orNull)
        ]
}
