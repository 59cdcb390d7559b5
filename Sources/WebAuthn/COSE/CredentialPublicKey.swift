public import Crypto

/// The public key of a credential, checked when it was made and bound to its algorithm.
///
/// It is kept as the COSE key that the authenticator gave: the algorithm stands inside it, it is the shortest form
/// (77 bytes for ES256), and reading it back is the same check as at registration, so that there is one parser and
/// no conversion that could go wrong.
public struct CredentialPublicKey: Sendable, Equatable {
    /// The COSE key (RFC 9052 §7) in CTAP2's canonical form: what is to be stored.
    public let coseKey: [UInt8]
    /// The algorithm that the key names.
    public let algorithm: COSEAlgorithm
    /// The key for that algorithm.
    public let verificationKey: VerificationKey

    /// Reads a COSE key (Level 2 §6.5.1): ES256 on P-256 with an uncompressed point, or RS256 with a modulus of 2048
    /// to 4096 bits, and no parameter beyond those that its type needs.
    ///
    /// - Throws: ``WebAuthnError``: ``WebAuthnError/credentialKey(_:)``, ``WebAuthnError/unsupportedAlgorithm(_:)``,
    ///   ``WebAuthnError/unsupportedKeyType(_:)``, ``WebAuthnError/unsupportedCurve(_:)``,
    ///   ``WebAuthnError/credentialKeyParameter(_:)``, ``WebAuthnError/credentialKeyParameters`` or
    ///   ``WebAuthnError/unacceptableKey(_:)``.
    public init(coseKey: [UInt8]) throws(WebAuthnError) {
        let parameters = try Self.parameters(of: coseKey)
        let number = try parameters.integer(.algorithm)
        guard let algorithm = COSEAlgorithm(rawValue: number) else { throw .unsupportedAlgorithm(number) }
        let components =
            switch algorithm {
            case .es256: try parameters.p256Point()
            case .rs256: try parameters.rsaNumbers()
            }
        self.coseKey = coseKey
        self.algorithm = algorithm
        do {
            verificationKey = try VerificationKey(PublicKey(components), for: algorithm.signatureAlgorithm)
        } catch {
            throw .unacceptableKey(error)
        }
    }

    /// Whether `signature` is one of `message`, in the form that authenticators write (Level 2 §6.5.5): DER for ES256.
    public func isValidSignature(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        switch algorithm {
        case .rs256:
            return verificationKey.isValidSignature(signature, for: message)
        case .es256:
            guard let raw = ECDSADER.raw(signature) else { return false }
            return verificationKey.isValidSignature(raw, for: message)
        }
    }

    private static func parameters(of coseKey: [UInt8]) throws(WebAuthnError) -> CBORMap {
        let item: CBOR
        do {
            item = try CBORReader.read(whole: coseKey)
        } catch {
            throw .credentialKey(error)
        }
        guard let parameters = item.map else { throw .credentialKeyParameters }
        return parameters
    }
}

/// Labels of COSE keys: RFC 9052 §7.1, RFC 9053 §7.1.1, RFC 8230 §4.
private enum Label: Int64 {
    case keyType = 1
    case algorithm = 3
    case curveOrModulus = -1
    case xOrExponent = -2
    case y = -3
}

extension CBORMap {
    /// EC2 on P-256: `kty` 2, `crv` 1. A `y` that is a Boolean is a compressed point, which Level 2 §5.8.5 rules out.
    fileprivate func p256Point() throws(WebAuthnError) -> PublicKeyComponents {
        let type = try integer(.keyType)
        guard type == 2 else { throw .unsupportedKeyType(type) }
        let curve = try integer(.curveOrModulus)
        guard curve == 1 else { throw .unsupportedCurve(curve) }
        let point = PublicKeyComponents.p256(x: try bytes(.xOrExponent), y: try bytes(.y))
        guard entries.count == 5 else { throw .credentialKeyParameters }
        return point
    }

    /// RSA: `kty` 3.
    fileprivate func rsaNumbers() throws(WebAuthnError) -> PublicKeyComponents {
        let type = try integer(.keyType)
        guard type == 3 else { throw .unsupportedKeyType(type) }
        let numbers = PublicKeyComponents.rsa(
            modulus: try bytes(.curveOrModulus), exponent: try bytes(.xOrExponent))
        guard entries.count == 4 else { throw .credentialKeyParameters }
        return numbers
    }

    fileprivate func integer(_ label: Label) throws(WebAuthnError) -> Int64 {
        guard let value = self[label.rawValue]?.integer else { throw .credentialKeyParameter(label.rawValue) }
        return value
    }

    private func bytes(_ label: Label) throws(WebAuthnError) -> [UInt8] {
        guard let value = self[label.rawValue]?.bytes else { throw .credentialKeyParameter(label.rawValue) }
        return value
    }
}
