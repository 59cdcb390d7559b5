/// The provider: everything that answers a request needs, in one value. Its flows are extensions, each in the folder
/// of its feature. Each loop has one of its own over that loop's stores; what must be shared is a reference inside.
public struct OpenIDProvider: Sendable {
    /// What the operator decided.
    public let settings: Settings
    /// What is kept, on this loop's links.
    public let stores: Stores
    /// The signing keys, shared by all loops.
    public let keys: KeyRing
    /// The scopes that exist, shared by all loops.
    public let scopes: ScopeCatalog
    /// What seals and derives the server's own secrets.
    public let master: MasterKey
    /// Slows down password guessing, shared by all loops.
    public let throttle: GuessThrottle
    /// Slows down guessing of devices' user codes, shared by all loops.
    public let codeThrottle: GuessThrottle
    /// Slows down guessing in the second step of a login, shared by all loops.
    public let factorThrottle: GuessThrottle
    /// Slows down guessing of clients' secrets, as far as somebody chose them.
    public let secretThrottle: GuessThrottle
    /// How often clients, users and addresses may ask, shared by all loops.
    public let limits: RateLimiter
    /// Bounds the mail that strangers cause, shared by all loops.
    public let mailAllowance: MailAllowance
    /// Hashes and checks passwords off the loop.
    public let passwords: any PasswordHashing
    /// Counts uses of client secrets, shared by all loops.
    public let secretUses: SecretUseLedger
    /// Unicode's rules for names and passwords.
    public let names: any NameRules
    /// Where requests may leave to.
    public let egress: any EgressRules
    /// Which addresses lie in which blocks.
    public let addresses: any AddressRules
    /// Clock and randomness.
    public let surroundings: Surroundings
    /// What the embedding server decides itself.
    public let customization: Customization

    /// A provider of these parts.
    public init(
        settings: Settings, stores: Stores, keys: KeyRing, scopes: ScopeCatalog, master: MasterKey,
        throttle: GuessThrottle, codeThrottle: GuessThrottle, factorThrottle: GuessThrottle, limits: RateLimiter,
        passwords: any PasswordHashing, secretUses: SecretUseLedger, names: any NameRules, egress: any EgressRules,
        addresses: any AddressRules, surroundings: Surroundings, customization: Customization = Customization(),
        mailAllowance: MailAllowance = MailAllowance(),
        secretThrottle: GuessThrottle = GuessThrottle(.clientSecrets)
    ) {
        self.settings = settings
        self.stores = stores
        self.keys = keys
        self.scopes = scopes
        self.master = master
        self.throttle = throttle
        self.codeThrottle = codeThrottle
        self.factorThrottle = factorThrottle
        self.secretThrottle = secretThrottle
        self.limits = limits
        self.mailAllowance = mailAllowance
        self.passwords = passwords
        self.secretUses = secretUses
        self.names = names
        self.egress = egress
        self.addresses = addresses
        self.surroundings = surroundings
        self.customization = customization
    }
}
