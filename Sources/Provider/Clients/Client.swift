public import JOSE

/// A registered relying party or service (RFC 6749 §2, RFC 7591 §2).
public struct Client: Sendable, Equatable {
    /// Whether the client can keep a secret (RFC 6749 §2.1).
    public enum Kind: String, Sendable { case confidential = "CONFIDENTIAL", `public` = "PUBLIC" }

    /// How the client proves who it is at the token endpoint (RFC 7591 §2).
    public enum AuthenticationMethod: String, Sendable, CaseIterable {
        case basic = "client_secret_basic"
        case post = "client_secret_post"
        case none
    }

    /// The rules the client lives by.
    public enum Profile: String, Sendable, CaseIterable {
        case standard = "default"
        case oauth21
        case fapi2Security = "fapi2-security"
        case fapi2MessageSigning = "fapi2-message-signing"
        case legacy
    }

    public var id: ClientID
    public var name: String
    public var kind: Kind
    public var profile: Profile = .standard
    /// The one method the client named; nil lets a confidential client use basic or post, never both at once.
    public var authenticationMethod: AuthenticationMethod?
    public var redirectURIs: [String] = []
    public var postLogoutRedirectURIs: [String] = []
    public var grantTypes: Set<GrantType> = [.authorizationCode]
    public var allowedScopes = ScopeList()
    /// Granted when a request names no scope; nil means all that are allowed, `admin` and `offline_access` apart.
    public var defaultScopes: ScopeList?
    public var requirePKCE = true
    /// True spares the user the consent page.
    public var firstParty = false
    public var allowedResources: [String] = []
    public var defaultAudience: String?
    public var allowedOrigins: [String] = []
    public var tenantID: String?
    /// Whether it may introspect tokens of other clients (RFC 7662 §4).
    public var mayIntrospect = false
    public var idTokenAlgorithm: SigningAlgorithm = .rs256
    public var lifetimes = Lifetimes()
    /// Whether a refresh token is replaced at each use; those of public clients always are.
    public var refreshRotation = true
    /// Seconds in which a repeated refresh gives the same successor.
    public var refreshGrace = 10
    /// `client_uri`, `logo_uri`, `policy_uri`, `tos_uri`, `initiate_login_uri`, `contacts` …: shown, not decided by.
    public var presentation: [String: JSON] = [:]
    public var createdAt: Instant
    public var updatedAt: Instant

    /// A client of this kind with nothing allowed yet.
    public init(id: ClientID, name: String, kind: Kind, createdAt: Instant) {
        self.id = id
        self.name = name
        self.kind = kind
        self.createdAt = createdAt
        self.updatedAt = createdAt
    }

    /// Lifetimes in seconds; nil means the server's.
    public struct Lifetimes: Sendable, Equatable {
        public var accessToken: Int?
        public var idToken: Int?
        /// Idle time of a refresh token.
        public var refreshToken: Int?
        public init() {}
    }
}

extension Client {
    /// Whether the client refreshes with rotation: public ones always do (RFC 9700 §2.2.2).
    public var rotatesRefreshTokens: Bool { kind == .public || refreshRotation }
    /// Whether PKCE may be left out: only by a confidential client that says so (RFC 9700 §2.1.1).
    public var mustUsePKCE: Bool { kind == .public || requirePKCE }
}

/// How tokens are asked for at the token endpoint: the `grant_type` values Martlet serves.
public enum GrantType: String, Sendable, CaseIterable {
    case authorizationCode = "authorization_code"
    case refreshToken = "refresh_token"
    case clientCredentials = "client_credentials"
}

/// JWS algorithms Martlet signs with (RFC 7518 §3.1).
public enum SigningAlgorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256"
    case es256 = "ES256"
}
