import HTTP
import JOSE
import Provider

extension Operation.Group {
    /// OAuth 2.0 and OpenID Connect.
    static func protocolEndpoints(issuer: String) -> Operation.Group {
        Operation.Group(
            name: "Protocol",
            words: "OAuth 2.0 and OpenID Connect. Unknown parameters are ignored, repeated ones refused.",
            operations: browserOperations + clientOperations(issuer: issuer) + userInfo,
            schemas: [("Tokens", tokenAnswer), ("Introspection", introspection), ("UserInfo", userClaims)])
    }

    // MARK: By the browser

    private static let browserOperations: [Operation] = [
        Operation(
            .get, "/api/v1/oauth2/authorize", "authorize", "Authorization endpoint (RFC 6749, OpenID Connect Core)",
            words: "Browsers are sent here. Errors travel to the verified redirect URI; without one they are a page.",
            parameters: authorization.map { .query($0.name, $0.schema, $0.words) },
            answers: [
                .redirect("To the client with its answer, or to the login or consent page."),
                .page("A page with a form that takes the answer to the client (`form_post`)."),
            ],
            codes: [
                .invalidClient, .unauthorizedClient, .serverError, .unsupportedResponseType, .invalidScope,
                .accessDenied,
            ]),
        Operation(
            .post, "/api/v1/oauth2/authorize", "authorizeByForm", "The same request in a form",
            body: .init(
                .object(authorization.map { .optional($0.name, $0.schema, $0.words) }), example: authorizationExample,
                isRequired: false),
            answers: [
                .redirect("To the GET with the parked request, or to the client with an error."), .page("As by GET."),
            ],
            codes: [.invalidClient, .unauthorizedClient, .unsupportedResponseType, .invalidScope, .accessDenied]),
        Operation(
            .get, "/api/v1/oauth2/logout", "logOut", "RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0)",
            parameters: logout.map { .query($0.name, $0.schema, $0.words) },
            answers: [.redirect("To the client, or the login page."), .page("The question, or that it is done.")]),
        Operation(
            .post, "/api/v1/oauth2/logout", "logOutByForm", "The same request in a form",
            body: .init(
                .object(logout.map { .optional($0.name, $0.schema, $0.words) }),
                example: ["client_id": "app", "post_logout_redirect_uri": "https://app.example/bye"], isRequired: false),
            answers: [.redirect("To the GET, or to the client."), .page("The question, or that it is done.")]),
    ]

    private static let authorizationExample: JSON = [
        "client_id": "app", "redirect_uri": "https://app.example/cb", "response_type": "code",
        "scope": "openid profile",
        "state": "af0ifjsldkj", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    ]

    private typealias Told = (name: String, schema: Schema, words: String)

    /// No lengths and patterns: what is wrong is told to the client by redirect or page, not by status.
    private static let authorization: [Told] = [
        ("client_id", .string, "Who asks."), ("redirect_uri", .string, "One that the client registered, always due."),
        ("response_type", .string, "Such as `code`."),
        ("response_mode", .string, "`query`, `fragment` or `form_post`."),
        ("scope", .string, "Scopes separated by spaces."), ("state", .string, "Comes back as it is."),
        ("nonce", .string, "Goes into the ID token."), ("code_challenge", .string, "RFC 7636."),
        ("code_challenge_method", .string, "`S256`."),
        ("prompt", .string, "`none`, `login`, `consent`, `select_account`."),
        ("max_age", .string, "Seconds since the login, at most."), ("login_hint", .string, "The user name to fill in."),
        ("id_token_hint", .string, "An ID token of this server."), ("ui_locales", .string, "Languages, best first."),
        ("acr_values", .string, "How the user should log in."), ("claims", .string, "JSON (OpenID Connect Core 5.5)."),
        ("display", .string, "`page`."), ("resource", .string, "An absolute URI (RFC 8707); may stand several times."),
    ]

    private static let logout: [Told] = [
        ("id_token_hint", .string, "An ID token of this server, expired or not."),
        ("client_id", .string, "Who asks."), ("logout_hint", .string, "Ignored."),
        ("post_logout_redirect_uri", .string, "One that the client registered."),
        ("state", .string, "Comes back as it is."), ("ui_locales", .string, "Languages, best first."),
    ]

    // MARK: By clients

    /// Credentials in the body, where the header has none.
    private static let credentials: [Schema.Member] = [
        .optional("client_id", .string), .optional("client_secret", .string),
    ]

    private static func clientOperations(issuer: String) -> [Operation] {
        [
            Operation(
                .post, "/api/v1/oauth2/token", "requestTokens", "Token endpoint (RFC 6749)",
                words: "A JSON object with the same members does as well as a form.",
                body: .init(tokenRequest, example: ["grant_type": "client_credentials", "scope": "contracts:read"]),
                answers: [
                    .json(
                        "The tokens.", .component("Tokens"),
                        example: [
                            "access_token": "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln", "token_type": "Bearer",
                            "expires_in": 3600, "scope": "contracts:read",
                        ])
                ],
                codes: [
                    .invalidGrant, .unsupportedGrantType, .invalidScope, .invalidTarget, .authorizationPending,
                    .slowDown,
                    .expiredToken, .accessDenied,
                ]),
            Operation(
                .post, "/api/v1/oauth2/revoke", "revokeByClient", "Revoke a token (RFC 7009)",
                body: .init(tokenOnly, example: ["token": "mlt_rt_1x", "token_type_hint": "refresh_token"]),
                answers: [.nothing(status: .ok, "The token does not work, whether it ever did.")],
                codes: [.unsupportedTokenType]),
            Operation(
                .post, "/api/v1/oauth2/introspect", "introspect", "What a token is (RFC 7662)",
                words: "For the client of the token and those that may introspect; to others no token is active.",
                body: .init(tokenOnly, example: ["token": "mlt_rt_1x"]),
                answers: [.json("What it is.", .component("Introspection"), example: ["active": false])]),
            Operation(
                .post, "/api/v1/oauth2/device-authorization", "authorizeDevice", "Codes for a device (RFC 8628)",
                body: .init(
                    .object([.optional("scope", .string), .optional("resource", .string)] + credentials),
                    example: ["client_id": "app", "scope": "openid"], isRequired: false),
                answers: [
                    .json(
                        "The codes.", deviceCodes,
                        example: [
                            "device_code": "mlt_dc_1x", "user_code": "BCDF-GHJK",
                            "verification_uri": .string("\(issuer)/device"),
                            "verification_uri_complete": .string("\(issuer)/device?user_code=BCDF-GHJK"),
                            "expires_in": 600, "interval": 5,
                        ])
                ], codes: [.invalidScope, .invalidTarget]),
        ]
    }

    private static let tokenRequest = Schema.object(
        [
            .required(
                "grant_type", Schema.string.and("minLength", 1),
                "Such as `authorization_code`; each takes its own parameters."),
            .optional("code", .string, "`authorization_code`"),
            .optional("redirect_uri", .string, "`authorization_code`"),
            .optional("code_verifier", .string, "`authorization_code`, RFC 7636."),
            .optional("refresh_token", .string, "`refresh_token`"), .optional("device_code", .string, "RFC 8628."),
            .optional("username", .string, "`password`"), .optional("password", .string, "`password`"),
            .optional("scope", .string, "Scopes separated by spaces."), .optional("resource", .string, "RFC 8707."),
        ] + credentials)

    private static let tokenOnly = Schema.object(
        [.required("token", Schema.string.and("minLength", 1)), .optional("token_type_hint", .string)] + credentials)

    private static let deviceCodes = Schema.object([
        .required("device_code", .string), .required("user_code", .string(9...9, pattern: "^[B-Z]{4}-[B-Z]{4}$")),
        .required("verification_uri", .uri), .required("verification_uri_complete", .uri),
        .required("expires_in", .integer(1, 3600)), .required("interval", .integer(1)),
    ])

    private static let tokenAnswer = Schema.object([
        .required("access_token", .string, "A signed JWT (RFC 9068)."), .required("token_type", .only("Bearer")),
        .required("expires_in", .integer(0), "Seconds."), .required("scope", .scopeLine, "What was granted."),
        .optional("refresh_token", .string), .optional("id_token", .string),
    ])

    private static let introspection = Schema.object([
        .required("active", .boolean), .optional("token_type", .only("Bearer")), .optional("iss", .uri),
        .optional("sub", .string), .optional("aud", .oneOf([.string, .list(of: .string)])),
        .optional("exp", .integer(0)),
        .optional("iat", .integer(0)), .optional("jti", .string), .optional("client_id", .string),
        .optional("scope", .scopeLine), .optional("username", .string),
    ])

    // MARK: By tokens

    private static let userInfo: [Operation] = {
        let answer = Operation.Answer.json(
            "The claims that the token's scopes give, and those that are mapped for its client.",
            .component("UserInfo"),
            example: ["sub": "248289761001", "name": "Jane Doe", "email": "jane@example.org", "email_verified": true])
        return [
            Operation(
                .get, "/api/v1/oauth2/userinfo", "getUserInfo", "UserInfo (OpenID Connect Core 5.3)", answers: [answer]),
            Operation(
                .post, "/api/v1/oauth2/userinfo", "postUserInfo", "UserInfo by POST",
                body: .init(
                    .object([.optional("access_token", .string, "Where the header has none.")]),
                    example: ["access_token": "eyJ"], isRequired: false),
                answers: [answer]),
        ]
    }()

    private static let userClaims = Schema.object(
        [.required("sub", .string)]
            + [
                "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile",
                "picture",
                "website", "gender", "birthdate", "zoneinfo", "locale", "tenant_id", "email", "phone_number",
            ].map { .optional($0, .string) } + [
                .optional("updated_at", .integer(0)), .optional("email_verified", .boolean),
                .optional("phone_number_verified", .boolean), .optional("roles", .list(of: .string)),
                .optional("address", Schema.object([]).and("additionalProperties", true)),
            ]
    ).and("additionalProperties", true)
}
