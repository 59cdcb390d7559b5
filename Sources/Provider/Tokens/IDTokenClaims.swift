import JOSE

/// The payload of an ID token (OpenID Connect Core §2, §3.1.3.6).
struct IDTokenClaims: Sendable {
    var issuer: String
    var client: Client
    var user: User
    var grant: Grant
    var nonce: String?
    /// For `at_hash`; nil where no access token goes with it.
    var accessToken: String?
    var issuedAt: Instant
    /// Seconds.
    var lifetime: Int

    /// The claims as JSON bytes. `aud` is the client alone, so `azp` has nothing to add (§2).
    func encoded() -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.object { claims in
            claims.member("iss", issuer)
            claims.member("sub", user.id.text)
            claims.member("aud", client.id.text)
            claims.member("exp", issuedAt.seconds + Int64(lifetime))
            claims.member("iat", issuedAt.seconds)
            claims.member("auth_time", grant.authTime.seconds)
            claims.member("acr", grant.acr)
            claims.member("amr", grant.amr)
            claims.member("sid", grant.sessionID.text)
            claims.member("nonce", ifPresent: nonce)
            if let accessToken {
                claims.member(
                    "at_hash", HalfHash.of(accessToken, algorithm: client.idTokenAlgorithm.signature))
            }
            for (name, value) in requested { claims.member(name, value) }
        }
        return writer.bytes
    }

    /// What the `claims` parameter asked for in the ID token (§5.5): scopes bring their claims to UserInfo only.
    private var requested: [(name: String, value: JSON)] {
        guard let text = grant.claimsRequest, let request = try? ClaimsRequest(parsing: text) else { return [] }
        return UserClaims(user).named(request.idToken.keys.sorted())
    }
}
