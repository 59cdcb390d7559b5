public import Crypto
public import JOSE

/// Which check of a registration or an authentication failed. Descriptions are ASCII and fit for an `error_description`
/// or a log; they repeat nothing of what was received.
public enum WebAuthnError: Error, Sendable, Equatable {
    // What this server says of a ceremony.

    /// A challenge of less than 16 bytes (Level 2 §13.4.3).
    case challengeTooShort
    /// A user handle that is not of 1 to 64 bytes (§5.4.3).
    case userHandleLength

    // The response as the page sends it.

    /// A member that is missing, by its path: `response.signature`, `clientDataJSON.type`, `attestationObject.fmt`.
    case missing(String)
    /// A member of the wrong type or not canonical base64url, by its path.
    case malformed(String)
    /// A member that is longer than any honest one, by its path.
    case tooLong(String)
    /// A credential whose `type` is not `public-key`.
    case wrongCredentialType
    /// `id` and `rawId` differ, or an attested credential has another id than its response.
    case credentialIDMismatch

    // The client data (§5.8.1).

    /// Client data that are not JSON; repeated members are among the reasons.
    case clientDataJSON(JSONError)
    /// Client data of another kind of ceremony.
    case wrongType
    /// Client data with another challenge.
    case wrongChallenge
    /// Client data of another origin, which is given.
    case wrongOrigin(String)
    /// A ceremony within a frame that another site embeds.
    case crossOrigin

    // The authenticator data (§6.1).

    /// Authenticator data that end too early.
    case truncatedAuthenticatorData
    /// Bytes after the authenticator data.
    case trailingAuthenticatorData
    /// Extension data that are not well-formed.
    case extensionData(CBORError)
    /// Extension data that are not a map from names.
    case extensionDataNotMap
    /// Another relying party's hash.
    case wrongRelyingParty
    /// Nobody was present.
    case userNotPresent
    /// The user was not verified although that was required.
    case userNotVerified
    /// A credential that is backed up and that cannot be (Level 3 §6.1.3).
    case backedUpWithoutEligibility
    /// A registration without a credential.
    case noCredentialData
    /// An authentication with a new credential.
    case unexpectedCredentialData
    /// A credential id that is not of 16 to 1023 bytes (Level 2 §4, Level 3 §7.1).
    case credentialIDLength

    // The credential's key (§6.5.1).

    /// A key that is not well-formed CBOR.
    case credentialKey(CBORError)
    /// A key that is not a map, or has parameters that its type does not need.
    case credentialKeyParameters
    /// A parameter of the key, by its COSE label, that is missing or of the wrong type.
    case credentialKeyParameter(Int64)
    /// An algorithm that was not asked for, by its COSE number.
    case unsupportedAlgorithm(Int64)
    /// A type of key, by its COSE number, that is not the algorithm's.
    case unsupportedKeyType(Int64)
    /// A curve other than P-256, by its COSE number.
    case unsupportedCurve(Int64)
    /// A key whose numbers are not accepted: a point off the curve, an RSA modulus that is too short.
    case unacceptableKey(KeyError)

    // The attestation (§6.5).

    /// An attestation object that is not well-formed CBOR.
    case attestationObject(CBORError)
    /// An attestation that was not asked for: neither `none` nor a packed self attestation.
    case unsupportedAttestation
    /// A statement of format `none` that is not empty, or a packed one that has other members than it may.
    case attestationStatement
    /// A self attestation of another algorithm than the key's.
    case attestationAlgorithm
    /// A self attestation that the key did not sign.
    case attestationSignature

    // The assertion (§7.2).

    /// A credential that was not among those that were allowed.
    case credentialNotAllowed
    /// A response of another credential than the stored one.
    case wrongCredential
    /// A discoverable credential without the user handle that says whose it is.
    case noUserHandle
    /// Another user's handle.
    case wrongUserHandle
    /// The credential's key did not sign.
    case invalidSignature
    /// Everything else is right, but the signature counter did not go forward: the authenticator may have been cloned.
    /// What follows is the caller's decision (§7.2 step 21).
    case counterWentBack(stored: UInt32, received: UInt32)
}
