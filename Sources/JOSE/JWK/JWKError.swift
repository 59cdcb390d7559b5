public import Crypto

/// Why a JWK or a JWK Set is not accepted. Descriptions are ASCII and fit for an `error_description`.
public enum JWKError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Not JSON.
    case json(JSONError)
    /// Not a JSON object.
    case notAnObject
    /// A JWK Set without an array `keys`.
    case noKeys
    /// More keys than a set may have.
    case tooManyKeys(limit: Int)
    /// A member of a private or symmetric key.
    case privateMember(String)
    /// A required member that is missing.
    case missing(String)
    /// A member of the wrong type or not canonical base64url.
    case malformed(String)
    /// A `kty` other than RSA and EC, or a `crv` other than P-256.
    case unsupported(String)
    /// The numbers make no key that is accepted.
    case key(KeyError)

    /// What is wrong, by the member's name.
    public var description: String {
        switch self {
        case .json(let error): error.description
        case .notAnObject: "a JWK is a JSON object"
        case .noKeys: "a JWK Set has an array 'keys'"
        case .tooManyKeys(let limit): "a JWK Set of more than \(limit) keys"
        case .privateMember(let name): "the member '\(name)' belongs to a private or symmetric key"
        case .missing(let name): "the member '\(name)' is missing"
        case .malformed(let name): "the member '\(name)' is malformed"
        case .unsupported(let name): "the value of '\(name)' is not supported"
        case .key(let error): error.description
        }
    }
}
