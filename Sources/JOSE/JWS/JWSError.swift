/// Why a compact JWS is not accepted. Descriptions are ASCII and fit for an `error_description`; they hold nothing of
/// the token.
public enum JWSError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Longer than the limit.
    case tooLong
    /// Not three parts of canonical base64url.
    case malformed
    /// The header is not the JSON object it should be.
    case malformedHeader(JSONError)
    /// A header parameter is missing, or of the wrong type.
    case badHeaderParameter(String)
    /// An algorithm that Martlet does not verify; `none` and the HMAC family are among them.
    case unsupportedAlgorithm
    /// An extension that is declared critical, or one that changes how the payload is read (RFC 7797).
    case unsupportedExtension(String)
    /// The algorithm is not the one the key is for, or not one that is allowed here.
    case algorithmMismatch
    /// No key of the set can be the one.
    case unknownKey
    /// The signature is not the key's.
    case invalidSignature

    /// What is wrong.
    public var description: String {
        switch self {
        case .tooLong: "the token is too long"
        case .malformed: "the token is not three parts of base64url"
        case .malformedHeader(let error): "the header of the token is not accepted: \(error)"
        case .badHeaderParameter(let name): "the header parameter '\(name)' of the token is missing or malformed"
        case .unsupportedAlgorithm: "the algorithm of the token is not supported"
        case .unsupportedExtension(let name): "the header parameter '\(name)' of the token is not supported"
        case .algorithmMismatch: "the algorithm of the token is not the one its key is for"
        case .unknownKey: "the token is signed by an unknown key"
        case .invalidSignature: "the signature of the token is not valid"
        }
    }
}
