/// What is asked of an authenticator about who is there (Level 2 §5.8.6).
public enum UserVerification: String, Sendable, Hashable {
    /// A PIN or biometrics; a response without is refused.
    case required
    /// If it can.
    case preferred
    /// Presence is enough.
    case discouraged
}

/// Whether the authenticator is to keep the credential, so that it can be used without a name (Level 2 §5.4.6).
public enum ResidentKey: String, Sendable, Hashable {
    /// Or no credential is made.
    case required
    /// If it can.
    case preferred
    /// Better not.
    case discouraged
}
