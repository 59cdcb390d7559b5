public import JOSE

/// Up to where clients, their scopes and their secrets have changed. Who asks for it in time need not wait for it in the
/// order of things: which client it is may turn out meanwhile.
public struct ClientChanges: Sendable, Equatable {
    /// Another after every change.
    public var stamp: String
    /// Changes up to this stamp.
    public init(stamp: String) { self.stamp = stamp }
}

extension ClientStore {
    /// The client with its live secrets; nil when there is none.
    public func client(_ id: ClientID, at now: Instant) async throws(OAuthError) -> RegisteredClient? {
        try await client(id, at: now, asOf: try await changes())
    }
}

/// Clients and their secrets. Each act is atomic and writes its record in the same transaction.
public protocol ClientStore: Sendable {
    /// Up to where clients have changed, for ``client(_:at:asOf:)``.
    func changes() async throws(OAuthError) -> ClientChanges
    /// The client with its live secrets, with all changes up to these at least; nil when there is none.
    func client(
        _ id: ClientID, at now: Instant, asOf changes: ClientChanges
    ) async throws(OAuthError) -> RegisteredClient?
    /// What memory has of a client, perhaps of before its last change: for what may be otherwise a moment later.
    func remembered(_ id: ClientID, at now: Instant) -> RegisteredClient?
    /// Registers a client with its first secret, if it has one.
    ///
    /// - Throws: `conflict` when the id is taken.
    func register(_ client: Client, secret: ClientSecret?, _ record: Record) async throws(OAuthError)
    /// Replaces a client as it was read: nothing happens, and the answer is false, when it has changed since
    /// (`replaced.updatedAt` no longer stands) or is gone.
    func replace(_ replaced: Client, by client: Client, _ record: Record) async throws(OAuthError) -> Bool
    /// Removes a client. Its secrets, consents and grants end in the same moment, so every token of it is dead.
    func delete(_ id: ClientID, _ record: Record) async throws(OAuthError) -> Bool
    /// Clients by age, oldest first; only those that the filter lets through.
    func clients(_ filter: ClientFilter, _ page: PageRequest) async throws(OAuthError) -> Page<Client>
    /// Whether a public client has this origin among its ``Client/origins``.
    func hasPublicClient(at origin: String) async throws(OAuthError) -> Bool

    /// Adds a secret. Secrets without an end get `previousExpiresAt`; those with one keep it. Nil when the client is
    /// gone; else the end of the newest of the previous secrets.
    func rotateSecret(
        _ secret: ClientSecret, previousExpiresAt: Instant, _ record: Record
    ) async throws(OAuthError) -> SecretRotation?
    /// Live secrets, oldest first.
    func secrets(of id: ClientID, at now: Instant) async throws(OAuthError) -> [ClientSecret]
    /// Ends one secret at once. The current one (without an end) may go too: the client is then without a secret.
    func removeSecret(_ id: SecretID, of client: ClientID, _ record: Record) async throws(OAuthError) -> Bool
    /// Adds to the use counts: at most one update a secret, in id order so that flushes of several nodes never
    /// deadlock.
    func noteUses(_ uses: [SecretUse]) async throws(OAuthError)
}

/// Which clients a list shows: those that match in everything that is given.
public struct ClientFilter: Sendable, Equatable {
    /// The one of this id.
    public var id: ClientID?
    /// Those of this tenant.
    public var tenantID: String?
    /// Those of this kind.
    public var kind: Client.Kind?
    /// Those that are allowed every one of these scopes.
    public var allowedScopes = ScopeList()
    /// Those that are registered for one of these grant types at least; all when it is empty.
    public var grantTypes: Set<GrantType> = []
    /// All clients.
    public init() {}
}

/// What a rotation did to the secrets before.
public struct SecretRotation: Sendable, Equatable {
    /// When the last of the earlier secrets stops working; nil when there was none.
    public var previousExpiresAt: Instant?
    /// The outcome of a rotation.
    public init(previousExpiresAt: Instant?) { self.previousExpiresAt = previousExpiresAt }
}

/// Uses of one secret since the last flush.
public struct SecretUse: Sendable, Equatable {
    /// Which secret.
    public var secretID: SecretID
    /// How many uses.
    public var count: Int64
    /// The last of them.
    public var lastUsedAt: Instant
    /// Uses of one secret.
    public init(secretID: SecretID, count: Int64, lastUsedAt: Instant) {
        self.secretID = secretID
        self.count = count
        self.lastUsedAt = lastUsedAt
    }
}

/// Scopes that exist.
public protocol ScopeStore: Sendable {
    /// All of them, by name.
    func scopes() async throws(OAuthError) -> [Scope]
    /// A page of them, by name.
    func scopes(_ page: PageRequest) async throws(OAuthError) -> Page<Scope>
    /// The scope of this name.
    func scope(_ name: String) async throws(OAuthError) -> Scope?
    /// Adds a scope. False when there is one of its name.
    func create(_ scope: Scope, _ record: Record) async throws(OAuthError) -> Bool
    /// Replaces the descriptions of a scope. False when there is none of its name.
    func replace(_ scope: Scope, _ record: Record) async throws(OAuthError) -> Bool
    /// Removes a scope. One that a client may have or a standing consent names is left alone, unless by force: then no
    /// client may have it any more, consents are narrowed by it and end with the last of their scopes, and grants and
    /// tokens that have it are dead, all in one transaction that tells of each.
    func delete(_ name: String, force: Bool, _ record: Record) async throws(OAuthError) -> ScopeDeletion
}

/// What became of a scope that was to be removed.
public enum ScopeDeletion: Sendable, Equatable {
    /// It is gone.
    case deleted
    /// So many clients may have it, and so many consents to it stand; nothing was changed.
    case inUse(clients: Int, consents: Int)
    /// There is none.
    case unknown
}

/// Signing keys.
public protocol KeyStore: Sendable {
    /// All that are not retired, oldest first.
    func keys() async throws(OAuthError) -> [SigningKeyRecord]
    /// The public half of a key by its `kid`, also of one that is retired; nil when there has never been one.
    func publicKey(_ kid: String) async throws(OAuthError) -> JWK?
    /// Adds a key; a `kid` that exists already is `conflict`.
    func add(_ key: SigningKeyRecord, _ record: Record) async throws(OAuthError)
    /// Adds a key only if there is no live one of its algorithm: of several servers starting on an empty database one
    /// wins. False for the others.
    func addFirst(_ key: SigningKeyRecord, _ record: Record) async throws(OAuthError) -> Bool
}
