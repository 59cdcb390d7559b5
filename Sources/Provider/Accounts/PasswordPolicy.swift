/// What a password must be: the one place that says it (NIST SP 800-63B-3 §5.1.1.2: long, not common, and no rules about
/// which characters it is made of).
public struct PasswordPolicy: Sendable {
    /// Fewest characters; each Unicode scalar value counts as one.
    public var shortest = 12
    /// Most bytes, so that hashing cannot be made dear.
    public static let longest = 1024
    /// Names shorter than this may stand in a password: they are in half of all words.
    private static let shortestName = 4

    /// The policy unless the operator decides otherwise.
    public init() {}

    /// What is wrong with a password whoever chooses it; nil when nothing is.
    func formProblem(_ password: String, _ names: any NameRules) -> PasswordProblem? {
        // Of what NFKC would make of megabytes nobody needs to know the length.
        guard password.utf8.count <= Self.longest else { return .tooLong }
        // scrypt's HMAC cannot tell NUL from padding.
        guard !password.utf8.contains(0) else { return .hasNUL }
        guard names.normalized(password: password).unicodeScalars.count >= shortest else {
            return .tooShort(shortest)
        }
        return nil
    }

    /// What is wrong with a password that a person chooses for an account of these names: also that others would guess
    /// it. Administrators answer for what they choose; it is judged by its form alone.
    func problem(_ password: String, of user: User, _ names: any NameRules) -> PasswordProblem? {
        if let problem = formProblem(password, names) { return problem }
        let folded = names.folded(password)
        if names.isCommon(foldedPassword: folded) { return .common }
        let wholes = [user.username, user.email].compactMap { $0 }.map { names.folded($0) }
        let parts = wholes.flatMap { [$0[...], $0.prefix { $0 != "@" }] }
        let isNamed = parts.contains { $0.unicodeScalars.count >= Self.shortestName && folded.contains($0) }
        return isNamed || wholes.contains(folded) ? .containsName : nil
    }
}

extension OpenIDProvider {
    /// A password that somebody shows, as it is compared. One that is longer than any may be is compared as the empty one,
    /// which none is either: making NFKC of a whole body would hold up everybody else.
    func comparable(_ password: String) -> String {
        password.utf8.count <= PasswordPolicy.longest ? names.normalized(password: password) : ""
    }
}

/// Why a password is refused.
public enum PasswordProblem: Error, Sendable, Equatable {
    /// It has fewer characters than this.
    case tooShort(Int)
    /// It has more bytes than ``PasswordPolicy/longest``.
    case tooLong
    /// It has a NUL character.
    case hasNUL
    /// It is on the list, or made of something on it.
    case common
    /// The user name or e-mail address stands in it.
    case containsName

    /// The refusal of a body's member.
    func error(_ member: String) -> OAuthError {
        switch self {
        case .tooShort(let shortest): .member(member, "must have at least \(shortest) characters")
        case .tooLong: .member(member, "must have at most \(PasswordPolicy.longest) bytes")
        case .hasNUL: .member(member, "has a NUL character")
        case .common: .member(member, "is one of the passwords that are guessed first")
        case .containsName: .member(member, "contains the user name or the e-mail address")
        }
    }
}
