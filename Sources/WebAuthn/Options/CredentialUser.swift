/// Whom a credential is made for (Level 2 §5.4.3).
public struct CredentialUser: Sendable, Hashable {
    /// The user handle: how a discoverable credential names its owner. It is stored in the open, so that it is to be
    /// random and say nothing of the user (§14.6.1).
    public let handle: [UInt8]
    /// The user's name, for the choice between accounts.
    public let name: String
    /// What the user is called.
    public let displayName: String

    /// - Throws: ``WebAuthnError/userHandleLength`` unless the handle is of 1 to 64 bytes.
    public init(handle: [UInt8], name: String, displayName: String) throws(WebAuthnError) {
        guard UserHandle.isAllowed(handle) else { throw .userHandleLength }
        self.handle = handle
        self.name = name
        self.displayName = displayName
    }
}

/// The rule for user handles (Level 2 §5.4.3).
enum UserHandle {
    static func isAllowed(_ handle: [UInt8]) -> Bool { (1...64).contains(handle.count) }
}
