import Crypto
import JOSE
import WebAuthn

extension WebAuthnError {
    /// The name by which the vectors call it.
    var name: String {
        switch self {
        case .challengeTooShort: "challengeTooShort"
        case .userHandleLength: "userHandleLength"
        case .missing(let path): "missing(\(path))"
        case .malformed(let path): "malformed(\(path))"
        case .tooLong(let path): "tooLong(\(path))"
        case .wrongCredentialType: "wrongCredentialType"
        case .credentialIDMismatch: "credentialIDMismatch"
        case .clientDataJSON(let error): "clientDataJSON(\(error.reason))"
        case .wrongType: "wrongType"
        case .wrongChallenge: "wrongChallenge"
        case .wrongOrigin: "wrongOrigin"
        case .crossOrigin: "crossOrigin"
        case .truncatedAuthenticatorData: "truncatedAuthenticatorData"
        case .trailingAuthenticatorData: "trailingAuthenticatorData"
        case .extensionData(let error): "extensionData(\(error.name))"
        case .extensionDataNotMap: "extensionDataNotMap"
        case .wrongRelyingParty: "wrongRelyingParty"
        case .userNotPresent: "userNotPresent"
        case .userNotVerified: "userNotVerified"
        case .backedUpWithoutEligibility: "backedUpWithoutEligibility"
        case .noCredentialData: "noCredentialData"
        case .unexpectedCredentialData: "unexpectedCredentialData"
        case .credentialIDLength: "credentialIDLength"
        case .credentialKey(let error): "credentialKey(\(error.name))"
        case .credentialKeyParameters: "credentialKeyParameters"
        case .credentialKeyParameter(let label): "credentialKeyParameter(\(label))"
        case .unsupportedAlgorithm(let number): "unsupportedAlgorithm(\(number))"
        case .unsupportedKeyType(let number): "unsupportedKeyType(\(number))"
        case .unsupportedCurve(let number): "unsupportedCurve(\(number))"
        case .unacceptableKey(let error): "unacceptableKey(\(error.name))"
        case .attestationObject(let error): "attestationObject(\(error.name))"
        case .unsupportedAttestation: "unsupportedAttestation"
        case .attestationStatement: "attestationStatement"
        case .attestationAlgorithm: "attestationAlgorithm"
        case .attestationSignature: "attestationSignature"
        case .credentialNotAllowed: "credentialNotAllowed"
        case .wrongCredential: "wrongCredential"
        case .noUserHandle: "noUserHandle"
        case .wrongUserHandle: "wrongUserHandle"
        case .invalidSignature: "invalidSignature"
        case .counterWentBack(let stored, let received): "counterWentBack(\(stored),\(received))"
        }
    }
}

extension CBORError {
    fileprivate var name: String {
        switch self {
        case .truncated: "truncated"
        case .trailingBytes: "trailingBytes"
        case .tooDeep: "tooDeep"
        case .indefiniteLength: "indefiniteLength"
        case .notShortest: "notShortest"
        case .reservedHead: "reservedHead"
        case .tag: "tag"
        case .unsupportedSimpleValue: "unsupportedSimpleValue"
        case .invalidUTF8: "invalidUTF8"
        case .unsupportedKey: "unsupportedKey"
        case .repeatedKey: "repeatedKey"
        case .keyOrder: "keyOrder"
        }
    }
}

extension KeyError {
    fileprivate var name: String {
        switch self {
        case .modulusBits: "modulusBits"
        case .badModulus: "badModulus"
        case .badExponent: "badExponent"
        case .badPoint: "badPoint"
        default: "another"
        }
    }
}
