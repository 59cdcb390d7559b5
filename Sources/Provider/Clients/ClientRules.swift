import JOSE

/// What a client's members must be together, whoever set them.
enum ClientRules {
    /// - Throws: the first contradiction, by the member's name.
    static func check(_ client: Client) throws(OAuthError) {
        try checkAuthentication(client)
        try GrantRules.check(client)
        try checkURIs(client)
        try Client.Logout.check(client)
        for scope in client.defaultScopes ?? ScopeList() where !client.allowedScopes.contains(scope) {
            throw .member(
                "defaultScopes", "names a scope that is not among the allowed ones", code: .invalidClientMetadata)
        }
        if let audience = client.defaultAudience, URIParts(audience) == nil || audience == client.id.text {
            throw .member("defaultAudience", "must be an absolute URI", code: .invalidClientMetadata)
        }
        for resource in client.allowedResources where URIParts(resource) == nil || resource.contains("#") {
            throw .member(
                "allowedResources", "has a value that is not an absolute URI without fragment",
                code: .invalidClientMetadata)
        }
    }

    private static func checkAuthentication(_ client: Client) throws(OAuthError) {
        switch client.kind {
        case .public:
            guard [nil, Client.AuthenticationMethod.none].contains(client.authenticationMethod) else {
                throw .member(
                    "tokenEndpointAuthMethod", "must be none for a public client", code: .invalidClientMetadata)
            }
            guard client.requirePKCE else {
                throw .member("requirePkce", "must be true for a public client", code: .invalidClientMetadata)
            }
            guard !client.grantTypes.contains(.clientCredentials) else {
                throw .member(
                    "grantTypes", "has client_credentials, which a public client cannot use",
                    code: .invalidClientMetadata)
            }
            guard !client.mayIntrospect else {
                throw .member("mayIntrospect", "must be false for a public client", code: .invalidClientMetadata)
            }
        case .confidential:
            guard client.authenticationMethod != Client.AuthenticationMethod.none else {
                throw .member(
                    "tokenEndpointAuthMethod", "cannot be none for a confidential client",
                    code: .invalidClientMetadata)
            }
        }
    }

    private static func checkURIs(_ client: Client) throws(OAuthError) {
        for grant in [GrantType.authorizationCode, .implicit] where client.grantTypes.contains(grant) {
            guard !client.redirectURIs.isEmpty else {
                throw .member(
                    "redirectUris", "is missing, which the grant type \(grant.rawValue) needs",
                    code: .invalidRedirectURI)
            }
        }
        for uri in client.redirectURIs {
            if let problem = RedirectURI.problem(with: uri, kind: client.kind) {
                throw .member("redirectUris", problem, code: .invalidRedirectURI)
            }
        }
        for uri in client.postLogoutRedirectURIs {
            if let problem = RedirectURI.problem(with: uri, kind: client.kind) {
                throw .member("postLogoutRedirectUris", problem, code: .invalidClientMetadata)
            }
        }
        for origin in client.allowedOrigins where !isOrigin(origin) {
            throw .member(
                "allowedOrigins", "has a value that is not an origin (scheme, host and port)",
                code: .invalidClientMetadata)
        }
        for (name, value) in client.presentation where name.hasSuffix("Uri") {
            guard let text = value.string, let parts = URIParts(text), ["https", "http"].contains(parts.scheme),
                let host = parts.host, HostName.isValid(host), parts.hasValidPort
            else { throw .member(name, "must be an http or https URL", code: .invalidClientMetadata) }
        }
    }

    /// RFC 6454 §6.2 as browsers write it (lower case, no default port), with the rule of redirect URIs for http.
    private static func isOrigin(_ text: String) -> Bool {
        guard let parts = URIParts(text), parts.rest.isEmpty, let host = parts.host, parts.hasValidPort,
            HostName.isValid(host), host.utf8.allSatisfy({ !(0x41...0x5A).contains($0) }),
            parts.port != (parts.scheme == "https" ? "443" : "80")
        else { return false }
        return parts.scheme == "https"
            || (parts.scheme == "http" && ["127.0.0.1", "[::1]", "localhost"].contains(host))
    }
}
