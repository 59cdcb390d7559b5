/// Why a key is not accepted. Descriptions are ASCII and fit for an operator or a client; they hold no key material.
public enum KeyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no PEM block of a private key.
    case notPEM
    /// A private key, but in another container; the PEM label is given.
    case notPKCS8(label: String)
    /// An encrypted private key.
    case encrypted
    /// More than one private key.
    case severalKeys
    /// Not the DER it should be.
    case malformed
    /// Neither RSA nor an elliptic curve key.
    case unsupportedType
    /// An elliptic curve other than P-256.
    case unsupportedCurve
    /// An RSA modulus outside 2048 to 4096 bits.
    case modulusBits(Int)
    /// An RSA modulus that is even or has leading zero bytes.
    case badModulus
    /// An RSA public exponent that is even, below 65537 or above 32 bits.
    case badExponent
    /// Coordinates that are not 32 bytes each or not a point of P-256.
    case badPoint
    /// The private and the public half do not belong together.
    case inconsistent
    /// A key of another type than the algorithm needs.
    case wrongType(for: SignatureAlgorithm)
    /// libcrypto failed.
    case library(CryptoError)

    /// What is wrong, and where there is one, the remedy.
    public var description: String {
        switch self {
        case .notPEM: "no PEM block of a private key was found"
        case .notPKCS8(let label):
            "a key in the container '\(label)'; convert it with: openssl pkcs8 -topk8 -nocrypt"
        case .encrypted: "an encrypted private key; decrypt it with: openssl pkcs8 -topk8 -nocrypt"
        case .severalKeys: "more than one private key"
        case .malformed: "not a well-formed PKCS#8 private key"
        case .unsupportedType: "neither an RSA key nor a key on P-256"
        case .unsupportedCurve: "a key on an elliptic curve other than P-256"
        case .modulusBits(let bits): "an RSA key of \(bits) bits; 2048 to 4096 are accepted"
        case .badModulus: "an RSA modulus that is even or begins with zero bytes"
        case .badExponent: "an RSA public exponent that is not an odd number from 65537 to 2^32-1"
        case .badPoint: "coordinates that are not a point of P-256"
        case .inconsistent: "private and public half do not belong together"
        case .wrongType(let algorithm): "a key of another type than \(algorithm.rawValue) needs"
        case .library(let error): error.description
        }
    }
}
