public import JOSE

/// Claims of an embedder's own, in tokens and at the UserInfo endpoint.
public protocol ClaimsSource: Sendable {
    /// What to tell beside the usual; a claim that is there already (`name`, a mapped one) is replaced.
    ///
    /// - Throws: an `OAuthError`, which the caller of the endpoint is answered with.
    /// - Important: A claim of ``ReservedClaims`` among them is a mistake that is answered with `server_error` and named in
    ///   the log: what tokens are checked and found by, and whose the user is, is never in question.
    func claims(for request: ClaimsSourceRequest) async throws(OAuthError) -> JSONObject
}

/// What claims are asked for.
public struct ClaimsSourceRequest: Sendable {
    /// Where they will be told.
    public var target: ClaimTarget
    /// The client that will be told.
    public var client: Client
    /// The user it is about; nil for `client_credentials`.
    public var user: User?
    /// What was granted.
    public var scopes: ScopeList
}

extension OpenIDProvider {
    /// Whether ``addedClaims(to:client:user:scopes:)`` may have something to add for this client.
    func mayAddClaims(for client: Client) -> Bool { !client.claimMappings.isEmpty || customization.claims != nil }

    /// The claims that the client's mappings and the embedder's source add, each name once. Of the reserved ones only
    /// ``ReservedClaims/authorities`` are among them, and these are the user's own.
    func addedClaims(
        to target: ClaimTarget, client: Client, user: User?, scopes: ScopeList
    ) async throws(OAuthError) -> JSONObject {
        var added = JSONObject()
        if let user {
            for mapping in client.claimMappings where mapping.targets.contains(target) {
                guard mapping.source.scope.map(scopes.contains) ?? true else { continue }
                if let value = mapping.source.value(of: user) { added[mapping.claim] = value }
            }
        }
        guard let source = customization.claims else { return added }
        let request = ClaimsSourceRequest(target: target, client: client, user: user, scopes: scopes)
        for member in try await source.claims(for: request).members {
            guard !ReservedClaims.names.contains(member.name) else {
                throw OAuthError(
                    .serverError, "The server could not do what was asked.",
                    detail: "the claims source sets the reserved claim \(member.name)")
            }
            added[member.name] = member.value
        }
        return added
    }
}
