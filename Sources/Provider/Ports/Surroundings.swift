import Crypto

/// What the provider takes from the world beside its stores. Tests put their own in its place.
public struct Surroundings: Sendable {
    /// The time now.
    public var now: @Sendable () -> Instant
    /// That many random bytes fit for secrets.
    public var random: @Sendable (Int) -> [UInt8]

    /// A world with this clock and this randomness.
    public init(now: @escaping @Sendable () -> Instant, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.now = now
        self.random = random
    }
}

/// All stores of the provider, by intent.
public struct Stores: Sendable {
    public var clients: any ClientStore
    public var scopes: any ScopeStore
    public var keys: any KeyStore
    public var users: any UserStore
    public var sessions: any SessionStore
    public var consents: any ConsentStore
    public var parked: any ParkedRequestStore
    public var codes: any CodeStore
    public var tokens: any TokenStore
    public var events: any EventStore
    public var webhooks: any WebhookStore

    /// These stores.
    public init(
        clients: any ClientStore, scopes: any ScopeStore, keys: any KeyStore, users: any UserStore,
        sessions: any SessionStore, consents: any ConsentStore, parked: any ParkedRequestStore,
        codes: any CodeStore, tokens: any TokenStore, events: any EventStore, webhooks: any WebhookStore
    ) {
        self.clients = clients
        self.scopes = scopes
        self.keys = keys
        self.users = users
        self.sessions = sessions
        self.consents = consents
        self.parked = parked
        self.codes = codes
        self.tokens = tokens
        self.events = events
        self.webhooks = webhooks
    }
}
