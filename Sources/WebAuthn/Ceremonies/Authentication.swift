internal import Crypto

/// The use of a credential (Level 2 §7.2): what was asked of the browser, and the checks of what came back.
public struct Authentication: Sendable, Equatable {
    /// Whom the credential is for.
    public let relyingParty: RelyingParty
    /// The challenge of this ceremony.
    public let challenge: [UInt8]
    /// What is asked of the authenticator about who is there.
    public let userVerification: UserVerification
    /// The credentials of the user who said who they are; none when the credential is to say it.
    public let allowedCredentials: [CredentialDescriptor]

    /// - Throws: ``WebAuthnError/challengeTooShort``.
    public init(
        relyingParty: RelyingParty, challenge: [UInt8], userVerification: UserVerification = .required,
        allowedCredentials: [CredentialDescriptor] = []
    ) throws(WebAuthnError) {
        try Challenge.check(challenge)
        self.relyingParty = relyingParty
        self.challenge = challenge
        self.userVerification = userVerification
        self.allowedCredentials = allowedCredentials
    }

    /// The proof that the credential's owner is there, when every check of §7.2 is passed. Left to the caller: to find
    /// the stored credential by ``AuthenticationResponse/credentialID`` before, and to keep the new counter after; and
    /// that the challenge was this browser's and is not used again.
    ///
    /// The counter is checked last: ``WebAuthnError/counterWentBack(stored:received:)`` says that all else is right.
    ///
    /// - Throws: ``WebAuthnError``, which says what check failed.
    public func verify(
        _ response: AuthenticationResponse, with credential: StoredCredential
    ) throws(WebAuthnError) -> VerifiedAuthentication {
        guard allowedCredentials.isEmpty || allowedCredentials.contains(where: { $0.id == response.credentialID })
        else { throw .credentialNotAllowed }  // step 5
        guard response.credentialID == credential.id else { throw .wrongCredential }  // step 7
        try checkUserHandle(of: response, credential)  // step 6
        let clientData = try ClientData(parsing: response.clientDataJSON)  // steps 8 to 10
        try clientData.check(.authentication, challenge: challenge, origin: relyingParty.origin)  // steps 11 to 13
        let data = try AuthenticatorData(parsing: response.authenticatorData)
        try data.check(relyingParty, userVerification)  // steps 15 to 17
        guard data.credential == nil else { throw .unexpectedCredentialData }  // §6.3.3 step 10
        let signed = response.authenticatorData + SHA256.hash(response.clientDataJSON)  // step 19
        guard credential.publicKey.isValidSignature(response.signature, for: signed) else { throw .invalidSignature }
        try Self.checkCounter(stored: credential.signCount, received: data.signCount)  // step 21
        return VerifiedAuthentication(
            credentialID: credential.id, userHandle: credential.userHandle, signCount: data.signCount,
            isUserVerified: data.flags.contains(.userVerified),
            isBackupEligible: data.flags.contains(.backupEligible), isBackedUp: data.flags.contains(.backedUp))
    }

    /// Who signs in without a name is who the credential says, so that it has to say it; and never somebody else.
    private func checkUserHandle(
        of response: AuthenticationResponse, _ credential: StoredCredential
    ) throws(WebAuthnError) {
        if let handle = response.userHandle {
            guard constantTimeEquals(handle, credential.userHandle) else { throw .wrongUserHandle }
        } else {
            guard !allowedCredentials.isEmpty else { throw .noUserHandle }
        }
    }

    private static func checkCounter(stored: UInt32, received: UInt32) throws(WebAuthnError) {
        if stored == 0, received == 0 { return }  // an authenticator without a counter
        guard received > stored else { throw .counterWentBack(stored: stored, received: received) }
    }
}

/// A credential as it is kept.
public struct StoredCredential: Sendable, Equatable {
    /// The credential's id.
    public let id: [UInt8]
    /// The credential's key.
    public let publicKey: CredentialPublicKey
    /// The signature counter of the last use.
    public let signCount: UInt32
    /// The handle of its owner.
    public let userHandle: [UInt8]

    /// A credential from its columns.
    public init(id: [UInt8], publicKey: CredentialPublicKey, signCount: UInt32, userHandle: [UInt8]) {
        self.id = id
        self.publicKey = publicKey
        self.signCount = signCount
        self.userHandle = userHandle
    }
}

/// An authentication that passed; only ``Authentication/verify(_:with:)`` makes one.
public struct VerifiedAuthentication: Sendable, Equatable {
    /// The credential that signed.
    public let credentialID: [UInt8]
    /// The handle of its owner, which is the response's own where it has one.
    public let userHandle: [UInt8]
    /// The counter to keep.
    public let signCount: UInt32
    /// Whether the authenticator verified the user.
    public let isUserVerified: Bool
    /// Whether the credential can be on more than one device.
    public let isBackupEligible: Bool
    /// Whether it is.
    public let isBackedUp: Bool
}
