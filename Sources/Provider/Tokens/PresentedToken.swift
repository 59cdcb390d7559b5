import JOSE

/// What finds the row of an access token, from a JWT that this server signed.
struct SignedAccessToken: Sendable {
    let id: TokenID
    let issuer: String
    /// The key that signed it.
    let keyID: String
    /// The day of its `exp`.
    let bucket: Bucket

    /// Of a verified JWT of type `at+jwt`; nil for one of another type or issuer.
    init?(_ jws: JWS, issuer: String) {
        guard jws.header.hasType("at+jwt"), let claims = try? JWTClaims(jws), claims.issuer == issuer,
            let keyID = jws.header.keyID, let id = claims.id, let expires = claims.expires
        else { return nil }
        self.id = TokenID(id)
        self.issuer = issuer
        self.keyID = keyID
        bucket = .day(of: Instant(seconds: Int64(expires)))
    }
}

/// Access tokens that come back: to UserInfo, to management, to introspection and revocation.
extension OpenIDProvider {
    /// What a presented access token is: signed by this server, of type `at+jwt`, or known by the embedder's generator,
    /// its row found. Nil for anything else.
    func accessToken(_ text: String, at now: Instant) async throws(OAuthError) -> AccessTokenState? {
        if let known = try await customization.accessTokens?.reference(in: text) {
            return try await stores.tokens.accessToken(known.id, bucket: .day(of: known.expiresAt), at: now)
        }
        guard let token = keys.signedAccessToken(text, issuer: settings.issuer) else { return nil }
        return try await stores.tokens.accessToken(token.id, bucket: token.bucket, at: now)
    }

    /// The state of a bearer token that may be used at this server itself (RFC 6750 §3.1).
    ///
    /// - Throws: `invalid_token`.
    func bearer(_ text: String, at now: Instant) async throws(OAuthError) -> AccessTokenState {
        guard let state = try await accessToken(text, at: now), state.isActive,
            state.token.audience.contains(settings.issuer)
        else {
            throw OAuthError(
                .invalidToken, "The access token is malformed, expired, revoked or not meant for this server.")
        }
        return state
    }

    /// The same for a token that must have been granted a scope.
    ///
    /// - Throws: `invalid_token`, or `insufficient_scope` naming the scope in `parameter`.
    func bearer(_ text: String, scope: String, at now: Instant) async throws(OAuthError) -> AccessTokenState {
        let state = try await bearer(text, at: now)
        guard state.token.scopes.contains(scope) else {
            throw OAuthError(
                .insufficientScope, "The access token was not granted the scope \(scope).", parameter: scope)
        }
        return state
    }
}
