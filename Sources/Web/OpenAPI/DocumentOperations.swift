import HTTP
import JOSE
import Provider

extension Operation.Group {
    /// What everybody may read and keep for a while.
    static func documents(issuer: String) -> Operation.Group {
        let metadata = Operation.Answer.json(
            "The metadata.", .component("Metadata"),
            example: [
                "issuer": .string(issuer), "authorization_endpoint": .string("\(issuer)/api/v1/oauth2/authorize"),
                "token_endpoint": .string("\(issuer)/api/v1/oauth2/token"),
                "jwks_uri": .string("\(issuer)/.well-known/jwks.json"), "response_types_supported": ["code"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
            ], headers: ["ETag", "Cache-Control"])
        let unchanged = Operation.Answer.nothing(
            status: .notModified, "It is the version that `If-None-Match` names.", headers: ["ETag", "Cache-Control"])
        let version = Operation.Parameter.header(
            "If-None-Match", .string, "The `ETag` of the version that the caller has.")
        return Operation.Group(
            name: "Documents", words: "What everybody may read, from every origin, and keep for five minutes.",
            operations: [
                Operation(
                    .get, "/.well-known/openid-configuration", "getOpenIDConfiguration",
                    "Metadata (OpenID Connect Discovery 1.0)", parameters: [version], answers: [metadata, unchanged]),
                Operation(
                    .get, "/.well-known/oauth-authorization-server", "getAuthorizationServerMetadata",
                    "The same metadata (RFC 8414)", parameters: [version], answers: [metadata, unchanged]),
                Operation(
                    .get, "/.well-known/jwks.json", "getKeys", "Public keys (RFC 7517)", parameters: [version],
                    answers: [
                        .json(
                            "The keys that tokens are signed by, or will be soon.", .component("KeySet"),
                            example: ["keys": [["kty": "RSA", "kid": "…", "n": "…", "e": "AQAB"]]],
                            headers: ["ETag", "Cache-Control"]),
                        unchanged,
                    ]),
                Operation(
                    .get, "/api/v1/openapi.json", "getOpenAPI", "This document (OpenAPI 3.1)", parameters: [version],
                    answers: [
                        .json(
                            "The document.",
                            .object([.required("openapi", .string), .required("paths", .any)]).and(
                                "additionalProperties", true),
                            example: ["openapi": "3.1.1", "paths": [:]], headers: ["ETag", "Cache-Control"]),
                        unchanged,
                    ]),
                Operation(
                    .get, "/assets/{file}", "getAsset", "A file of the pages",
                    words: "Its name changes with its content, so that it may be kept for ever; pages link to it.",
                    parameters: [.path("file", .string(1...200, pattern: "^[A-Za-z0-9._-]+$"), "As pages name it.")],
                    answers: [
                        .text(["text/css", "text/javascript", "image/svg+xml"], "A style sheet, script or picture.")
                    ], codes: [.notFound]),
            ],
            schemas: [("Metadata", metadataSchema), ("KeySet", keySet)])
    }

    private static let metadataSchema: Schema = {
        let texts = Schema.list(of: .string, 1...1000)
        let endpoints = ["authorization", "token", "userinfo", "revocation", "introspection", "device_authorization"]
            .map { Schema.Member.optional("\($0)_endpoint", .uri) }
        let lists = [
            "scopes", "response_modes", "grant_types", "token_endpoint_auth_methods",
            "revocation_endpoint_auth_methods", "introspection_endpoint_auth_methods", "code_challenge_methods",
            "claim_types", "claims", "acr_values", "prompt_values", "display_values", "ui_locales",
        ].map { Schema.Member.optional("\($0)_supported", texts) }
        let flags = [
            "claims_parameter_supported", "request_parameter_supported", "request_uri_parameter_supported",
            "authorization_response_iss_parameter_supported", "backchannel_logout_supported",
            "backchannel_logout_session_supported", "frontchannel_logout_supported",
            "frontchannel_logout_session_supported",
        ].map { Schema.Member.optional($0, .boolean) }
        return .object(
            [
                .required("issuer", .uri), .required("jwks_uri", .uri),
                .required("response_types_supported", .list(of: .among(ResponseType.self), 1...20)),
                .required("subject_types_supported", texts),
                .required(
                    "id_token_signing_alg_values_supported", .list(of: .among(SigningAlgorithm.self), 1...20)),
                .optional("end_session_endpoint", .uri), .optional("service_documentation", .uri),
            ] + endpoints + lists + flags)
    }()

    private static let keySet = Schema.object([
        .required(
            "keys",
            .list(
                of: .object([
                    .required("kty", .among(["RSA", "EC"])), .required("kid", .string, "RFC 7638."),
                    .optional("use", .only("sig")), .optional("alg", .among(SigningAlgorithm.self)),
                    .optional("n", .string), .optional("e", .string), .optional("crv", .string),
                    .optional("x", .string), .optional("y", .string),
                ])))
    ])
}
