internal import Configuration
internal import Delivery
internal import HTTPClient
internal import Names
internal import Postgres
internal import Provider
internal import Storage
internal import Web

/// What the loops share of the provider; each puts its own database beside it.
struct ProviderParts: Sendable {
    let settings: Settings
    let keys: KeyRing
    let scopes: ScopeCatalog
    let master: MasterKey
    let throttle = LoginThrottle()
    let codeThrottle = LoginThrottle(.userCodes)
    let factorThrottle = LoginThrottle()
    let mailAllowance = MailAllowance()
    let passwords: ScryptPasswords
    let secretUses = SecretUseLedger()
    let names = UnicodeNameRules()
    let egress: EgressGuard
    let limits: RateLimiter

    /// The provider over one loop's database.
    func provider(on database: Database) -> OpenIDProvider {
        OpenIDProvider(
            settings: settings, stores: Stores(on: database), keys: keys, scopes: scopes, master: master,
            throttle: throttle, codeThrottle: codeThrottle, factorThrottle: factorThrottle, limits: limits,
            passwords: passwords, secretUses: secretUses, names: names, egress: GuardedEgress(egress),
            addresses: NetworkRules(), surroundings: .system, mailAllowance: mailAllowance)
    }
}
