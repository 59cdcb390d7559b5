/// What a recipient requires of a JWT (RFC 7519 §7.2, RFC 8725 §3). The clock is the caller's.
public struct JWTRequirements: Sendable {
    /// The header's `typ`, which keeps one kind of token from passing for another (RFC 8725 §3.11); nil asks for none.
    public var type: String?
    /// The exact `iss`.
    public var issuer: String
    /// `aud` must name at least one of these.
    public var audience: Set<String>
    /// Whether a token without `exp` is refused.
    public var requiresExpiry = true
    /// Seconds by which clocks may differ.
    public var tolerance: Double = 0

    /// Requirements with `exp` required and no tolerance.
    public init(type: String?, issuer: String, audience: Set<String>) {
        self.type = type
        self.issuer = issuer
        self.audience = audience
    }

    /// The claims of a verified token that meets every requirement.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Throws: ``JWTError``, the first requirement that is not met.
    public func claims(of token: JWS, now: Double) throws(JWTError) -> JWTClaims {
        if let type, !token.header.hasType(type) { throw .wrongType }
        let claims = try JWTClaims(token)
        try check(claims, now: now)
        return claims
    }

    /// Checks everything but the header.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Throws: ``JWTError``, the first requirement that is not met.
    public func check(_ claims: JWTClaims, now: Double) throws(JWTError) {
        guard let issuer = claims.issuer else { throw .missing("iss") }
        guard exactlyEqual(issuer, self.issuer) else { throw .wrongIssuer }
        guard !claims.audience.isEmpty else { throw .missing("aud") }
        guard claims.audience.contains(where: { named in audience.contains { exactlyEqual($0, named) } }) else {
            throw .wrongAudience
        }
        if requiresExpiry, claims.expires == nil { throw .missing("exp") }
        if let expires = claims.expires, now >= expires + tolerance { throw .expired }
        if let notBefore = claims.notBefore, now < notBefore - tolerance { throw .notYetValid("nbf") }
        if let issuedAt = claims.issuedAt, now < issuedAt - tolerance { throw .notYetValid("iat") }
    }
}
