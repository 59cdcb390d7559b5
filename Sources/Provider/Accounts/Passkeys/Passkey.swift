import WebAuthn

/// A key in a user's device or password manager that stands for the user at this server (WebAuthn).
public struct Passkey: Sendable, Equatable {
    /// The credential's id, which the authenticator chose.
    public var id: [UInt8]
    /// Whose it is.
    public var userID: UserID
    /// What verifies its signatures, as a COSE key (RFC 9052).
    public var publicKey: [UInt8]
    /// Of the last use; 0 where the authenticator does not count.
    public var signCount: UInt32
    /// What the user calls it.
    public var name: String
    /// Hints how to reach it.
    public var transports: [String]
    /// Whether it is on more than one device.
    public var isBackedUp: Bool
    /// When it was added.
    public var createdAt: Instant
    /// When it was last used to log in; nil until then.
    public var lastUsedAt: Instant?

    /// A passkey as it is stored.
    public init(
        id: [UInt8], userID: UserID, publicKey: [UInt8], signCount: UInt32, name: String, transports: [String],
        isBackedUp: Bool, createdAt: Instant, lastUsedAt: Instant? = nil
    ) {
        self.id = id
        self.userID = userID
        self.publicKey = publicKey
        self.signCount = signCount
        self.name = name
        self.transports = transports
        self.isBackedUp = isBackedUp
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }

    /// Most passkeys of a user.
    public static let limit = 20

    /// What the browser is told of it.
    var descriptor: CredentialDescriptor { CredentialDescriptor(id: id, transports: transports) }
}

/// Users' passkeys. ``User/factors`` counts them, changed in the same transaction.
public protocol PasskeyStore: Sendable {
    /// The user's, oldest first.
    func passkeys(of user: UserID) async throws(OAuthError) -> [Passkey]
    /// Adds one. False when there is one of this id already, whoever's it is, or the user has ``Passkey/limit``.
    ///
    /// - Parameter passwordHash: what the user's was when the login was looked at. When it is another one by now, none is
    ///   added: the login has ended, and whoever ended it may have done so because of who is in it.
    func add(
        _ passkey: Passkey, whileHash passwordHash: String?, _ record: Record
    ) async throws(OAuthError) -> Bool
    /// The passkey of this id with its user; nil when there is none.
    func passkey(_ id: [UInt8]) async throws(OAuthError) -> (passkey: Passkey, user: User)?
    /// Notes a login. Of any number of callers with the same challenge exactly one hears true, and none with one that was
    /// made before the last that was used, or with a counter that does not go forward.
    ///
    /// - Parameter challengeAt: when the challenge was made.
    func use(_ use: PasskeyUse) async throws(OAuthError) -> Bool
    /// Takes one away. False when the user has none of this id.
    func remove(_ id: [UInt8], of user: UserID, _ record: Record) async throws(OAuthError) -> Bool
}

/// A login by passkey, as the store notes it.
public struct PasskeyUse: Sendable, Equatable {
    /// Which passkey.
    public var id: [UInt8]
    /// Its counter now.
    public var signCount: UInt32
    /// Whether it is on more than one device by now.
    public var isBackedUp: Bool
    /// When the challenge was made.
    public var challengeAt: Instant
    /// When it was used.
    public var now: Instant

    /// A login.
    public init(id: [UInt8], signCount: UInt32, isBackedUp: Bool, challengeAt: Instant, now: Instant) {
        self.id = id
        self.signCount = signCount
        self.isBackedUp = isBackedUp
        self.challengeAt = challengeAt
        self.now = now
    }
}
