public import JOSE

/// What the browser gives for `navigator.credentials.get` (Level 2 §5.1, §5.2.2). Nothing in it is verified: the id and
/// the user handle serve to find the stored credential.
public struct AuthenticationResponse: Sendable, Equatable {
    /// `rawId`: the credential's id.
    public let credentialID: [UInt8]
    /// The client data as they were hashed.
    public let clientDataJSON: [UInt8]
    /// The authenticator data as they were signed.
    public let authenticatorData: [UInt8]
    /// The signature.
    public let signature: [UInt8]
    /// The user handle, which every discoverable credential has.
    public let userHandle: [UInt8]?

    /// A response of these parts.
    public init(
        credentialID: [UInt8], clientDataJSON: [UInt8], authenticatorData: [UInt8], signature: [UInt8],
        userHandle: [UInt8]? = nil
    ) {
        self.credentialID = credentialID
        self.clientDataJSON = clientDataJSON
        self.authenticatorData = authenticatorData
        self.signature = signature
        self.userHandle = userHandle
    }

    /// Reads what `PublicKeyCredential.toJSON()` gives (Level 3 §5.1, `AuthenticationResponseJSON`); members not known
    /// are passed over.
    ///
    /// - Throws: ``WebAuthnError/missing(_:)`` or ``WebAuthnError/malformed(_:)`` with the member's path,
    ///   ``WebAuthnError/userHandleLength``, ``WebAuthnError/wrongCredentialType`` or
    ///   ``WebAuthnError/credentialIDMismatch``.
    public init(_ json: JSON) throws(WebAuthnError) {
        let credential = try ResponseMembers(credential: json)
        credentialID = try credential.credentialID()
        let response = try credential.members("response")
        clientDataJSON = try response.bytes("clientDataJSON")
        authenticatorData = try response.bytes("authenticatorData")
        signature = try response.bytes("signature")
        userHandle = try response.optionalBytes("userHandle")
        if let userHandle, !UserHandle.isAllowed(userHandle) { throw .userHandleLength }
    }
}
