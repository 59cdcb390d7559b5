/// A device that waits for a user's decision (RFC 8628 §3.1). Its device code is an ``OpaqueToken``.
public struct DeviceAuthorization: Sendable, Equatable {
    /// The client on the device.
    public var clientID: ClientID
    /// What it asks for.
    public var scopes: ScopeList
    /// Resource indicators it asks for (RFC 8707).
    public var resources: [String]
    /// When it asked.
    public var createdAt: Instant
    /// From this moment on nothing can be decided or fetched.
    public var expiresAt: Instant
    /// Seconds between two polls, to begin with.
    public var pollInterval: Int

    /// An authorization as it is stored.
    public init(
        clientID: ClientID, scopes: ScopeList, resources: [String], createdAt: Instant, expiresAt: Instant,
        pollInterval: Int
    ) {
        self.clientID = clientID
        self.scopes = scopes
        self.resources = resources
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.pollInterval = pollInterval
    }
}

/// The answer to a device (RFC 8628 §3.2).
public struct DeviceAuthorizationResponse: Sendable, Equatable {
    /// What the device polls with.
    public var deviceCode: OpaqueToken
    /// What its user types.
    public var userCode: UserCode
    /// Seconds.
    public var expiresIn: Int
    /// Seconds.
    public var interval: Int
}

/// Devices that wait for their users.
public protocol DeviceStore: Sendable {
    /// Writes an authorization. False, and nothing is written, when another one that may still be decided has the same
    /// user code: of two devices with one code nobody could tell whose the user holds.
    func begin(
        _ authorization: DeviceAuthorization, as code: OpaqueToken, userCodeHash: [UInt8]
    ) async throws(OAuthError) -> Bool
    /// The undecided authorization of a user code, which from now on belongs to this user: nobody else who saw or guessed
    /// the code finds or decides it any more (CVE-2026-45337). Nil when there is none, its time is over, or it is another
    /// user's.
    func claim(
        userCodeHash: [UInt8], by user: UserID, at now: Instant
    ) async throws(OAuthError) -> UndecidedDevice?
    /// Writes the user's decision, with the grant if it is one: of any number of callers exactly one decides. False for
    /// the others, and when the time is over. A grant of a session that has ended is born dead.
    func decide(_ device: UndecidedDevice, grant: Grant?, _ record: Record) async throws(OAuthError) -> Bool
    /// What a poll gets, and the poll is remembered (RFC 8628 §3.5).
    func poll(_ code: OpaqueToken, client: ClientID, at now: Instant) async throws(OAuthError) -> DevicePoll
    /// Uses up an approved device code: of any number of callers exactly one gets the grant. Nil for the others, and when
    /// the grant is not alive any more.
    func redeem(
        _ code: OpaqueToken, client: ClientID, grant: GrantID, at now: Instant
    ) async throws(OAuthError) -> (grant: Grant, user: User)?
}

/// An authorization that its user is about to decide on.
public struct UndecidedDevice: Sendable, Equatable {
    /// The partition of its row.
    public var bucket: Bucket
    /// What its row is found by: the hash of the device code.
    public var hash: [UInt8]
    /// Whose decision it is.
    public var userID: UserID
    /// What is asked.
    public var authorization: DeviceAuthorization

    /// An authorization as it was found.
    public init(bucket: Bucket, hash: [UInt8], userID: UserID, authorization: DeviceAuthorization) {
        self.bucket = bucket
        self.hash = hash
        self.userID = userID
        self.authorization = authorization
    }
}

/// What a device hears when it asks for its tokens (RFC 8628 §3.5); the flow must handle each.
public enum DevicePoll: Sendable, Equatable {
    /// The user allowed it; ``DeviceStore/redeem(_:client:grant:at:)`` gives the grant to one caller.
    case approved(GrantID)
    /// The tokens were fetched before.
    case redeemed(GrantID)
    case pending
    /// Asked again too soon: from now on 5 seconds more must lie between two polls.
    case tooSoon
    case denied
    case expired
    /// There is none for this client.
    case unknown
}
