/// Which scopes a request gets (RFC 6749 §3.3).
enum ScopeRules {
    /// Never granted because nobody asked: power over the server, and tokens that outlive the session.
    private static let onlyWhenAsked = ScopeList(["admin", "offline_access", "account"])

    /// The scopes of a request: those it names, all of which must exist and be allowed, else the client's defaults.
    ///
    /// - Throws: `invalid_scope`.
    static func requested(_ text: String?, by client: Client, known: Set<String>) throws(OAuthError) -> ScopeList {
        guard let text else { return left(out: client) }
        let scopes = try ScopeList(parsing: text)
        guard !scopes.isEmpty else { return left(out: client) }
        guard scopes.isSubset(of: client.allowedScopes), scopes.allSatisfy(known.contains) else {
            throw OAuthError(
                .invalidScope, "The parameter 'scope' names a scope that this client may not have.",
                parameter: "scope")
        }
        // OpenID Connect Core §11: ignored for a client that gets no refresh tokens.
        return client.grantTypes.contains(.refreshToken) ? scopes : scopes.subtracting(ScopeList(["offline_access"]))
    }

    private static func left(out client: Client) -> ScopeList {
        (client.defaultScopes ?? client.allowedScopes).subtracting(onlyWhenAsked)
    }

    /// The same for `client_credentials`, where no user is: `openid` and `offline_access` are left out.
    static func forClientItself(
        _ text: String?, by client: Client, known: Set<String>
    ) throws(OAuthError) -> ScopeList {
        try requested(text, by: client, known: known).subtracting(ScopeList(["openid", "offline_access"]))
    }
}

/// Resource indicators (RFC 8707).
enum ResourceIndicators {
    /// The resources of a request.
    ///
    /// - Throws: `invalid_target` for one that is not an absolute URI without fragment, or not allowed to the client.
    static func requested(_ resources: [String], by client: Client) throws(OAuthError) -> [String] {
        for resource in resources {
            guard URIParts(resource) != nil, !resource.contains("#") else {
                throw OAuthError(
                    .invalidTarget, "The parameter 'resource' must be an absolute URI without fragment.",
                    parameter: "resource")
            }
            guard client.allowedResources.contains(resource) else {
                throw OAuthError(
                    .invalidTarget, "The parameter 'resource' names a resource that this client may not ask for.",
                    parameter: "resource")
            }
        }
        var seen: Set<String> = []
        return resources.filter { seen.insert($0).inserted }
    }
}
