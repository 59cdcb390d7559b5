public import JOSE

/// A person who logs in.
public struct User: Sendable, Equatable {
    /// `sub`, never reassigned.
    public var id: UserID
    /// As the person writes it.
    public var username: String
    /// The name's comparable forms: what makes two spellings the same name.
    public var nameKeys: NameKeys
    /// scrypt in its encoded form; nil when no password was ever set.
    public var passwordHash: String?
    /// E-mail address, if known.
    public var email: String?
    /// Whether mail to it was seen to arrive.
    public var emailVerified: Bool
    /// The address of whom the account belongs to, perhaps a former one: the first that was confirmed, and another one only
    /// if it was chosen with the password or by an administrator. Nil for an account of which nobody knows whose it is.
    public var ownerEmail: String?
    /// The address that becomes the owner's once it is confirmed: the password was shown with it.
    public var nextOwnerEmail: String?
    /// The tenant the person belongs to, if any.
    public var tenantID: String?
    /// Free words that services decide by; `admin` opens this server's own management.
    public var roles: [String]
    /// `name`, `given_name`, `address` … by their claim names (OpenID Connect Core §5.1).
    public var claims: [String: JSON]
    /// What the person has beside the password.
    public var factors = Factors()
    /// When the account was made.
    public var createdAt: Instant
    /// When it last changed; becomes the claim `updated_at`.
    public var updatedAt: Instant

    /// A user without profile.
    public init(id: UserID, username: String, nameKeys: NameKeys, createdAt: Instant) {
        self.id = id
        self.username = username
        self.nameKeys = nameKeys
        self.passwordHash = nil
        self.email = nil
        self.emailVerified = false
        self.ownerEmail = nil
        self.nextOwnerEmail = nil
        self.tenantID = nil
        self.roles = []
        self.claims = [:]
        self.createdAt = createdAt
        self.updatedAt = createdAt
    }

    /// Where mail goes that gives the account away, or tells of that: whoever can change the address for a moment, or for
    /// as long as it takes to confirm another one, shall not have the account for good.
    public var recoveryEmail: String? { ownerEmail ?? email }

    /// What pages call the person.
    public var displayName: String {
        if case .string(let name)? = claims["name"] { return name }
        return username
    }

    /// Two users may share neither.
    public struct NameKeys: Sendable, Equatable {
        /// NFKC, case-folded: what a login is looked up by.
        public var folded: String
        /// UTS 39 skeleton of ``folded``: equal for names the eye cannot tell apart.
        public var skeleton: String

        /// Keys that ``UserName`` computed.
        public init(folded: String, skeleton: String) {
            self.folded = folded
            self.skeleton = skeleton
        }
    }
}
