/// Password hashing on a lane with bounded memory (scrypt); a full lane answers `temporarily_unavailable`.
public protocol PasswordHashing: Sendable {
    /// The encoded hash of a password, with its parameters.
    func hash(_ password: String) async throws(OAuthError) -> String
    /// Whether the password is the one. For nil it does the same work and answers `.wrong`, so that nobody can tell an
    /// unknown user by time.
    func verify(_ password: String, against encoded: String?) async throws(OAuthError) -> PasswordVerdict
    /// How many passwords wait for their turn, for who watches.
    var waitingCount: Int { get }
}

extension PasswordHashing {
    /// None, where nobody has to wait.
    public var waitingCount: Int { 0 }
}

/// Whether a password was right.
public enum PasswordVerdict: Sendable, Equatable {
    /// Not this one, or there is none.
    case wrong
    /// Right; `outdated` when its hash should be made anew with today's parameters.
    case right(outdated: Bool)
}

/// Unicode's rules for names and passwords; they need tables that the provider does not carry.
public protocol NameRules: Sendable {
    /// The comparable forms of a user name (NFKC, case folded; UTS 39 skeleton).
    ///
    /// - Throws: `invalid_request` naming `username` for characters, mixed scripts or lengths that are not allowed.
    func keys(of username: String) throws(OAuthError) -> (display: String, keys: User.NameKeys)
    /// The form in which passwords are hashed: NFKC (RFC 8265 OpaqueString's intent).
    func normalized(password: String) -> String
    /// The form in which texts are compared with names and lists: NFKC, case folded.
    func folded(_ text: String) -> String
    /// Whether a password in that form is one of the first that somebody would guess.
    func isCommon(foldedPassword: String) -> Bool
}

/// Where requests may leave to: asked at registration, and again when one leaves.
public protocol EgressRules: Sendable {
    /// Why no request would be sent to this URL, as the rest of a sentence that begins with the member's name; nil when
    /// one would.
    func refusal(of url: String) -> String?
}

/// Blocks of network addresses in CIDR notation; reading them takes a grammar that the provider does not carry.
public protocol AddressRules: Sendable {
    /// Whether this is such a block, or a single address.
    func isRange(_ text: String) -> Bool
    /// Whether the address lies in one of these blocks.
    func contains(_ address: String, in ranges: [String]) -> Bool
}
