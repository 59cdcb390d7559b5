public import JOSE

/// The discovery document (OpenID Connect Discovery §3, RFC 8414 §2): exactly what works, and no empty array.
extension OpenIDProvider {
    /// Languages of the pages.
    public static var uiLocales: [String] { ["en", "de"] }

    /// The metadata, the same under both well-known paths.
    public var metadata: JSON {
        let algorithms = SigningAlgorithm.allCases.filter(keys.current.algorithms.contains)
        let authentication: JSON = ["client_secret_basic", "client_secret_post", "none"]
        return [
            "issuer": .string(settings.issuer),
            "authorization_endpoint": endpoint("authorize"),
            "token_endpoint": endpoint("token"),
            "userinfo_endpoint": endpoint("userinfo"),
            "revocation_endpoint": endpoint("revoke"),
            "introspection_endpoint": endpoint("introspect"),
            "device_authorization_endpoint": endpoint("device-authorization"),
            "end_session_endpoint": endpoint("logout"),
            "jwks_uri": .string("\(settings.issuer)/.well-known/jwks.json"),
            "scopes_supported": .strings(scopes.current.keys.sorted()),
            "response_types_supported": .strings(ResponseType.allCases.map(\.rawValue)),
            "response_modes_supported": .strings(ResponseMode.allCases.map(\.rawValue)),
            // The contract: `password` is served to those that have it, and offered to nobody.
            "grant_types_supported": .strings(GrantType.allCases.filter { $0 != .password }.map(\.rawValue)),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": .strings(algorithms.map(\.rawValue)),
            "token_endpoint_auth_methods_supported": authentication,
            "revocation_endpoint_auth_methods_supported": authentication,
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "claim_types_supported": ["normal"],
            "claims_supported": .strings(
                ["iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash", "c_hash"]
                    + UserClaims.allNames),
            "claims_parameter_supported": true,
            "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
            "acr_values_supported": .strings(AuthenticationContext.allCases.map(\.rawValue)),
            "prompt_values_supported": .strings(AuthorizationRequest.Prompt.allCases.map(\.rawValue)),
            "display_values_supported": ["page"],
            "ui_locales_supported": .strings(Self.uiLocales),
            "authorization_response_iss_parameter_supported": true,
            "backchannel_logout_supported": true,
            "backchannel_logout_session_supported": true,
            "frontchannel_logout_supported": true,
            "frontchannel_logout_session_supported": true,
            "service_documentation": .string("\(settings.issuer)/"),
        ]
    }

    private func endpoint(_ name: String) -> JSON { .string("\(settings.issuer)/api/v1/oauth2/\(name)") }
}
