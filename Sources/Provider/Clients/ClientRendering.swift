import JOSE

/// Clients as management answers show them: never a secret, never a hash.
extension Client {
    var json: JSON {
        var members: [(name: String, value: JSON)] = [
            ("id", .string(id.text)), ("clientId", .string(id.text)), ("name", .string(name)),
            ("type", .string(kind.rawValue)), ("profile", .string(profile.rawValue)),
            ("tokenEndpointAuthMethod", .string(orNull: authenticationMethod?.rawValue)),
            ("redirectUris", .strings(redirectURIs)), ("postLogoutRedirectUris", .strings(postLogoutRedirectURIs)),
            ("grantTypes", .strings(GrantType.allCases.filter(grantTypes.contains).map(\.rawValue))),
            ("responseTypes", .strings(ResponseType.allCases.filter(responseTypes.contains).map(\.rawValue))),
            ("allowedScopes", .strings(allowedScopes.names)),
            ("defaultScopes", defaultScopes.map { .strings($0.names) } ?? .null),
            ("requirePkce", .bool(requirePKCE)), ("firstParty", .bool(firstParty)),
            ("mayIntrospect", .bool(mayIntrospect)), ("tenantId", .string(orNull: tenantID)),
            ("allowedResources", .strings(allowedResources)), ("defaultAudience", .string(orNull: defaultAudience)),
            ("allowedOrigins", .strings(allowedOrigins)), ("allowedCidrs", .strings(allowedRanges)),
            ("idTokenSignedResponseAlg", .string(idTokenAlgorithm.rawValue)),
            ("accessTokenSignedResponseAlg", .string(accessTokenAlgorithm.rawValue)),
            ("accessTokenTtl", .integer(orNull: lifetimes.accessToken)),
            ("idTokenTtl", .integer(orNull: lifetimes.idToken)),
            ("refreshTokenTtl", .integer(orNull: lifetimes.refreshToken)),
            ("authorizationCodeTtl", .integer(orNull: lifetimes.authorizationCode)),
            ("sessionTtl", .integer(orNull: lifetimes.session)),
            ("refreshRotation", .bool(rotatesRefreshTokens)), ("refreshGraceSeconds", .integer(Int64(refreshGrace))),
            ("claimMappings", .array(claimMappings.map(\.json))),
        ]
        members += logout.members
        members += presentation.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        members += [("createdAt", .time(createdAt)), ("updatedAt", .time(updatedAt))]
        return .object(JSONObject(members))
    }
}
