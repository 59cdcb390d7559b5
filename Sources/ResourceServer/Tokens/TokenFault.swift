public import JOSE

/// What is wrong with an access token: `invalid_token` (RFC 6750 §3.1). The words name the header parameter or claim and
/// repeat no value; they are ASCII without `"` and `\`.
public enum TokenFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// What came with the scheme `Bearer` is no token (RFC 6750 §2.1).
    case malformed
    /// Header or signature.
    case signature(JWSError)
    /// The token does not say by which of several keys it was signed.
    case unnamedKey
    /// Type or claims.
    case claims(JWTError)
    /// `cnf`: the token belongs to whoever has a key (RFC 7800, RFC 8705 §3, RFC 9449 §6), which a bearer does not show.
    case bound
    /// The issuer says that it is not active any more (RFC 7662 §2.2).
    case revoked

    /// What is wrong.
    public var description: String {
        switch self {
        case .malformed: "the Authorization header has no well-formed access token"
        case .signature(let error): error.description
        case .unnamedKey: "the header parameter 'kid' of the token is missing and several keys may have signed it"
        case .claims(let error): error.description
        case .bound: "the token is bound to a key by its claim 'cnf' and cannot be used as a bearer token"
        case .revoked: "the token was revoked"
        }
    }
}
