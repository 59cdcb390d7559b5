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
    /// Clients and their secrets.
    public var clients: any ClientStore
    /// Scopes that exist.
    public var scopes: any ScopeStore
    /// Signing keys.
    public var keys: any KeyStore
    /// Users.
    public var users: any UserStore
    /// What users have beside their passwords.
    public var factors: any FactorStore
    /// Users' passkeys.
    public var passkeys: any PasskeyStore
    /// Login sessions.
    public var sessions: any SessionStore
    /// What users allowed.
    public var consents: any ConsentStore
    /// Requests that wait for their user.
    public var parked: any ParkedRequestStore
    /// Grants and codes.
    public var codes: any CodeStore
    /// Devices that wait for their users.
    public var devices: any DeviceStore
    /// Access and refresh tokens.
    public var tokens: any TokenStore
    /// Tokens as operators and their owners see them.
    public var issued: any IssuedTokenStore
    /// The audit log.
    public var audit: any AuditStore
    /// The outbox.
    public var events: any EventStore
    /// Who is told of events.
    public var webhooks: any WebhookStore
    /// Mail on its way out.
    public var mails: any MailStore
    /// Links that were mailed.
    public var links: any AccountLinkStore
    /// Who is told of logouts.
    public var logouts: any LogoutStore
    /// Clients that people ask for.
    public var applications: any ApplicationStore

    /// These stores.
    public init(
        clients: any ClientStore, scopes: any ScopeStore, keys: any KeyStore, users: any UserStore,
        factors: any FactorStore, passkeys: any PasskeyStore, sessions: any SessionStore,
        consents: any ConsentStore, parked: any ParkedRequestStore,
        codes: any CodeStore, devices: any DeviceStore, tokens: any TokenStore, issued: any IssuedTokenStore,
        audit: any AuditStore, events: any EventStore, webhooks: any WebhookStore, mails: any MailStore,
        links: any AccountLinkStore, logouts: any LogoutStore, applications: any ApplicationStore
    ) {
        self.clients = clients
        self.scopes = scopes
        self.keys = keys
        self.users = users
        self.factors = factors
        self.passkeys = passkeys
        self.sessions = sessions
        self.consents = consents
        self.parked = parked
        self.codes = codes
        self.devices = devices
        self.tokens = tokens
        self.issued = issued
        self.audit = audit
        self.events = events
        self.webhooks = webhooks
        self.mails = mails
        self.links = links
        self.logouts = logouts
        self.applications = applications
    }
}
