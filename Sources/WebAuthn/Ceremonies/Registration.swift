internal import Crypto

/// The making of a credential (Level 2 §7.1): what was asked of the browser, and the checks of what came back.
public struct Registration: Sendable, Equatable {
    /// Whom the credential is for.
    public let relyingParty: RelyingParty
    /// The challenge of this ceremony.
    public let challenge: [UInt8]
    /// What is asked of the authenticator about who is there.
    public let userVerification: UserVerification

    /// - Throws: ``WebAuthnError/challengeTooShort``.
    public init(
        relyingParty: RelyingParty, challenge: [UInt8], userVerification: UserVerification = .required
    ) throws(WebAuthnError) {
        try Challenge.check(challenge)
        self.relyingParty = relyingParty
        self.challenge = challenge
        self.userVerification = userVerification
    }

    /// The credential, when every check of §7.1 is passed. Left to the caller: that the challenge was this user's and
    /// is not used again, and that nobody has a credential of this id yet (step 22).
    ///
    /// - Throws: ``WebAuthnError``, which says what check failed.
    public func verify(_ response: RegistrationResponse) throws(WebAuthnError) -> RegisteredCredential {
        let clientData = try ClientData(parsing: response.clientDataJSON)  // steps 5 and 6
        try clientData.check(.registration, challenge: challenge, origin: relyingParty.origin)  // steps 7 to 9
        let clientDataHash = SHA256.hash(response.clientDataJSON)  // step 11
        let attestation = try AttestationObject(parsing: response.attestationObject)  // step 12
        let data = try AuthenticatorData(parsing: attestation.authenticatorData)
        try data.check(relyingParty, userVerification)  // steps 13 to 15
        guard let credential = data.credential else { throw .noCredentialData }
        let key = try CredentialPublicKey(coseKey: credential.coseKey)  // step 16: it reads what was asked for
        try attestation.verify(clientDataHash: clientDataHash, key: key)  // steps 18 to 21
        guard response.credentialID == credential.id else { throw .credentialIDMismatch }
        return RegisteredCredential(
            id: credential.id, publicKey: key, signCount: data.signCount, aaguid: credential.aaguid,
            transports: response.transports, isUserVerified: data.flags.contains(.userVerified),
            isBackupEligible: data.flags.contains(.backupEligible), isBackedUp: data.flags.contains(.backedUp))
    }
}

/// A credential that passed its registration; only ``Registration/verify(_:)`` makes one.
public struct RegisteredCredential: Sendable, Equatable {
    /// The credential's id, 16 to 1023 bytes that the authenticator chose.
    public let id: [UInt8]
    /// The credential's key.
    public let publicKey: CredentialPublicKey
    /// The authenticator's signature counter; 0 where it has none.
    public let signCount: UInt32
    /// The make of the authenticator as it claims, 16 bytes that nobody vouches for; zeros where it or the browser
    /// does not say.
    public let aaguid: [UInt8]
    /// Hints how to reach the authenticator, to be kept as they are (step 23).
    public let transports: [String]
    /// Whether the authenticator verified the user.
    public let isUserVerified: Bool
    /// Whether the credential can be on more than one device.
    public let isBackupEligible: Bool
    /// Whether it is.
    public let isBackedUp: Bool
}
