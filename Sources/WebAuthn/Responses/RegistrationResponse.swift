public import JOSE

/// What the browser gives for `navigator.credentials.create` (Level 2 §5.1, §5.2.1). Nothing in it is verified.
public struct RegistrationResponse: Sendable, Equatable {
    /// `rawId`: the credential's id.
    public let credentialID: [UInt8]
    /// The client data as they were hashed.
    public let clientDataJSON: [UInt8]
    /// The attestation object.
    public let attestationObject: [UInt8]
    /// Hints how to reach the authenticator (§5.8.4), those of the future included.
    public let transports: [String]

    /// A response of these parts.
    public init(
        credentialID: [UInt8], clientDataJSON: [UInt8], attestationObject: [UInt8],
        transports: [String] = []
    ) {
        self.credentialID = credentialID
        self.clientDataJSON = clientDataJSON
        self.attestationObject = attestationObject
        self.transports = transports
    }

    /// Reads what `PublicKeyCredential.toJSON()` gives (Level 3 §5.1, `RegistrationResponseJSON`). Members that repeat
    /// what the attestation object says (`publicKey`, `authenticatorData`) are passed over, as are those not known.
    ///
    /// - Throws: ``WebAuthnError/missing(_:)``, ``WebAuthnError/malformed(_:)`` or ``WebAuthnError/tooLong(_:)`` with
    ///   the member's path, ``WebAuthnError/wrongCredentialType`` or ``WebAuthnError/credentialIDMismatch``.
    public init(_ json: JSON) throws(WebAuthnError) {
        let credential = try ResponseMembers(credential: json)
        credentialID = try credential.credentialID()
        let response = try credential.members("response")
        clientDataJSON = try response.bytes("clientDataJSON")
        attestationObject = try response.bytes("attestationObject")
        transports = try response.texts("transports")  // absent in browsers without getTransports()
        guard transports.count <= 16, transports.allSatisfy({ $0.utf8.count <= 32 }) else {
            throw .tooLong("response.transports")
        }
    }
}

extension ResponseMembers {
    /// The id of a credential of the one type there is; `id` has to say the same as `rawId`.
    func credentialID() throws(WebAuthnError) -> [UInt8] {
        let id = try bytes("id")
        guard try bytes("rawId") == id else { throw .credentialIDMismatch }
        guard haveEqualBytes(try text("type"), "public-key") else { throw .wrongCredentialType }
        return id
    }
}
