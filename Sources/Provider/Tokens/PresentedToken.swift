import JOSE

/// Access tokens that come back: to UserInfo, to management, to introspection and revocation.
extension OpenIDProvider {
    /// What a presented access token is: signed by this server, of type `at+jwt`, its row found. Nil for anything else.
    func accessToken(_ text: String, at now: Instant) async throws(OAuthError) -> AccessTokenState? {
        guard let jws = keys.current.verified(text), jws.header.hasType("at+jwt"), let claims = try? JWTClaims(jws),
            claims.issuer == settings.issuer, let id = claims.id, let expires = claims.expires
        else { return nil }
        let bucket = Bucket.day(of: Instant(seconds: Int64(expires)))
        return try await stores.tokens.accessToken(TokenID(id), bucket: bucket, at: now)
    }

    /// The state of a bearer token that may be used at this server itself (RFC 6750 §3.1).
    ///
    /// - Parameter scope: what it must have been granted.
    /// - Throws: `invalid_token`, or `insufficient_scope` naming the scope in `parameter`.
    func bearer(_ text: String, scope: String, at now: Instant) async throws(OAuthError) -> AccessTokenState {
        guard let state = try await accessToken(text, at: now), state.isActive,
            state.token.audience.contains(settings.issuer)
        else {
            throw OAuthError(
                .invalidToken, "The access token is malformed, expired, revoked or not meant for this server.")
        }
        guard state.token.scopes.contains(scope) else {
            throw OAuthError(
                .insufficientScope, "The access token was not granted the scope \(scope).", parameter: scope)
        }
        return state
    }
}
