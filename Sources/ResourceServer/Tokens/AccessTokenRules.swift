public import Crypto
internal import JOSE

/// What an access token must be to be accepted (RFC 9068 §4).
public struct AccessTokenRules: Sendable {
    /// Whose tokens.
    public let issuer: TrustedIssuer
    /// For whom.
    public let audience: ExpectedAudience
    /// How they may be signed, whatever the issuer's keys are for.
    public var algorithms = Set(SignatureAlgorithm.allCases)
    /// Seconds by which `iat` and `nbf` may lie in the future: clocks differ. A token is never accepted later than its
    /// `exp`: who is early is asked to renew, who is late has been given away.
    public var clockTolerance: Double = 30

    /// Tokens of this issuer for this audience.
    public init(issuer: TrustedIssuer, audience: ExpectedAudience) {
        self.issuer = issuer
        self.audience = audience
    }

    private static let type = "at+jwt"

    /// Reads a token as far as that goes without a key: the header, which must be of an access token (§2.1), so that no
    /// ID token, logout token or assertion of the same issuer passes for one (RFC 8725 §3.11).
    func read(_ token: String) throws(TokenFault) -> UnverifiedJWS {
        let unverified: UnverifiedJWS
        do {
            unverified = try UnverifiedJWS(parsing: token)
        } catch {
            throw .signature(error)
        }
        guard unverified.header.hasType(Self.type) else { throw .claims(.wrongType) }
        guard algorithms.contains(unverified.header.algorithm) else { throw .signature(.unsupportedAlgorithm) }
        return unverified
    }

    /// Checks the signature and then every claim.
    ///
    /// - Parameter now: seconds since 1970.
    func judge(_ unverified: UnverifiedJWS, by keys: JWKS, now: Double) throws(TokenFault) -> VerifiedAccessToken {
        let header = unverified.header
        let hasChoice = header.keyID == nil && keys.candidates(keyID: nil, algorithm: header.algorithm).count > 1
        guard !hasChoice else { throw .unnamedKey }
        let token: JWS
        do {
            token = try unverified.verified(with: keys, allowing: algorithms)
        } catch {
            throw .signature(error)
        }
        let verified: VerifiedAccessToken
        do {
            verified = try judge(token, now: now)
        } catch {
            throw .claims(error)
        }
        guard verified.claims["cnf"] == nil else { throw .bound }
        return verified
    }

    private func judge(_ token: JWS, now: Double) throws(JWTError) -> VerifiedAccessToken {
        var requirements = JWTRequirements(type: Self.type, issuer: issuer.text, audience: Set(audience.names))
        requirements.tolerance = clockTolerance
        let claims = try requirements.claims(of: token, now: now)
        let verified = try VerifiedAccessToken(claims)
        guard now < verified.expiresAt else { throw .expired }
        return verified
    }
}
