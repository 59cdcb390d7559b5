import Crypto

/// Id and secret from `Authorization: Basic`. RFC 6749 §2.3.1 has both form-encoded, but many clients send them as they
/// are (RFC 7617), so a header with `+` or `%` in it can be read in two ways.
public struct BasicCredentials: Sendable {
    /// The client's id, form-decoded where it can be.
    public let id: String
    /// The client's secret, form-decoded where it can be.
    public let secret: String
    /// Both as they were sent; nil where that is the same.
    public let verbatim: (id: String, secret: String)?

    /// Credentials of a header.
    public init(id: String, secret: String, verbatim: (id: String, secret: String)? = nil) {
        self.id = id
        self.secret = secret
        self.verbatim = verbatim
    }

    /// Each of them is an id with its own secret: the halves of two are never mixed.
    fileprivate var readings: [(id: String, secret: String)] {
        [(id, secret)] + (verbatim.map { [$0] } ?? [])
    }
}

/// What a request brought to prove which client it is (RFC 6749 §2.3).
public struct PresentedCredentials: Sendable {
    /// From `Authorization: Basic`.
    public var basic: BasicCredentials?
    /// The body, where `client_id` and `client_secret` may be.
    public var parameters: Parameters

    /// Credentials of a request.
    public init(basic: BasicCredentials?, parameters: Parameters) {
        self.basic = basic
        self.parameters = parameters
    }
}

/// A client that proved who it is. Only ``OpenIDProvider/authenticate(_:_:)`` makes one, so a flow that asks for it
/// cannot be reached without (CVE-2026-53512, DRUPAL-CONTRIB-2022-002).
public struct AuthenticatedClient: Sendable {
    /// Who it is.
    public let client: Client
    /// The method it used.
    public let method: Client.AuthenticationMethod
    fileprivate init(client: Client, method: Client.AuthenticationMethod) {
        self.client = client
        self.method = method
    }
}

extension OpenIDProvider {
    /// Finds out which client speaks, and refuses everybody else with one and the same `invalid_client`: whether the
    /// client exists does not show (Keycloak #26110).
    ///
    /// A client that has shown who it is may be limited to some addresses: from others it is told so.
    public func authenticate(
        _ credentials: PresentedCredentials, _ trail: Trail
    ) async throws(OAuthError) -> AuthenticatedClient {
        try credentials.parameters.refuseRepeats()
        let claims = try ClientClaim.claims(in: credentials)
        guard let guessed = claims.first(where: \.canBeGuessed)?.id else { return try await proven(claims, trail) }
        // Counted for each client and address, and for unknown clients alike.
        let subject = "\(guessed.text) \(trail.network)"
        let admission = try await secretThrottle.admit(account: subject, address: nil, at: surroundings.now)
        if case .wait(let seconds) = admission { throw .tooManySecrets(retryAfter: seconds) }
        do {
            let client = try await proven(claims, trail)
            secretThrottle.forgive(account: subject, address: nil)
            return client
        } catch {
            if error.code == .invalidClient {
                secretThrottle.confirm(account: subject, address: nil, at: surroundings.now())
            } else {
                secretThrottle.withdraw(account: subject, address: nil)
            }
            throw error
        }
    }

    private func proven(
        _ claims: [ClientClaim], _ trail: Trail
    ) async throws(OAuthError) -> AuthenticatedClient {
        for claim in claims {
            guard let registered = try await stores.clients.client(claim.id, at: trail.now),
                let client = proven(claim, by: registered, at: trail.now)
            else { continue }
            guard isAllowed(client.client, from: trail.address) else {
                throw OAuthError(.unauthorizedClient, "This client may not be used from this address.")
            }
            return client
        }
        throw .unknownClient
    }

    /// Finds out which client speaks where a name is not enough: a public client has nothing to prove that it is itself
    /// (RFC 6749 §2.3), so it is nobody here.
    func authenticateBySecret(
        _ credentials: PresentedCredentials, _ trail: Trail
    ) async throws(OAuthError) -> AuthenticatedClient {
        let client = try await authenticate(credentials, trail)
        guard client.method != .none else { throw .unknownClient }
        return client
    }

    /// Refuses a client that is over its limit by what memory knows of it: a flood costs neither a question to the
    /// database nor a signature. Everybody else, strangers with its name among them, is none the wiser.
    func refuseSpent(
        _ route: RateLimit.Route, _ credentials: PresentedCredentials, _ trail: Trail
    ) throws(OAuthError) {
        try credentials.parameters.refuseRepeats()
        for claim in try ClientClaim.claims(in: credentials) {
            guard let refusal = limits.refusal(route, .client, claim.id.text, at: trail.now),
                let registered = stores.clients.remembered(claim.id, at: trail.now),
                let client = proven(claim, by: registered, at: trail.now),
                isAllowed(client.client, from: trail.address)
            else { continue }
            throw refusal
        }
    }

    private func isAllowed(_ client: Client, from address: String) -> Bool {
        client.allowedRanges.isEmpty || addresses.contains(address, in: client.allowedRanges)
    }

    /// The client that a request claims to be; nil when it did not prove it.
    private func proven(
        _ claim: ClientClaim, by registered: RegisteredClient, at now: Instant
    ) -> AuthenticatedClient? {
        let client = registered.client
        guard claim.method.isAllowed(for: client) else { return nil }
        if let secret = claim.secret {
            let hash = master.hash(ofClientSecret: secret)
            // Every live secret is compared, so that the time tells nothing of which one it was.
            var match: ClientSecret?
            for stored in registered.secrets where stored.isLive(at: now) {
                if constantTimeEquals(stored.hash, hash) { match = stored }
            }
            guard let match else { return nil }
            secretUses.note(match.id, at: now)
        }
        return AuthenticatedClient(client: client, method: claim.method)
    }
}

/// Which client a request claims to be, and by which method: exactly one (RFC 6749 §2.3, CVE-2026-118669).
private struct ClientClaim {
    let id: ClientID
    let method: Client.AuthenticationMethod
    let secret: String?

    /// Whether somebody may have chosen the secret. Those that are made here have 256 random bits (RFC 6749 §10.10), and a
    /// service that has not heard of its new one is not to be slowed down with all the others behind its address.
    var canBeGuessed: Bool {
        guard let secret else { return false }
        return !(secret.hasPrefix(ClientSecret.prefix) && secret.utf8.count == ClientSecret.prefix.utf8.count + 43)
    }

    /// What the request claims: one thing, in each way in which its credentials can be read.
    static func claims(in credentials: PresentedCredentials) throws(OAuthError) -> [ClientClaim] {
        let parameters = credentials.parameters
        for name in ["client_assertion", "client_assertion_type"] where parameters[name] != nil {
            throw OAuthError(
                .invalidClient, "The parameter '\(name)' is not supported: no client here authenticates so.",
                parameter: name)
        }
        if let basic = credentials.basic {
            guard parameters["client_secret"] == nil else {
                throw OAuthError(
                    .invalidRequest, "The client authenticates twice: by header and by the parameter 'client_secret'.",
                    parameter: "client_secret")
            }
            let named = parameters["client_id"]
            let readings = basic.readings.filter { named == nil || named == $0.id }
            guard !readings.isEmpty else {
                throw OAuthError(
                    .invalidRequest, "The parameter 'client_id' names another client than the header.",
                    parameter: "client_id")
            }
            // Without a secret it only names a public client, as oidc-agent does (RFC 6749 §2.3.1: an empty one may be
            // left out).
            return readings.map { reading in
                let secret = reading.secret.isEmpty ? nil : reading.secret
                return ClientClaim(id: ClientID(reading.id), method: secret == nil ? .none : .basic, secret: secret)
            }
        }
        guard let named = parameters["client_id"] else {
            throw OAuthError(
                .invalidClient, "The client must authenticate: no Authorization header, no 'client_id'.",
                parameter: "client_id")
        }
        // An empty one counts as left out (RFC 6749 §3.2): oidc-agent sends one for public clients.
        let secret = parameters["client_secret"]
        return [ClientClaim(id: ClientID(named), method: secret == nil ? .none : .post, secret: secret)]
    }
}

extension Client.AuthenticationMethod {
    /// Whether the client may use this method. A confidential client never passes without a secret, whatever is
    /// registered (CVE-2026-44476); a public one has none to show.
    fileprivate func isAllowed(for client: Client) -> Bool {
        switch client.kind {
        case .public: self == .none
        case .confidential:
            self != .none && (client.authenticationMethod == nil || client.authenticationMethod == self)
        }
    }
}

extension GuessThrottle.Policy {
    /// For secrets of clients (RFC 6749 §2.3.1): a hundred wrong ones of one client from one address, then growing waits.
    public static var clientSecrets: GuessThrottle.Policy {
        var policy = GuessThrottle.Policy()
        policy.freePerAccount = 100
        return policy
    }
}

extension OAuthError {
    fileprivate static func tooManySecrets(retryAfter seconds: Int) -> OAuthError {
        OAuthError(
            .tooManyRequests, "Too many wrong secrets of this client came from this address.",
            parameter: "client_secret",
            retryAfter: seconds)
    }

    /// The one answer to failed client authentication.
    static var unknownClient: OAuthError {
        OAuthError(.invalidClient, "Client authentication failed.", parameter: "client_id")
    }
}
