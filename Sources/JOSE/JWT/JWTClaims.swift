/// The claims set of a JWT (RFC 7519 §4), with the registered claims typed.
public struct JWTClaims: Sendable, Equatable {
    /// Every claim.
    public let members: JSONObject
    /// `iss` (§4.1.1).
    public let issuer: String?
    /// `sub` (§4.1.2).
    public let subject: String?
    /// `aud` (§4.1.3), a single one as an array of one; empty when absent.
    public let audience: [String]
    /// `exp` (§4.1.4) in seconds since 1970.
    public let expires: Double?
    /// `nbf` (§4.1.5) in seconds since 1970.
    public let notBefore: Double?
    /// `iat` (§4.1.6) in seconds since 1970.
    public let issuedAt: Double?
    /// `jti` (§4.1.7).
    public let id: String?

    /// Reads the claims of a verified token.
    ///
    /// - Throws: ``JWTError``, which names the claim.
    public init(_ token: JWS) throws(JWTError) {
        try self.init(parsing: token.payload)
    }

    /// Reads the claims of a payload.
    ///
    /// - Throws: ``JWTError``, which names the claim.
    public init(parsing payload: [UInt8]) throws(JWTError) {
        let json: JSON
        do {
            json = try JSON.parse(payload)
        } catch {
            throw .json(error)
        }
        guard let members = json.object else { throw .notAnObject }
        self.members = members
        issuer = try Self.text("iss", of: members)
        subject = try Self.text("sub", of: members)
        audience = try Self.audience(of: members)
        expires = try Self.date("exp", of: members)
        notBefore = try Self.date("nbf", of: members)
        issuedAt = try Self.date("iat", of: members)
        id = try Self.text("jti", of: members)
    }

    /// Another claim.
    public subscript(name: String) -> JSON? { members[name] }

    private static func text(_ name: String, of members: JSONObject) throws(JWTError) -> String? {
        guard let member = members[name] else { return nil }
        guard let text = member.string else { throw .malformed(name) }
        return text
    }

    private static func audience(of members: JSONObject) throws(JWTError) -> [String] {
        switch members["aud"] {
        case nil: return []
        case .string(let text): return [text]
        case let member?:
            guard let texts = member.strings else { throw .malformed("aud") }
            return texts
        }
    }

    private static func date(_ name: String, of members: JSONObject) throws(JWTError) -> Double? {
        guard let member = members[name] else { return nil }
        guard let date = member.number else { throw .malformed(name) }
        return date
    }
}
