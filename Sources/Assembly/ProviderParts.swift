internal import Delivery
public import HTTPClient
internal import Names
public import Provider
internal import Web

/// What a provider is put together from beside its stores: what all loops of a process share, and each puts its own
/// stores to it. A server that embeds the provider makes one, as Martlet's own does.
public struct ProviderParts: Sendable {
    /// What the operator decided.
    public let settings: Settings
    /// The signing keys.
    public let keys: KeyRing
    /// The scopes that exist.
    public let scopes: ScopeCatalog
    /// What seals and derives the server's own secrets.
    public let master: MasterKey
    /// Hashes and checks passwords off the loop.
    public let passwords: any PasswordHashing
    /// Where requests may leave to.
    public let egress: EgressGuard
    private let throttle = GuessThrottle()
    private let codeThrottle = GuessThrottle(.userCodes)
    private let factorThrottle = GuessThrottle()
    private let secretThrottle = GuessThrottle(.clientSecrets)
    private let mailAllowance = MailAllowance()
    private let secretUses = SecretUseLedger()
    private let names = UnicodeNameRules()
    private let limits: RateLimiter
    private let customization: Customization

    /// Parts of these keys and scopes, which are the stores' at first.
    ///
    /// - Parameters:
    ///   - limits: how often clients, users and addresses may ask.
    ///   - customization: what the embedding server decides itself.
    public init(
        settings: Settings, keys: KeyRing, scopes: ScopeCatalog, master: MasterKey,
        passwords: any PasswordHashing = ScryptPasswords(), egress: EgressGuard = EgressGuard(),
        limits: RateLimiter = RateLimiter(RateLimit.standard), customization: Customization = Customization()
    ) {
        self.settings = settings
        self.keys = keys
        self.scopes = scopes
        self.master = master
        self.passwords = passwords
        self.egress = egress
        self.limits = limits
        self.customization = customization
    }

    /// The provider over stores; those of PostgreSQL belong to one loop each.
    public func provider(over stores: Stores) -> OpenIDProvider {
        OpenIDProvider(
            settings: settings, stores: stores, keys: keys, scopes: scopes, master: master, throttle: throttle,
            codeThrottle: codeThrottle, factorThrottle: factorThrottle, limits: limits, passwords: passwords,
            secretUses: secretUses, names: names, egress: GuardedEgress(egress), addresses: NetworkRules(),
            surroundings: .system, customization: customization, mailAllowance: mailAllowance,
            secretThrottle: secretThrottle)
    }
}
