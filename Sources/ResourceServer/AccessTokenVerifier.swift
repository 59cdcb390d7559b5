public import HTTP
internal import JOSE

/// Guards the routes of a service with the access tokens of one issuer (RFC 9068, RFC 6750).
///
/// ```swift
/// let verifier = try AccessTokenVerifier(issuer: "https://id.example", audience: "https://api.example")
///
/// func contracts(_ request: Request) async -> Response {
///     do {
///         let token = try await verifier.admit(request, requiring: ["contracts:read"])
///         return list(of: token.subject)
///     } catch {
///         return verifier.response(to: error)
///     }
/// }
/// ```
///
/// One for the whole program, used from any task. Tokens are verified offline, by the keys that the issuer publishes;
/// they are read when they are first needed, again before they grow old, and when a token names one that is not among
/// them.
public final class AccessTokenVerifier: Sendable {
    /// What a token must be.
    public let rules: AccessTokenRules
    private let issuer: IssuerCache
    private let introspection: Introspection?
    private let clocks: Clocks

    /// A verifier of the issuer's tokens for one audience, over a ``GuardedTransport`` of its own.
    ///
    /// - Parameters:
    ///   - issuer: exactly as `iss` has it.
    ///   - audience: what this service is called in `aud`.
    ///   - introspection: whether the issuer is asked about each token, too.
    ///   - notice: hears of the issuer's keys and outages; it must not block.
    /// - Throws: ``SetupFault``, or what the process has too little of for two threads.
    public convenience init(
        issuer: String, audience: String, introspection: IntrospectionPolicy? = nil,
        notice: @escaping @Sendable (IssuerNotice) -> Void = { _ in }
    ) throws {
        let issuer = try TrustedIssuer(issuer)
        let rules = AccessTokenRules(issuer: issuer, audience: try ExpectedAudience(audience))
        self.init(rules, over: try GuardedTransport(to: issuer), introspection: introspection, notice: notice)
    }

    /// A verifier by these rules.
    ///
    /// - Parameters:
    ///   - transport: how the issuer is reached.
    ///   - introspection: whether the issuer is asked about each token, too.
    ///   - notice: hears of the issuer's keys and outages; it must not block.
    public convenience init(
        _ rules: AccessTokenRules, over transport: any IssuerTransport, caching: KeyCaching = KeyCaching(),
        introspection: IntrospectionPolicy? = nil, notice: @escaping @Sendable (IssuerNotice) -> Void = { _ in }
    ) {
        self.init(
            rules, over: transport, caching: caching, introspection: introspection, notice: notice, clocks: .system)
    }

    init(
        _ rules: AccessTokenRules, over transport: any IssuerTransport, caching: KeyCaching,
        introspection: IntrospectionPolicy?, notice: @escaping @Sendable (IssuerNotice) -> Void, clocks: Clocks
    ) {
        let reader = IssuerReader(issuer: rules.issuer, transport: transport)
        self.rules = rules
        self.clocks = clocks
        issuer = IssuerCache(reader, caching, uptime: clocks.uptime, notice: notice)
        self.introspection = introspection.map { Introspection($0, reader, uptime: clocks.uptime, notice: notice) }
    }

    /// The token of a request, when it has one that is good for these scopes.
    ///
    /// - Parameter scopes: all of them are required.
    /// - Throws: ``AccessRefusal``, which ``response(to:)`` makes an answer of.
    public func admit(
        _ request: Request, requiring scopes: [String] = []
    ) async throws(AccessRefusal) -> VerifiedAccessToken {
        try await verify(try BearerToken(request).text, requiring: scopes)
    }

    /// A token, when it is good for these scopes.
    ///
    /// - Parameter scopes: all of them are required.
    /// - Throws: ``AccessRefusal``: `.invalidToken`, `.insufficientScope` or `.unavailable`.
    public func verify(
        _ token: String, requiring scopes: [String] = []
    ) async throws(AccessRefusal) -> VerifiedAccessToken {
        let unverified = try refusing { () throws(TokenFault) in try rules.read(token) }
        let known: IssuerSnapshot
        do {
            known = try await issuer.snapshot(for: unverified.header)
        } catch {
            throw .unavailable(error)
        }
        let verified = try refusing { () throws(TokenFault) in
            try rules.judge(unverified, by: known.keys, now: clocks.now())
        }
        if let introspection {
            let isActive: Bool
            do {
                isActive = try await introspection.permits(token, by: known.metadata)
            } catch {
                throw .unavailable(error)
            }
            guard isActive else { throw .invalidToken(.revoked) }
        }
        guard scopes.allSatisfy(verified.has(scope:)) else { throw .insufficientScope(required: scopes) }
        return verified
    }

    /// The answer to a request that is not let in, with the audience as realm.
    public func response(to refusal: AccessRefusal) -> Response {
        refusal.response(realm: rules.audience.names.first ?? "")
    }

    private func refusing<Value>(_ body: () throws(TokenFault) -> Value) throws(AccessRefusal) -> Value {
        do {
            return try body()
        } catch {
            throw .invalidToken(error)
        }
    }
}
