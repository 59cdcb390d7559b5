public import JOSE

/// An access token whose signature, type, issuer, audience and times are right (RFC 9068 §4). Only
/// ``AccessTokenVerifier`` makes one.
public struct VerifiedAccessToken: Sendable, Equatable {
    /// `sub`: the user; for a client that acts of its own accord the client itself.
    public let subject: String
    /// `client_id`: who asked for the token.
    public let clientID: String
    /// `scope`, piece by piece; empty when there is none.
    public let scopes: [String]
    /// `roles` (§2.2.3.1); empty when the claim is absent or anything but texts.
    public let roles: [String]
    /// `tenant_id`; nil when the claim is absent or no text.
    public let tenantID: String?
    /// `jti`: no other token of the issuer has it.
    public let id: String
    /// `aud`, a single one as an array of one.
    public let audience: [String]
    /// `iat`, in seconds since 1970.
    public let issuedAt: Double
    /// `exp`, in seconds since 1970.
    public let expiresAt: Double
    /// Every claim as it came.
    public let claims: JSONObject

    /// Whether the client acts of its own accord, without a user (§5: `sub` and `client_id` are the same).
    public var isClientItself: Bool { subject == clientID }

    /// Whether the token has this scope.
    public func has(scope: String) -> Bool { scopes.contains(scope) }

    /// Reads the claims that RFC 9068 §2.2 adds to those of every JWT.
    ///
    /// - Parameter claims: judged already: issuer, audience and times are right.
    /// - Throws: `JWTError`, which names the claim.
    init(_ claims: JWTClaims) throws(JWTError) {
        guard let issuedAt = claims.issuedAt else { throw .missing("iat") }
        guard let expiresAt = claims.expires else { throw .missing("exp") }
        guard expiresAt > issuedAt else { throw .malformed("exp") }
        subject = try Self.name("sub", claims)
        clientID = try Self.name("client_id", claims)
        id = try Self.name("jti", claims)
        scopes = try Self.scopes(claims)
        roles = claims["roles"]?.strings ?? []
        tenantID = claims["tenant_id"]?.string
        audience = claims.audience
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.claims = claims.members
    }

    private static func name(_ name: String, _ claims: JWTClaims) throws(JWTError) -> String {
        guard let claim = claims[name] else { throw .missing(name) }
        guard let text = claim.string, !text.isEmpty else { throw .malformed(name) }
        return text
    }

    /// RFC 6749 §3.3: visible ASCII but `"` and `\`, separated by single spaces. Anything else might look like a scope
    /// that it is not.
    private static func scopes(_ claims: JWTClaims) throws(JWTError) -> [String] {
        guard let claim = claims["scope"] else { return [] }
        guard let text = claim.string else { throw .malformed("scope") }
        guard !text.isEmpty else { return [] }
        let pieces = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard pieces.allSatisfy(isScope) else { throw .malformed("scope") }
        return pieces.map { String(Substring($0)) }
    }

    private static func isScope(_ piece: Substring.UTF8View) -> Bool {
        !piece.isEmpty
            && piece.allSatisfy {
                (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
    }
}
