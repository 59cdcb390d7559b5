/// How strongly a user proved who they are (OpenID Connect Core §2, `acr`), weakest first.
public enum AuthenticationContext: String, Sendable, CaseIterable, Comparable {
    /// A password alone.
    case oneFactor = "urn:martlet:acr:1fa"
    /// Two things of different kinds: a password and an authenticator, or a passkey that checked its user.
    case twoFactors = "urn:martlet:acr:2fa"

    /// Weaker than.
    public static func < (a: AuthenticationContext, b: AuthenticationContext) -> Bool {
        a == .oneFactor && b == .twoFactors
    }
}

/// What a user proved who they are by.
enum LoginProof: Sendable {
    case password
    /// A password, then a code of an authenticator or, once, one from paper.
    case passwordAndCode
    case passkey

    /// By the names of RFC 8176 §2.
    var amr: [String] {
        switch self {
        case .password: ["pwd"]
        case .passwordAndCode: ["pwd", "otp", "mfa"]
        case .passkey: ["pop", "user", "mfa"]
        }
    }

    var context: AuthenticationContext { self == .password ? .oneFactor : .twoFactors }
}
