import Crypto
import JOSE

/// One of a client's secrets. Several may be live at once, which is how a secret is rotated without an outage.
public struct ClientSecret: Sendable, Equatable {
    /// What secrets that are made here begin with; 43 characters of base64url follow.
    static let prefix = "mlt_cs_"

    /// Its name in the API.
    public var id: SecretID
    /// Whose it is.
    public var clientID: ClientID
    /// What the store keeps: HMAC-SHA256 of the secret under a key of the server.
    public var hash: [UInt8]
    /// When it was made.
    public var createdAt: Instant
    /// When it stops working; nil for the current one.
    public var expiresAt: Instant?
    /// Its last use, as far as flushed.
    public var lastUsedAt: Instant?
    /// How often it was used, as far as flushed.
    public var useCount: Int64

    /// A secret as it is stored.
    public init(
        id: SecretID, clientID: ClientID, hash: [UInt8], createdAt: Instant, expiresAt: Instant? = nil,
        lastUsedAt: Instant? = nil, useCount: Int64 = 0
    ) {
        self.id = id
        self.clientID = clientID
        self.hash = hash
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.useCount = useCount
    }

    /// Whether it still opens the door.
    public func isLive(at now: Instant) -> Bool { expiresAt.map { now < $0 } ?? true }
}

/// A client together with the secrets that are live: what authenticating it takes, in one read.
public struct RegisteredClient: Sendable, Equatable {
    /// Who it is.
    public var client: Client
    /// Its live secrets, oldest first.
    public var secrets: [ClientSecret]

    /// A client and its live secrets.
    public init(client: Client, secrets: [ClientSecret]) {
        self.client = client
        self.secrets = secrets
    }
}
