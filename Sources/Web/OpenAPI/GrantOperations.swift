import HTTP
import JOSE
import Provider

/// What users gave: administrators reach everybody's, users by their own tokens what is theirs.
extension Operation.Group {
    private static let user = Operation.Parameter.query(
        "userId", .text(1...2000), "Of this user; users may name themselves alone.")

    /// Consents.
    static let consents = Operation.Group(
        name: "Consents", words: "What users allowed clients: everybody's for administrators, their own for users.",
        operations: [
            Operation(
                .post, "/api/v1/oauth2/consents", "createConsent", "Put a consent on record without a page",
                words: "What stands already is widened.",
                body: .init(
                    .closed([
                        .required("clientId", .text(1...2000)),
                        .required("scopes", .set(of: .text(1...2000), 1...100), "That the client may have."),
                        .optional("userId", .text(1...2000).orNull, "The caller's own when it is left out."),
                    ]), example: ["clientId": "kq3Zb0mR9nXQm5c1bq3v8g", "scopes": ["openid"], "userId": "jane"]),
                answers: [.json(status: .created, "The consent.", .component("Consent"), example: consentExample)],
                codes: [.invalidScope]),
            Operation(
                .get, "/api/v1/oauth2/consents", "listConsents", "List consents, oldest first",
                parameters: Operation.Parameter.list([
                    .query("clientId", .text(1...2000), "To this client."), user,
                    .query("scope", .scopeQuery, "Of all of these scopes."),
                    .query("includeRevoked", .among(["true", "false"]), "Those that ended, too."),
                ]),
                answers: [
                    .json(
                        "A page of consents.", .page(of: "Consent"),
                        example: ["items": [consentExample], "nextCursor": nil])
                ], codes: [.invalidScope]),
            Operation(
                .get, "/api/v1/oauth2/consents/{consentId}", "getConsent", "One consent, whether it stands or not",
                answers: [.json("The consent.", .component("Consent"), example: consentExample)]),
            Operation(
                .delete, "/api/v1/oauth2/consents/{consentId}", "revokeConsent", "Take a consent back",
                words: "What it gave its client is dead at once.", answers: [.nothing("Taken back.")]),
        ],
        schemas: [
            (
                "Consent",
                .object([
                    .required("id", .id), .required("userId", .id), .required("clientId", .id),
                    .required("scopes", .list(of: .scopeName)), .required("grantedAt", .time),
                    .required("revokedAt", Schema.time.orNull),
                    .required("revokedBy", Schema.among(Consent.Revocation.self).orNull),
                    .required(
                        "decisions",
                        .list(
                            of: .object([
                                .required("scopes", .list(of: .scopeName)),
                                .required("wordingVersion", Schema.string.orNull, "Which words the page had."),
                                .required("decidedAt", .time),
                            ])), "How it came to be, oldest first: the last hundred."),
                ])
            )
        ])

    /// Login sessions.
    static let sessions = Operation.Group(
        name: "Sessions", words: "Live login sessions: everybody's for administrators, their own for users.",
        operations: [
            Operation(
                .get, "/api/v1/oauth2/sessions", "listSessions", "List live sessions",
                parameters: Operation.Parameter.list([user]),
                answers: [
                    .json(
                        "A page of sessions.", .page(of: "Session"),
                        example: ["items": [sessionExample], "nextCursor": nil])
                ]),
            Operation(
                .delete, "/api/v1/oauth2/sessions", "endSessions", "End all sessions of a user",
                parameters: [user, .query("except", .text(1...2000), "But this one.")],
                answers: [
                    .json("How many there were.", .object([.required("ended", .integer(0))]), example: ["ended": 3])
                ]),
            Operation(
                .get, "/api/v1/oauth2/sessions/{sessionId}", "getSession", "One live session",
                answers: [.json("The session.", .component("Session"), example: sessionExample)]),
            Operation(
                .delete, "/api/v1/oauth2/sessions/{sessionId}", "endSession", "End a session",
                words: "Its refresh tokens end, but for those with `offline_access`; its clients are told.",
                answers: [.nothing("Ended.")]),
        ],
        schemas: [
            (
                "Session",
                .object([
                    .required("id", .id), .required("userId", .id), .required("createdAt", .time),
                    .required("authTime", .time), .required("expiresAt", .time), .required("amr", .list(of: .string)),
                    .required("acr", .string), .required("address", .string), .required("userAgent", .string),
                    .required("device", .string, "The browser in words."),
                ])
            )
        ])

    /// Access and refresh tokens.
    static let tokens = Operation.Group(
        name: "Tokens", words: "Live tokens, never their texts: everybody's for administrators, their own for users.",
        operations: [
            Operation(
                .get, "/api/v1/oauth2/tokens", "listTokens", "List live tokens",
                parameters: Operation.Parameter.list([
                    .query("clientId", .text(1...2000), "Of this client."), user,
                    .query("grantId", .text(1...2000), "Of this grant."),
                    .query("scope", .scopeQuery, "With all of these scopes."),
                    .query("issuedAfter", .time, "Issued at this moment or later."),
                    .query("issuedBefore", .time, "Issued before this moment."),
                ]),
                answers: [
                    .json(
                        "A page of tokens.", .page(of: "Token"), example: ["items": [tokenExample], "nextCursor": nil])
                ], codes: [.invalidScope]),
            Operation(
                .post, "/api/v1/oauth2/tokens/revoke", "revokeToken", "Revoke one token",
                words: "By its text or its id: an access token alone, a refresh token with its whole family.",
                body: .init(
                    .closed([.required("token", .text(1...16_384))]), example: ["token": "0fJmZ6H0yV0YbQ9tq2l9Bw"]),
                answers: [
                    .json(
                        "How many live ones there were.", .object([.required("revoked", .integer(0))]),
                        example: ["revoked": 1])
                ], codes: [.notFound]),
            Operation(
                .post, "/api/v1/oauth2/tokens/bulk-revoke", "bulkRevokeTokens", "Revoke all tokens that match",
                words: "In everything that is given: at least one criterion; a user's own token is itself one.",
                body: .init(
                    .closed([
                        .optional("clientId", .text(0...2000).orNull), .optional("userId", .text(0...2000).orNull),
                        .optional("grantId", .text(1...100).orNull), .optional("issuedBefore", Schema.time.orNull),
                        .optional("dryRun", Schema.boolean.orNull, "Only say how many it would be."),
                    ]), example: ["clientId": "kq3Zb0mR9nXQm5c1bq3v8g", "dryRun": true], isRequired: false),
                answers: [
                    .json(
                        "How many live ones there were.",
                        .object([.required("revoked", .integer(0)), .required("dryRun", .boolean)]),
                        example: ["revoked": 12, "dryRun": true])
                ]),
        ],
        schemas: [
            (
                "Token",
                .object([
                    .required("id", .id), .required("tokenType", .among(["access_token", "refresh_token"])),
                    .required("clientId", .id), .required("userId", Schema.id.orNull),
                    .required("grantId", Schema.id.orNull), .required("scopes", .list(of: .scopeName)),
                    .required("issuedAt", .time), .required("expiresAt", .time),
                ])
            )
        ])

    private static let consentExample: JSON = [
        "id": "V1QpZ7d2oO0pXv2m8G0a9A", "userId": "jane", "clientId": "kq3Zb0mR9nXQm5c1bq3v8g", "scopes": ["openid"],
        "grantedAt": "2026-11-21T09:38:00.000Z", "revokedAt": nil, "revokedBy": nil,
        "decisions": [
            ["scopes": ["openid"], "wordingVersion": nil, "decidedAt": "2026-11-21T09:38:00.000Z"]
        ],
    ]

    private static let sessionExample: JSON = [
        "id": "20778-hJ2n0aQ3", "userId": "jane", "createdAt": "2026-11-21T09:38:00.000Z",
        "authTime": "2026-11-21T09:38:00.000Z", "expiresAt": "2026-11-21T21:38:00.000Z", "amr": ["pwd"],
        "acr": "urn:martlet:acr:1fa", "address": "192.0.2.7", "userAgent": "Mozilla/5.0 …",
        "device": "Firefox on Linux",
    ]

    private static let tokenExample: JSON = [
        "id": "0fJmZ6H0yV0YbQ9tq2l9Bw", "tokenType": "access_token", "clientId": "kq3Zb0mR9nXQm5c1bq3v8g",
        "userId": "jane", "grantId": "21178-Yw2b", "scopes": ["openid"], "issuedAt": "2026-11-21T09:38:00.000Z",
        "expiresAt": "2026-11-21T10:38:00.000Z",
    ]
}
