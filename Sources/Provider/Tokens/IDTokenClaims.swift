import JOSE

/// The payload of an ID token (OpenID Connect Core §2, §3.1.3.6, §3.2.2.10, §3.3.2.11).
struct IDTokenClaims: Sendable {
    /// What was granted, when and how the user authenticated.
    var grant: Grant
    var nonce: String?
    /// For `at_hash`; nil where no access token goes with it.
    var accessToken: String?
    /// For `c_hash`; nil where no code goes with it.
    var code: String?
    /// Whether the scopes' claims are in it, since no access token will fetch them at UserInfo (§5.4).
    var hasScopeClaims = false
    var issuedAt: Instant

    /// The claims as JSON bytes. `aud` is the client alone, so `azp` has nothing to add (§2).
    ///
    /// - Parameters:
    ///   - lifetime: in seconds.
    ///   - added: by the client's mappings or an embedder; none of them reserved but the user's own
    ///     ``ReservedClaims/authorities``.
    func encoded(issuer: String, client: Client, user: User, lifetime: Int, added: JSONObject) -> [UInt8] {
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
            let algorithm = client.idTokenAlgorithm.signature
            if let accessToken { claims.member("at_hash", HalfHash.of(accessToken, algorithm: algorithm)) }
            if let code { claims.member("c_hash", HalfHash.of(code, algorithm: algorithm)) }
            for member in told(of: user, added).members { claims.member(member.name, member.value) }
        }
        return writer.bytes
    }

    /// What it tells of the user: the scopes' claims where they are due, what the `claims` parameter asked for in the ID
    /// token (§5.5), and what was added.
    private func told(of user: User, _ added: JSONObject) -> JSONObject {
        var told = JSONObject(hasScopeClaims ? UserClaims(user).granted(by: grant.scopes) : [])
        if let text = grant.claimsRequest, let request = try? ClaimsRequest(parsing: text) {
            for (name, value) in UserClaims(user).named(request.idToken.keys.sorted()) { told[name] = value }
        }
        for member in added.members { told[member.name] = member.value }
        return told
    }
}
