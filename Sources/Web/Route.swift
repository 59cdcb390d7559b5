import HTTP
import Provider

/// One line of the site map: what is served where, and how its errors look.
struct Route: Sendable {
    typealias Handler = @Sendable (Exchange) async throws(OAuthError) -> Response

    /// What kind of caller a route has. It decides how errors are rendered and what stands in the header fields.
    enum Kind: Sendable, Equatable {
        /// A person: errors are pages.
        case page
        /// Documents that everybody may read and keep for a while.
        case document
        /// Clients that authenticate themselves: 401 asks for Basic.
        case clientEndpoint
        /// Callers with an access token of this scope: 401 and 403 say so (RFC 6750 §3).
        case bearerEndpoint(scope: String)
        /// Callers that may administer: credentials are checked before the body.
        case management
        /// The same, and users with a token of scope `account` for what is theirs.
        case sharedManagement
        /// Programs that need no credentials: what people do who have no account or no password yet.
        case openEndpoint
        /// Monitoring.
        case operations

        /// Whether callers prove who they are before anybody looks at the body.
        var asksCredentialsFirst: Bool { self == .management || self == .sharedManagement }
    }

    /// What a body may be; anything else is 415.
    enum Body: Sendable {
        case none, form, formOrJSON, json
    }

    let method: Method
    /// The path as documentation writes it.
    let pattern: String
    /// What metrics and logs call it: the pattern, or one name for many files.
    let name: String
    let kind: Kind
    let body: Body
    let crossOrigin: CrossOrigin.Policy
    /// As what requests are counted by address.
    let limit: RateLimit.Route?
    let handler: Handler

    init(
        _ method: Method, _ pattern: String, _ kind: Kind, name: String? = nil, body: Body = .none,
        crossOrigin: CrossOrigin.Policy = .nobody, limit: RateLimit.Route? = nil, _ handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.name = name ?? pattern
        self.kind = kind
        self.body = body
        self.crossOrigin = crossOrigin
        self.limit = limit
        self.handler = handler
    }

    /// Bytes that the content of a request may have.
    var bodyLimit: Int {
        kind.asksCredentialsFirst ? Self.managementBodyLimit : Self.defaultBodyLimit
    }

    static let defaultBodyLimit = 64 * 1024
    static let managementBodyLimit = 1024 * 1024
}
