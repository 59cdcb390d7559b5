public import JOSE

/// A registered relying party or service (RFC 6749 §2, RFC 7591 §2).
public struct Client: Sendable, Equatable {
    /// Whether the client can keep a secret (RFC 6749 §2.1).
    public enum Kind: String, Sendable, CaseIterable { case confidential = "CONFIDENTIAL", `public` = "PUBLIC" }

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

        /// Whether there is more of it here than the name.
        public var isServed: Bool { self == .standard || self == .legacy }
    }

    /// `client_id`.
    public var id: ClientID
    /// What people read on the consent page.
    public var name: String
    /// Whether it can keep a secret.
    public var kind: Kind
    /// The rules it lives by.
    public var profile: Profile = .standard
    /// The one method the client named; nil lets a confidential client use basic or post, never both at once.
    public var authenticationMethod: AuthenticationMethod?
    /// Where answers may go, compared as strings.
    public var redirectURIs: [String] = []
    /// Where a logout may lead back to.
    public var postLogoutRedirectURIs: [String] = []
    /// How it is told of logouts.
    public var logout = Logout()
    /// How it may ask for tokens.
    public var grantTypes: Set<GrantType> = [.authorizationCode]
    /// The response types it was registered for by name; nil means those that its grant types are for.
    public var namedResponseTypes: Set<ResponseType>?
    /// What it may ask for.
    public var allowedScopes = ScopeList()
    /// Granted when a request names no scope; nil means all that are allowed, `admin` and `offline_access` apart.
    public var defaultScopes: ScopeList?
    /// False lets a confidential client do without PKCE.
    public var requirePKCE = true
    /// True spares the user the consent page.
    public var firstParty = false
    /// Resource indicators it may name (RFC 8707).
    public var allowedResources: [String] = []
    /// `aud` of tokens for which no resource was named; nil means the issuer.
    public var defaultAudience: String?
    /// Origins beside those of its redirect URIs that may call by CORS.
    public var allowedOrigins: [String] = []
    /// Blocks of addresses it may authenticate from (CIDR); empty for any.
    public var allowedRanges: [String] = []
    /// The tenant it serves; nil serves all.
    public var tenantID: String?
    /// Whether it may introspect tokens of other clients (RFC 7662 §4).
    public var mayIntrospect = false
    /// What its ID tokens are signed with (RFC 7591 `id_token_signed_response_alg`).
    public var idTokenAlgorithm: SigningAlgorithm = .rs256
    /// What its access tokens are signed with. Resource servers must know RS256 (RFC 9068 §2.1); ES256 costs this server
    /// a fraction, where those that read the tokens know it, too.
    public var accessTokenAlgorithm: SigningAlgorithm = .rs256
    /// Its own lifetimes.
    public var lifetimes = Lifetimes()
    /// Whether a refresh token is replaced at each use; those of public clients always are.
    public var refreshRotation = true
    /// Seconds in which a repeated refresh gives the same successor.
    public var refreshGrace = 10
    /// What its tokens and its users' claims have beside the usual.
    public var claimMappings: [ClaimMapping] = []
    /// `client_uri`, `logo_uri`, `policy_uri`, `tos_uri`, `initiate_login_uri`, `contacts` …: shown, not decided by.
    public var presentation: [String: JSON] = [:]
    /// When it was registered.
    public var createdAt: Instant
    /// When it last changed: the version that changes are made against.
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
        /// Of its access tokens.
        public var accessToken: Int?
        /// Of its ID tokens.
        public var idToken: Int?
        /// Idle time of a refresh token.
        public var refreshToken: Int?
        /// Of its authorization codes.
        public var authorizationCode: Int?
        /// How long a login counts for this client: after that its users log in again, and what was granted without
        /// `offline_access` has ended.
        public var session: Int?
        /// The server's lifetimes.
        public init() {}
    }
}

extension Client {
    /// Whether the client refreshes with rotation: public ones always do (RFC 9700 §2.2.2).
    public var rotatesRefreshTokens: Bool { kind == .public || refreshRotation }
    /// Whether PKCE may be left out: only by a confidential client that says so (RFC 9700 §2.1.1).
    public var mustUsePKCE: Bool { kind == .public || requirePKCE }
    /// What it may ask the authorization endpoint for.
    public var responseTypes: Set<ResponseType> { namedResponseTypes ?? ResponseType.usual(for: grantTypes) }
}

/// How a client comes by tokens (RFC 7591 §2): the grant types Martlet serves.
public enum GrantType: String, Sendable, CaseIterable {
    case authorizationCode = "authorization_code"
    case refreshToken = "refresh_token"
    case clientCredentials = "client_credentials"
    /// RFC 8628 §3.4
    case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
    /// Tokens from the authorization endpoint itself (RFC 6749 §4.2); at the token endpoint there is nothing to ask for.
    case implicit
    case password

    /// Whether only clients of the profile `legacy` may use it: RFC 9700 §2.1.2 and §2.4 advise against both.
    public var isLegacy: Bool { self == .implicit || self == .password }
}

/// JWS algorithms Martlet signs with (RFC 7518 §3.1).
public enum SigningAlgorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256"
    case es256 = "ES256"
}
