import JOSE

/// Clients and secrets as management answers show them. Never a secret, never a hash.
extension Client {
    var json: JSON {
        var members: [(name: String, value: JSON)] = [
            ("id", .string(id.text)), ("clientId", .string(id.text)), ("name", .string(name)),
            ("type", .string(kind.rawValue)), ("profile", .string(profile.rawValue)),
            ("tokenEndpointAuthMethod", .string(orNull: authenticationMethod?.rawValue)),
            ("redirectUris", .strings(redirectURIs)), ("postLogoutRedirectUris", .strings(postLogoutRedirectURIs)),
            ("grantTypes", .strings(GrantType.allCases.filter(grantTypes.contains).map(\.rawValue))),
            ("responseTypes", grantTypes.contains(.authorizationCode) ? ["code"] : []),
            ("allowedScopes", .strings(allowedScopes.names)),
            ("defaultScopes", defaultScopes.map { .strings($0.names) } ?? .null),
            ("requirePkce", .bool(requirePKCE)), ("firstParty", .bool(firstParty)),
            ("mayIntrospect", .bool(mayIntrospect)), ("tenantId", .string(orNull: tenantID)),
            ("allowedResources", .strings(allowedResources)), ("defaultAudience", .string(orNull: defaultAudience)),
            ("allowedOrigins", .strings(allowedOrigins)),
            ("idTokenSignedResponseAlg", .string(idTokenAlgorithm.rawValue)),
            ("accessTokenTtl", .integer(orNull: lifetimes.accessToken)),
            ("idTokenTtl", .integer(orNull: lifetimes.idToken)),
            ("refreshTokenTtl", .integer(orNull: lifetimes.refreshToken)),
            ("refreshRotation", .bool(rotatesRefreshTokens)), ("refreshGraceSeconds", .integer(Int64(refreshGrace))),
        ]
        members += presentation.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        members += [("createdAt", .time(createdAt)), ("updatedAt", .time(updatedAt))]
        return .object(JSONObject(members))
    }
}

extension ClientSecret {
    /// What an operator may do with a secret.
    enum Verdict: String {
        /// The one that has no end.
        case current
        /// Somebody still depends on it.
        case inUse = "in_use"
        /// Its users have moved on.
        case safeToRemove = "safe_to_remove"
    }

    /// The verdict on a secret, given the newer secrets of its client. An old one is safe to remove when it was never
    /// used, or when a newer one has been used since and the old one has been silent for three times its usual interval
    /// (five seconds at least): a busy service is judged in seconds, a nightly job after three nights.
    func verdict(newer: [ClientSecret], at now: Instant) -> Verdict {
        guard expiresAt != nil else { return .current }
        guard let lastUsedAt, useCount > 0 else { return .safeToRemove }
        guard newer.contains(where: { $0.lastUsedAt.map { $0 > lastUsedAt } ?? false }) else { return .inUse }
        let usualInterval = (lastUsedAt.milliseconds - createdAt.milliseconds) / useCount
        let silence = now.milliseconds - lastUsedAt.milliseconds
        return silence > max(5000, 3 * usualInterval) ? .safeToRemove : .inUse
    }
}

extension JSON {
    /// A whole number, or null.
    static func integer(orNull number: Int?) -> JSON { number.map { .integer(Int64($0)) } ?? .null }
}
