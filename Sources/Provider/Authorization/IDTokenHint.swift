import JOSE

/// `id_token_hint` (OpenID Connect Core §3.1.2.1): whom the client believes it has before it.
enum IDTokenHint {
    /// The `sub` of an ID token that this server signed; an expired one is fine, an access token is not.
    static func subject(of token: String, issuer: String, keys: KeyRingSnapshot) -> UserID? {
        guard let jws = keys.verified(token), jws.header.hasType("JWT"), let claims = try? JWTClaims(jws),
            claims.issuer == issuer, let subject = claims.subject
        else { return nil }
        return UserID(subject)
    }
}
