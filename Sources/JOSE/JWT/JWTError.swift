/// Why a JWT is not accepted. Descriptions are ASCII and fit for an `error_description`.
public enum JWTError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The payload is not JSON.
    case json(JSONError)
    /// The payload is not a JSON object.
    case notAnObject
    /// A claim of the wrong type.
    case malformed(String)
    /// A claim that is required here is missing.
    case missing(String)
    /// The header's `typ` is not the one expected.
    case wrongType
    /// `iss` is another.
    case wrongIssuer
    /// `aud` does not name the recipient.
    case wrongAudience
    /// `exp` is past.
    case expired
    /// `nbf` or `iat` is in the future; the claim is given.
    case notYetValid(String)

    /// What is wrong, by the claim's name.
    public var description: String {
        switch self {
        case .json(let error): "the claims are not accepted: \(error)"
        case .notAnObject: "the claims are not a JSON object"
        case .malformed(let name): "the claim '\(name)' is malformed"
        case .missing(let name): "the claim '\(name)' is missing"
        case .wrongType: "the token is of another type"
        case .wrongIssuer: "the token is from another issuer"
        case .wrongAudience: "the token is for another audience"
        case .expired: "the token has expired"
        case .notYetValid(let name): "the token is not valid yet, by its claim '\(name)'"
        }
    }
}
