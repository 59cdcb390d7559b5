/// Everything an operator can set, each an environment variable and a flag of the same name.
public enum Setting: String, Sendable, CaseIterable {
    case issuer
    case behindTLSProxy = "behind-tls-proxy"
    case listen
    case databaseURL = "database-url"
    case ownerDatabaseURL = "owner-database-url"
    case dataDirectory = "data-dir"
    case keysDirectory = "keys-dir"
    case tlsCertificate = "tls-cert"
    case tlsKey = "tls-key"
    case trustedProxies = "trusted-proxies"
    case adminClientID = "admin-client-id"
    case adminClientSecret = "admin-client-secret"
    case egressAllow = "egress-allow"
    case registration
    case profile
    case registrationProfile = "registration-profile"
    case accessTokenTTL = "access-token-ttl"
    case idTokenTTL = "id-token-ttl"
    case refreshTokenTTL = "refresh-token-ttl"
    case authorizationCodeTTL = "authorization-code-ttl"
    case sessionTTL = "session-ttl"
    case rateLimits = "rate-limits"
    case maxConnections = "max-connections"
    case maxConnectionsPerAddress = "max-connections-per-address"
    case passwordCost = "password-cost"
    case passwordMemory = "password-memory"
    case passwordMinLength = "password-min-length"
    case signUp = "signup"
    case sendmail
    case mailFrom = "mail-from"
    case mailTemplates = "mail-templates"
    case authorizationDetailsTypes = "authorization-details-types"
    case demo
    case log

    /// What every variable begins with.
    static let prefix = "MARTLET_"

    /// `MARTLET_DATABASE_URL`.
    public var variable: String {
        Self.prefix + String(rawValue.map { $0 == "-" ? "_" : Character($0.uppercased()) })
    }

    /// `--database-url`.
    public var flag: String { "--" + rawValue }

    /// The setting of this variable; nil when there is none.
    init?(variable: String) {
        guard let setting = Self.allCases.first(where: { $0.variable == variable }) else { return nil }
        self = setting
    }

    /// Whether it is on or off: its flag may then stand alone and means `1`.
    var isSwitch: Bool { self == .behindTLSProxy || self == .demo }

    /// The value without any; nil when there is none, and `ifUnset` says what that means.
    var standard: String? {
        switch self {
        case .issuer: "http://127.0.0.1:8080"
        case .behindTLSProxy, .demo: "0"
        case .listen: "127.0.0.1:8080"
        case .dataDirectory: ".martlet"
        case .keysDirectory: "keys"
        case .registration: "token"
        case .profile, .registrationProfile: "default"
        case .accessTokenTTL, .idTokenTTL: "3600"
        case .refreshTokenTTL: "2592000"
        case .authorizationCodeTTL: "60"
        case .sessionTTL: "43200"
        case .maxConnections: "10000"
        case .maxConnectionsPerAddress: "1024"
        case .passwordCost: "17"
        case .passwordMemory: "512"
        case .passwordMinLength: "12"
        case .signUp: "on"
        case .log: "info"
        default: nil
        }
    }

    /// What it means that the setting has no value.
    var ifUnset: String {
        switch self {
        case .databaseURL: "embedded"
        case .ownerDatabaseURL: "the same as \(Setting.databaseURL.variable)"
        case .adminClientID, .adminClientSecret: "made at the first start"
        case .rateLimits: "built in"
        case .sendmail: "mail becomes files in the data directory"
        case .mailFrom: "no-reply at the issuer's host"
        case .mailTemplates: "built in"
        default: "none"
        }
    }

    /// Settings of features that this version does not have yet; all but their defaults are refused.
    var isReserved: Bool {
        switch self {
        case .registration, .authorizationDetailsTypes: true
        default: false
        }
    }

    /// One line for `help` and `config`.
    public var summary: String {
        switch self {
        case .issuer: "exact iss of every token; anything but loopback must be https"
        case .behindTLSProxy: "1: TLS ends at a trusted proxy, an https issuer needs no certificate here"
        case .listen: "host:port or [v6]:port"
        case .databaseURL: "libpq connection string, several hosts included; without it the server runs its own"
        case .ownerDatabaseURL: "connection of the role that owns the schema"
        case .dataDirectory: "where the embedded database lives, and mail that does not leave"
        case .keysDirectory: "master key and imported PEM keys; mode 0700"
        case .tlsCertificate: "PEM certificate chain, leaf first"
        case .tlsKey: "its unencrypted PEM key"
        case .trustedProxies: "addresses and CIDRs whose X-Forwarded-For and X-Forwarded-Proto are believed"
        case .adminClientID: "client_id of the bootstrap administrator"
        case .adminClientSecret: "its client_secret"
        case .egressAllow: "hosts and CIDRs that requests may leave to beside public https"
        case .registration: "dynamic registration: off, token, open"
        case .profile: "rules of a client that names none: default or legacy"
        case .registrationProfile: "the same for dynamically registered clients"
        case .accessTokenTTL: "seconds that an access token lives, 1 to 2592000 (30 days)"
        case .idTokenTTL: "seconds that an ID token lives, 1 to 2592000"
        case .refreshTokenTTL: "seconds that a refresh token may lie unused, 1 to 34560000 (400 days)"
        case .authorizationCodeTTL: "seconds that an authorization code lives, 1 to 600"
        case .sessionTTL: "seconds that a login session lives, 60 to 34560000"
        case .rateLimits: "route:subject=rate/burst, … (replaces what is built in), or off"
        case .maxConnections: "connections in all"
        case .maxConnectionsPerAddress: "connections from one address (of IPv6: from one /64), trusted proxies apart"
        case .passwordCost: "log2 of scrypt's N for new password hashes, 14 to 20; one takes 2^(cost-10) MiB"
        case .passwordMemory: "MiB that password hashing may take at once"
        case .passwordMinLength: "fewest characters of a password, 8 to 64"
        case .signUp: "on or off: whether people may make accounts for themselves"
        case .sendmail: "path of the program that takes outgoing mail, such as /usr/sbin/sendmail"
        case .mailFrom: "whom mail is from: address, or Name <address>"
        case .mailTemplates: "directory of files that take the place of the built-in mail templates"
        case .authorizationDetailsTypes: "RFC 9396 types accepted"
        case .demo: "1: makes the demo client and user"
        case .log: "error, warning, info or debug"
        }
    }
}
