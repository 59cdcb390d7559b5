import JOSE

/// The token endpoint (RFC 6749 §3.2): who asks, what for, and the one mint.
extension OpenIDProvider {
    /// Answers a token request.
    public func token(_ credentials: PresentedCredentials, trail: Trail) async throws(OAuthError) -> TokenResponse {
        try refuseSpent(.token, credentials, trail)
        let client = try await authenticate(credentials, trail)
        try limits.spend(.token, .client, client.client.id.text, at: trail.now)
        var trail = trail
        trail.actor = "client:\(client.client.id.text)"
        switch try TokenRequest(credentials.parameters, for: client.client, knownScopes: scopes.names) {
        case .authorizationCode(let request): return try await redeem(request, client, trail)
        case .refreshToken(let request): return try await refresh(request, client, trail)
        case .deviceCode(let request): return try await redeem(request, client, trail)
        case .clientCredentials(let scopes, let resources):
            let order = MintOrder(
                client: client.client, holder: .client, scopes: scopes, resources: resources,
                grantType: .clientCredentials)
            return try await mint(order, trail)
        case .password(let request): return try await redeem(request, client, trail)
        }
    }
}

/// What a client gets (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).
public struct TokenResponse: Sendable, Equatable {
    /// A signed JWT (RFC 9068).
    public var accessToken: String
    /// Seconds.
    public var expiresIn: Int
    /// What was granted.
    public var scopes: ScopeList
    /// The refresh token, if the client gets one.
    public var refreshToken: String?
    /// A signed JWT, if `openid` was granted.
    public var idToken: String?
}

extension TokenResponse {
    /// The answer's JSON bytes (RFC 6749 §5.1), written straight: this is on the hot path.
    public var json: [UInt8] {
        var writer = JSONWriter(capacity: 2048)
        writer.object { answer in
            answer.member("access_token", accessToken)
            answer.member("token_type", "Bearer")
            answer.member("expires_in", Int64(expiresIn))
            answer.member("scope", scopes.text)
            answer.member("refresh_token", ifPresent: refreshToken)
            answer.member("id_token", ifPresent: idToken)
        }
        return writer.bytes
    }
}
