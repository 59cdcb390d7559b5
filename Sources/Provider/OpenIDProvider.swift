/// The provider: everything that answers a request needs, in one value. Its flows are extensions, each in the folder
/// of its feature. Each loop has one of its own over that loop's stores; what must be shared is a reference inside.
public struct OpenIDProvider: Sendable {
    public let settings: Settings
    public let stores: Stores
    public let keys: KeyRing
    public let scopes: ScopeCatalog
    public let master: MasterKey
    public let throttle: LoginThrottle
    public let passwords: any PasswordHashing
    public let secretUses: SecretUseLedger
    public let names: any NameRules
    public let egress: any EgressRules
    public let surroundings: Surroundings

    /// A provider of these parts.
    public init(
        settings: Settings, stores: Stores, keys: KeyRing, scopes: ScopeCatalog, master: MasterKey,
        throttle: LoginThrottle, passwords: any PasswordHashing, secretUses: SecretUseLedger,
        names: any NameRules, egress: any EgressRules, surroundings: Surroundings
    ) {
        self.settings = settings
        self.stores = stores
        self.keys = keys
        self.scopes = scopes
        self.master = master
        self.throttle = throttle
        self.passwords = passwords
        self.secretUses = secretUses
        self.names = names
        self.egress = egress
        self.surroundings = surroundings
    }
}
