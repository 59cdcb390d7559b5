/// A request to the token endpoint, one case a grant with exactly its fields (RFC 6749 §4.1.3, §4.3.2, §4.4.2, §6, RFC
/// 8628 §3.4). After this nothing is read from parameters again.
enum TokenRequest: Sendable, Equatable {
    case authorizationCode(AuthorizationCodeRequest)
    case refreshToken(RefreshRequest)
    case clientCredentials(scopes: ScopeList, resources: [String])
    case deviceCode(DeviceCodeRequest)
    case password(PasswordRequest)

    /// RFC 6749 §4.1.3, RFC 7636 §4.5.
    struct AuthorizationCodeRequest: Sendable, Equatable {
        var code: String
        var redirectURI: String
        /// S256 of the verifier; nil when none was sent.
        var challenge: String?
        /// Fewer resources than granted, if any are named (RFC 8707 §2.2).
        var resources: [String]
    }

    /// RFC 6749 §6.
    struct RefreshRequest: Sendable, Equatable {
        var token: String
        /// Fewer scopes than granted, if any are named.
        var scopes: ScopeList?
        var resources: [String]
    }

    /// RFC 8628 §3.4.
    struct DeviceCodeRequest: Sendable, Equatable {
        var code: String
        /// Fewer resources than granted, if any are named (RFC 8707 §2.2).
        var resources: [String]
    }

    /// RFC 6749 §4.3.2.
    struct PasswordRequest: Sendable, Equatable {
        var username: String
        var password: String
        var scopes: ScopeList
        var resources: [String]
    }

    /// - Throws: `invalid_request`, `unsupported_grant_type`, `unauthorized_client`, `invalid_scope`, `invalid_target`,
    ///   or `invalid_grant` for a verifier that cannot be one.
    init(_ parameters: Parameters, for client: Client, knownScopes: Set<String>) throws(OAuthError) {
        let name = try parameters.required("grant_type")
        guard let grantType = GrantType(rawValue: name), grantType != .implicit else { throw .unservedGrantType }
        guard client.grantTypes.contains(grantType) else {
            throw OAuthError(
                .unauthorizedClient, "The parameter 'grant_type' names a grant that this client is not registered for.",
                parameter: "grant_type")
        }
        let resources = try ResourceIndicators.requested(parameters.resources, by: client)
        switch grantType {
        case .authorizationCode:
            self = .authorizationCode(
                AuthorizationCodeRequest(
                    code: try parameters.required("code"), redirectURI: try parameters.required("redirect_uri"),
                    challenge: try parameters["code_verifier"].map { verifier throws(OAuthError) in
                        try PKCE.challenge(ofVerifier: verifier)
                    }, resources: resources))
        case .refreshToken:
            self = .refreshToken(
                RefreshRequest(
                    token: try parameters.required("refresh_token"),
                    scopes: try Self.narrowedScopes(parameters["scope"]),
                    resources: resources))
        case .clientCredentials:
            guard client.kind == .confidential else {
                throw OAuthError(
                    .unauthorizedClient, "A public client cannot use the grant type client_credentials.",
                    parameter: "grant_type")
            }
            self = .clientCredentials(
                scopes: try ScopeRules.forClientItself(parameters["scope"], by: client, known: knownScopes),
                resources: resources)
        case .deviceCode:
            self = .deviceCode(
                DeviceCodeRequest(code: try parameters.required("device_code"), resources: resources))
        case .password:
            self = .password(
                PasswordRequest(
                    username: try parameters.required("username"), password: try parameters.required("password"),
                    scopes: try ScopeRules.requested(parameters["scope"], by: client, known: knownScopes),
                    resources: resources))
        case .implicit:
            // Its tokens come from the authorization endpoint.
            throw .unservedGrantType
        }
    }

    /// The scopes a refresh asks for; nil, which means all, also for blanks alone.
    private static func narrowedScopes(_ text: String?) throws(OAuthError) -> ScopeList? {
        guard let text else { return nil }
        let scopes = try ScopeList(parsing: text)
        return scopes.isEmpty ? nil : scopes
    }
}

extension OAuthError {
    fileprivate static var unservedGrantType: OAuthError {
        OAuthError(
            .unsupportedGrantType, "The parameter 'grant_type' names a grant that is not served here.",
            parameter: "grant_type")
    }
}
