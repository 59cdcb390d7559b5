import HTTP
import JOSE
import Provider

extension Operation.Group {
    /// Clients and their secrets.
    static let clients = Operation.Group(
        name: "Clients",
        words: "Clients as operators manage them. Administrators of a tenant see and change its own.",
        operations: [
            Operation(
                .post, "/api/v1/oauth2/clients", "createClient", "Register a client",
                words: "Without `type` a client is PUBLIC when its method is `none`, else CONFIDENTIAL.",
                body: .init(
                    .component("NewClient"),
                    example: [
                        "name": "Shop", "type": "CONFIDENTIAL", "redirectUris": ["https://shop.example/cb"],
                        "allowedScopes": ["openid", "profile"], "grantTypes": ["authorization_code", "refresh_token"],
                    ]),
                answers: [
                    .json(
                        status: .created, "The client, with its secret the one time it is told.",
                        .component("ClientWithSecret"),
                        example: with(example, "clientSecret", "mlt_cs_…"))
                ], codes: [.invalidClientMetadata, .invalidRedirectURI, .invalidScope]),
            Operation(
                .get, "/api/v1/oauth2/clients", "listClients", "List clients, oldest first",
                parameters: Operation.Parameter.list([
                    .query("clientId", .text(1...2000), "This one alone."),
                    .query("type", .among(Client.Kind.self), "Of this type."),
                    .query("scope", .scopeQuery, "That may have all of these."),
                    .query("grantType", .among(GrantType.self), "That may use this grant."),
                ]),
                answers: [
                    .json("A page of clients.", .page(of: "Client"), example: ["items": [example], "nextCursor": nil])
                ], codes: [.invalidScope]),
            Operation(
                .get, "/api/v1/oauth2/clients/{clientId}", "getClient", "One client", answers: [answer]),
            Operation(
                .patch, "/api/v1/oauth2/clients/{clientId}", "changeClient", "Change what is named (RFC 7396)",
                body: .init(.component("ClientChange"), example: ["name": "The shop"], isRequired: false),
                answers: [answer], codes: changeCodes),
            Operation(
                .put, "/api/v1/oauth2/clients/{clientId}", "replaceClient", "Replace all members",
                words: "What is not named is as with a new client; the id and the type stay.",
                body: .init(
                    .component("ClientReplacement"),
                    example: [
                        "name": "The shop", "redirectUris": ["https://shop.example/cb"], "allowedScopes": ["openid"],
                    ]),
                answers: [answer], codes: changeCodes),
            Operation(
                .delete, "/api/v1/oauth2/clients/{clientId}", "deleteClient", "Remove a client",
                words: "Its tokens, grants and consents go in the same moment.", answers: [.nothing("Removed.")]),
            Operation(
                .post, "/api/v1/oauth2/clients/{clientId}/rotate-secret", "rotateSecret", "Make a new secret",
                words: "Earlier ones go on working for a while; a second rotation leaves their ends as they are.",
                body: .init(
                    .closed([
                        .optional(
                            "graceSeconds", .integer(0, 2_592_000).standard(86_400).orNull,
                            "Seconds for which the earlier secrets go on working.")
                    ]), example: ["graceSeconds": 86_400], isRequired: false),
                answers: [
                    .json(
                        "The secret, the one time it is told.",
                        .object([
                            .required("clientId", .id), .required("clientSecret", .string),
                            .required("previousSecretExpiresAt", Schema.time.orNull),
                        ]),
                        example: [
                            "clientId": "kq3Zb0mR9nXQm5c1bq3v8g", "clientSecret": "mlt_cs_…",
                            "previousSecretExpiresAt": "2026-11-22T09:38:00.000Z",
                        ])
                ]),
            Operation(
                .get, "/api/v1/oauth2/clients/{clientId}/secrets", "listSecrets", "Live secrets, oldest first",
                words: "Never a secret itself: how much it is used, and whether anybody still needs it.",
                parameters: Operation.Parameter.list(),
                answers: [
                    .json(
                        "All live secrets.", .page(of: "Secret"),
                        example: ["items": [secretExample], "nextCursor": nil])
                ]),
            Operation(
                .delete, "/api/v1/oauth2/clients/{clientId}/secrets/{secretId}", "removeSecret", "End a secret at once",
                answers: [.nothing("It does not work any more.")]),
        ], schemas: ClientSchemas.all)

    private static let changeCodes: [OAuthError.Code] = [
        .conflict, .invalidClientMetadata, .invalidRedirectURI, .invalidScope,
    ]

    private static let answer = Operation.Answer.json("The client.", .component("Client"), example: example)

    private static func with(_ object: JSON, _ name: String, _ value: JSON) -> JSON {
        var members = object.object ?? JSONObject()
        members[name] = value
        return .object(members)
    }

    private static let secretExample: JSON = [
        "id": "Jm0vX1hTq8k2Lr5p", "createdAt": "2026-11-21T09:38:00.000Z", "expiresAt": nil, "lastUsedAt": nil,
        "useCount": 0, "verdict": "current",
    ]

    private static let example: JSON = [
        "id": "kq3Zb0mR9nXQm5c1bq3v8g", "clientId": "kq3Zb0mR9nXQm5c1bq3v8g", "name": "Shop", "type": "CONFIDENTIAL",
        "profile": "default", "tokenEndpointAuthMethod": nil, "redirectUris": ["https://shop.example/cb"],
        "postLogoutRedirectUris": [], "grantTypes": ["authorization_code", "refresh_token"], "responseTypes": ["code"],
        "allowedScopes": ["openid", "profile"], "defaultScopes": nil, "requirePkce": true, "firstParty": false,
        "mayIntrospect": false, "tenantId": nil, "allowedResources": [], "defaultAudience": nil, "allowedOrigins": [],
        "allowedCidrs": [], "idTokenSignedResponseAlg": "RS256", "accessTokenSignedResponseAlg": "RS256",
        "accessTokenTtl": nil, "idTokenTtl": nil, "refreshTokenTtl": nil, "authorizationCodeTtl": nil,
        "sessionTtl": nil,
        "refreshRotation": true, "refreshGraceSeconds": 10, "claimMappings": [], "backchannelLogoutUri": nil,
        "backchannelLogoutSessionRequired": false, "frontchannelLogoutUri": nil,
        "frontchannelLogoutSessionRequired": false, "createdAt": "2026-11-21T09:38:00.000Z",
        "updatedAt": "2026-11-21T09:38:00.000Z",
    ]
}
