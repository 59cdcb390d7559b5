public import HTTP
public import HTTPClient
public import HTTPServer
public import Provider

/// What the operator decided, read and checked: what the parts of the server are built from.
public struct Deployment: Sendable {
    /// The exact `iss`.
    public let issuer: Issuer
    /// Where to listen.
    public let listen: ListenAddress
    /// Which database.
    public let database: DatabaseChoice
    /// Where the embedded cluster lives.
    public let dataDirectory: String
    /// Where the master key and imported keys are.
    public let keysDirectory: String
    /// Certificate and key of native TLS.
    public let certificate: CertificateFiles?
    /// Whether TLS ends before this server.
    public let isBehindTLSProxy: Bool
    /// Whose `X-Forwarded-…` is believed.
    public let trustedProxies: [AddressRange]
    /// The bootstrap administrator, as far as the operator chose it.
    public let administrator: AdministratorChoice
    /// Where requests may leave to beside public https.
    public let egressAllow: EgressAllowance
    /// How often somebody may ask; nil for the rules that are built in, empty for none.
    public let rateLimits: [RateLimitRule]?
    /// Connections in all.
    public let maxConnections: Int
    /// Connections from one address.
    public let maxConnectionsPerAddress: Int
    /// Seconds that things live where a client has no lifetimes of its own.
    public let lifetimes: Lifetimes
    /// The rules of a client that names none.
    public let profile: ClientProfile
    /// The same for one that registers itself.
    public let registrationProfile: ClientProfile
    /// Binary logarithm of scrypt's N for new password hashes.
    public let passwordCost: Int
    /// MiB that password hashing may take at once.
    public let passwordMemory: Int
    /// Fewest characters of a password.
    public let passwordMinLength: Int
    /// Whether people may make accounts for themselves.
    public let isSignUpOpen: Bool
    /// Where mail goes, whom it is from and what it says.
    public let mail: MailChoice
    /// Whether the demo client and user are made.
    public let isDemo: Bool
    /// What is logged.
    public let log: LogLevel

    /// The server's own cluster, or one that somebody else runs.
    public enum DatabaseChoice: Sendable, Equatable {
        /// In the data directory.
        case embedded
        /// libpq connection strings of the role that serves and of the one that owns the schema.
        case external(serving: String, owner: String)
    }

    /// PEM files.
    public struct CertificateFiles: Sendable, Equatable {
        /// The chain, leaf first.
        public let certificate: String
        /// The leaf's key.
        public let key: String
    }

    /// Outgoing mail.
    public struct MailChoice: Sendable, Equatable {
        /// The program that takes it; nil where it becomes files.
        public let program: String?
        /// Whom it is from.
        public let sender: MailSender
        /// The directory of the operator's own templates.
        public let templates: String?
    }

    /// Nil where the server chooses.
    public struct AdministratorChoice: Sendable, Equatable {
        /// `client_id`.
        public let clientID: String?
        /// `client_secret`.
        public let clientSecret: String?
    }

    /// In seconds.
    public struct Lifetimes: Sendable, Equatable {
        /// Of access tokens.
        public let accessToken: Int
        /// Of ID tokens.
        public let idToken: Int
        /// Between two uses of a refresh token.
        public let refreshToken: Int
        /// Of authorization codes.
        public let authorizationCode: Int
        /// Of login sessions.
        public let session: Int
    }

    /// Rules for clients, as far as this version has them.
    public enum ClientProfile: String, Sendable, CaseIterable {
        /// Those of RFC 9700.
        case standard = "default"
        /// Also what is advised against.
        case legacy
    }

    /// Reads the settings.
    /// - Throws: `ConfigurationError` for the first that cannot be meant.
    public init(_ given: GivenSettings) throws(ConfigurationError) {
        try ReservedSettings.check(given)
        issuer = try given.issuer()
        listen = try given.listenAddress()
        database = try given.database()
        dataDirectory = try given.text(.dataDirectory)
        keysDirectory = try given.text(.keysDirectory)
        certificate = try given.certificate()
        try given.checkTransport(issuer, hasCertificate: certificate != nil)
        isBehindTLSProxy = try given.isOn(.behindTLSProxy)
        trustedProxies = try given.addressRanges(.trustedProxies)
        administrator = try given.administrator()
        egressAllow = try given.egressAllowance()
        rateLimits = try given.rateLimits()
        maxConnections = try given.number(.maxConnections, in: 1...1_000_000)
        maxConnectionsPerAddress = try given.number(.maxConnectionsPerAddress, in: 1...1_000_000)
        lifetimes = try given.lifetimes()
        profile = try given.clientProfile(.profile)
        registrationProfile = try given.clientProfile(.registrationProfile)
        passwordCost = try given.number(.passwordCost, in: 14...20)
        passwordMemory = try given.passwordMemory(forHashesOf: passwordCost)
        passwordMinLength = try given.number(.passwordMinLength, in: 8...64)
        isSignUpOpen = try given.isSignUpOpen()
        mail = try given.mail(of: issuer)
        isDemo = try given.isOn(.demo)
        log = try given.logLevel()
    }
}

/// How much is logged.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
    /// What an operator must mend.
    case error
    /// What an operator should know.
    case warning
    /// A line for every request and event.
    case info
    /// Connections, too.
    case debug

    /// More urgent first.
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }

    /// 0 for what is most urgent.
    public var rank: Int {
        switch self {
        case .error: 0
        case .warning: 1
        case .info: 2
        case .debug: 3
        }
    }
}
