import JOSE

/// `id_token_hint` (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2): whom, and which login, the client believes it
/// has before it.
struct IDTokenHint: Sendable, Equatable {
    /// `sub`.
    let userID: UserID
    /// Whom the token was made for; nil when it does not name one client.
    let clientID: ClientID?
    /// `sid`, if it is one of this server's.
    let sessionID: SessionID?

    /// What a verified JWT says; nil for one that is no ID token of this issuer. An expired one is fine.
    init?(_ jws: JWS, issuer: String) {
        guard jws.header.hasType("JWT"), let claims = try? JWTClaims(jws), claims.issuer == issuer,
            let subject = claims.subject
        else { return nil }
        userID = UserID(subject)
        let party = claims["azp"]?.string ?? (claims.audience.count == 1 ? claims.audience[0] : nil)
        clientID = party.map { ClientID($0) }
        sessionID = claims["sid"]?.string.flatMap(SessionID.init(parsing:))
    }

    /// The hint, if one of these keys signed it.
    init?(_ token: String, issuer: String, keys: KeyRingSnapshot) {
        guard let jws = keys.verified(token) else { return nil }
        self.init(jws, issuer: issuer)
    }

    /// The `sub` of an ID token that this server signed; an expired one is fine, an access token is not.
    static func subject(of token: String, issuer: String, keys: KeyRingSnapshot) -> UserID? {
        IDTokenHint(token, issuer: issuer, keys: keys)?.userID
    }
}

extension OpenIDProvider {
    /// What an `id_token_hint` proves.
    ///
    /// - Returns: nil for one whose key has left the ring: it was made here, but a key that is retired proves nothing any
    ///   more.
    /// - Throws: `invalid_request` for what is no ID token of this server.
    func idTokenHint(_ token: String) async throws(OAuthError) -> IDTokenHint? {
        if let hint = IDTokenHint(token, issuer: settings.issuer, keys: keys.current) { return hint }
        guard let unverified = try? UnverifiedJWS(parsing: token), let kid = unverified.header.keyID,
            // Nothing else is a thumbprint, and the store is asked for nothing else.
            Base64URL.decode(kid)?.count == 32, let jwk = try await stores.keys.publicKey(kid),
            let key = jwk.verificationKey(for: unverified.header.algorithm),
            let jws = try? unverified.verified(with: key), IDTokenHint(jws, issuer: settings.issuer) != nil
        else { throw .malformed("id_token_hint", "is not an ID token of this server") }
        return nil
    }
}
