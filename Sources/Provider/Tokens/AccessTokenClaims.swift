import JOSE

/// The payload of an access token (RFC 9068 §2.2).
enum AccessTokenClaims {
    /// The claims as JSON bytes, written straight: this is on the hot path.
    ///
    /// - Parameter added: by the client's mappings or an embedder. None of them is reserved but ``ReservedClaims/authorities``,
    ///   which are told from the user alone.
    static func encode(
        _ token: AccessToken, _ order: MintOrder, _ added: JSONObject, issuer: String
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.object { claims in
            claims.member("iss", issuer)
            claims.member("sub", token.userID?.text ?? token.clientID.text)
            if token.audience.count == 1, let only = token.audience.first {
                claims.member("aud", only)
            } else {
                claims.member("aud", token.audience)
            }
            claims.member("exp", token.expiresAt.seconds)
            claims.member("iat", token.issuedAt.seconds)
            claims.member("jti", token.id.text)
            claims.member("client_id", token.clientID.text)
            claims.member("scope", token.scopes.text)
            if case .user(let user, let grant, _) = order.holder {
                claims.member("auth_time", grant.authTime.seconds)
                claims.member("acr", grant.acr)
                claims.member("amr", grant.amr)
                if token.scopes.contains("profile") {
                    claims.member("roles", user.roles)
                    claims.member("tenant_id", ifPresent: user.tenantID)
                }
            }
            // A mapping of the user's own says what stands above, and needs the same scope.
            for member in added.members where !ReservedClaims.authorities.contains(member.name) {
                claims.member(member.name, member.value)
            }
        }
        return writer.bytes
    }
}
