/// What the operator decided about the protocol; the same for every request.
public struct Settings: Sendable {
    /// Exact `iss`: the only base that links and tokens are ever built from, never a request's Host.
    public var issuer: String
    /// The server's lifetimes, where a client has none of its own.
    public var lifetimes = Lifetimes()
    /// The rules a client gets that names none.
    public var profile = Client.Profile.standard
    /// What passwords must be.
    public var passwords = PasswordPolicy()
    /// Whether people may make accounts for themselves.
    public var isSignUpOpen = true
    /// How much mail there may be.
    public var mail = MailLimits()
    /// How many applications for clients there may be, and how long.
    public var applications = ApplicationLimits()
    /// A client that is there to be tried, for the examples of the landing page; nil where each has to bring its own.
    public var exampleClient: ClientID?

    /// The settings of the issuer at this URL, without a trailing slash.
    public init(issuer: String) { self.issuer = issuer }

    /// Whether cookies and pages may count on TLS.
    public var isSecure: Bool { issuer.hasPrefix("https://") }

    /// Lifetimes in seconds.
    public struct Lifetimes: Sendable {
        /// From the redirect to the code's redemption.
        public var code = 60
        /// Of an access token.
        public var accessToken = 3600
        /// Of an ID token.
        public var idToken = 3600
        /// Longest time between two uses of a refresh token.
        public var refreshTokenIdle = 30 * 86_400
        /// Longest life of a grant whatever its use: no partition is kept longer.
        public var refreshTokenMaximum = 400 * 86_400
        /// Of a login session, whatever its use.
        public var session = 12 * 3600
        /// How long a request waits for its user.
        public var parkedRequest = 600
        /// How long a device waits for its user (RFC 8628 §3.2): at most 3,600.
        public var deviceCode = 600
        /// Between two polls of a device (RFC 8628 §3.2).
        public var devicePoll = 5
        /// Of a mailed link that sets a new password.
        public var passwordReset = 1800
        /// Of a mailed link that confirms an address.
        public var emailVerification = 86_400
        /// The defaults of the contract.
        public init() {}
    }
}
