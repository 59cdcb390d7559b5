/// The vocabulary of events: every CloudEvents `type` that there is.
public enum EventType: String, Sendable, CaseIterable {
    case tokenIssued = "oauth2.token.issued"
    case tokenRevoked = "oauth2.token.revoked"
    case tokenReuseDetected = "oauth2.token.reuse_detected"
    case clientCreated = "oauth2.client.created"
    case clientUpdated = "oauth2.client.updated"
    case clientDeleted = "oauth2.client.deleted"
    case clientSecretRotated = "oauth2.client.secret_rotated"
    case consentGranted = "oauth2.consent.granted"
    case consentRevoked = "oauth2.consent.revoked"
    case keyRotated = "oauth2.key.rotated"
    case sessionStarted = "oauth2.session.started"
    case sessionEnded = "oauth2.session.ended"
    case userCreated = "user.created"
    case userUpdated = "user.updated"
    case userDeleted = "user.deleted"
    case userLocked = "user.locked"
    case loginSucceeded = "user.login.succeeded"
    case loginFailed = "user.login.failed"
}

extension Event {
    /// The CloudEvents `type`.
    public var type: String { vocable.rawValue }

    private var vocable: EventType {
        switch self {
        case .tokenIssued: .tokenIssued
        case .tokenRevoked, .tokensRevoked: .tokenRevoked
        case .tokenReuseDetected: .tokenReuseDetected
        case .clientCreated: .clientCreated
        case .clientUpdated: .clientUpdated
        case .clientDeleted: .clientDeleted
        case .clientSecretRotated: .clientSecretRotated
        case .consentGranted: .consentGranted
        case .consentRevoked: .consentRevoked
        case .keyRotated: .keyRotated
        case .sessionStarted: .sessionStarted
        case .sessionEnded: .sessionEnded
        case .userCreated: .userCreated
        case .userUpdated: .userUpdated
        case .userDeleted: .userDeleted
        case .userLocked: .userLocked
        case .loginSucceeded: .loginSucceeded
        case .loginFailed: .loginFailed
        }
    }
}
