import JOSE

/// The payload of a logout token (OpenID Connect Back-Channel Logout §2.4). It never has a `nonce`, so that it cannot pass
/// for an ID token.
struct LogoutTokenClaims: Sendable {
    var issuer: String
    var notice: LogoutNotice
    /// Another one at every try: receivers take a token once.
    var id: String
    var issuedAt: Instant

    /// Seconds.
    private static let lifetime: Int64 = 120
    private static let event = "http://schemas.openid.net/event/backchannel-logout"

    /// The claims as JSON bytes. `sub` and `sid` are there whatever the client requires: it may look for either.
    func encoded() -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.object { claims in
            claims.member("iss", issuer)
            claims.member("aud", notice.clientID.text)
            claims.member("iat", issuedAt.seconds)
            claims.member("exp", issuedAt.seconds + Self.lifetime)
            claims.member("jti", id)
            claims.member("sub", notice.userID.text)
            claims.member("sid", notice.sessionID.text)
            claims.member("events", [Self.event: [:]])
        }
        return writer.bytes
    }
}

extension OpenIDProvider {
    /// A logout token made now, signed by the key and algorithm that an ID token of this client would have now.
    ///
    /// - Throws: `temporarily_unavailable` without such a key.
    public func logoutToken(_ notice: LogoutNotice, for client: Client) throws(OAuthError) -> String {
        let claims = LogoutTokenClaims(
            issuer: settings.issuer, notice: notice, id: Base64URL.encode(surroundings.random(16)),
            issuedAt: surroundings.now())
        return try keys.current.signLogoutToken(claims.encoded(), client.idTokenAlgorithm)
    }
}
