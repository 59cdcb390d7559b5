import Crypto
import JOSE

/// The refresh token grant (RFC 6749 §6) with rotation (RFC 9700 §4.14.2).
extension OpenIDProvider {
    func refresh(
        _ request: TokenRequest.RefreshRequest, _ client: AuthenticatedClient, _ trail: Trail
    ) async throws(OAuthError) -> TokenResponse {
        guard let presented = OpaqueToken(.refreshToken, presented: request.token) else { throw .unknownRefreshToken }
        try await refuseEarly(request, presented, client, trail)
        let outcome: RefreshOutcome
        let idle = trail.now + lifetime(of: .refreshToken, client: client.client, by: .refreshToken)
        if client.client.rotatesRefreshTokens {
            let rotation = newRotation(of: presented, client.client, idle, trail.now)
            outcome = try await stores.tokens.rotate(rotation)
        } else {
            outcome = try await stores.tokens.touch(
                presented, client: client.client.id, idleExpiresAt: idle, at: trail.now)
        }
        switch outcome {
        case .refreshed(let seed, _, let grant, let user):
            let successor = seed.map { RefreshSuccessor.token(after: presented, seed: $0) }
            let order = try renewal(request, client.client, grant, user, successor ?? presented)
            return try await mint(order, trail)
        case .reused(let grant, let user):
            try await revokeReused(grant, client.client.id, user, .refreshToken, trail)
            throw OAuthError(
                .invalidGrant, "The refresh token was used before; every token of its family is revoked.",
                parameter: "refresh_token")
        case .successorUsed:
            throw OAuthError(
                .invalidGrant, "The refresh token was replaced, and its replacement has been used.",
                parameter: "refresh_token")
        case .dead:
            throw OAuthError(
                .invalidGrant, "The refresh token has expired or was revoked.", parameter: "refresh_token")
        case .wrongClient, .unknown:
            throw .unknownRefreshToken
        }
    }

    /// What is minted for a refreshed grant.
    private func renewal(
        _ request: TokenRequest.RefreshRequest, _ client: Client, _ grant: Grant, _ user: User, _ next: OpaqueToken
    ) throws(OAuthError) -> MintOrder {
        guard !grant.offline || client.allowedScopes.contains("offline_access") else {
            throw OAuthError(
                .invalidGrant, "The client may no longer have offline access.", parameter: "refresh_token")
        }
        let scopes = (request.scopes ?? grant.scopes).intersection(grant.scopesToday(of: client, for: user))
        return MintOrder(
            client: client, holder: .user(user, grant, nonce: nil), scopes: scopes,
            resources: try narrowed(request.resources, of: grant), grantType: .refreshToken,
            refreshToken: .existing(next))
    }

    private func newRotation(
        of presented: OpaqueToken, _ client: Client, _ idleExpiresAt: Instant, _ now: Instant
    ) -> RefreshRotation {
        let seed = surroundings.random(32)
        return RefreshRotation(
            presented: presented, client: client.id, seed: seed,
            successorHash: RefreshSuccessor.token(after: presented, seed: seed).hash, idleExpiresAt: idleExpiresAt,
            graceEndsAt: now + client.refreshGrace, now: now)
    }

    /// A request for more than was granted, or for more tokens than the user may have for now, is refused before it uses the
    /// token up.
    private func refuseEarly(
        _ request: TokenRequest.RefreshRequest, _ presented: OpaqueToken, _ client: AuthenticatedClient,
        _ trail: Trail
    ) async throws(OAuthError) {
        guard request.scopes != nil || !request.resources.isEmpty || limits.counts(.token, by: .user) else { return }
        guard let state = try await stores.tokens.refreshToken(presented, at: trail.now),
            state.token.clientID == client.client.id
        else { throw .unknownRefreshToken }
        if let scopes = request.scopes, !scopes.isSubset(of: state.grant.scopes) {
            throw OAuthError(
                .invalidScope, "The parameter 'scope' names a scope that was not granted.", parameter: "scope")
        }
        _ = try narrowed(request.resources, of: state.grant)
        if state.isActive { try limits.spend(.token, .user, state.token.userID.text, at: trail.now) }
    }
}

extension Grant {
    /// What a token of it may have: never more than the client and the user may have today, whatever they were granted
    /// then (GHSA-895x-rfqp-jh5c).
    func scopesToday(of client: Client, for user: User) -> ScopeList {
        let allowed = scopes.intersection(client.allowedScopes)
        return user.roles.contains("admin") ? allowed : allowed.subtracting(ScopeList(["admin"]))
    }
}

/// The successor of a refresh token: HMAC-SHA256 under the presented token of a stored random value. The server alone
/// cannot compute it, and whoever repeats a refresh gets the same one.
enum RefreshSuccessor {
    /// The token that follows `presented`, in the same partition.
    static func token(after presented: OpaqueToken, seed: [UInt8]) -> OpaqueToken {
        OpaqueToken(
            .refreshToken, bucket: presented.bucket, secret: HMACSHA256.code(for: seed, secret: presented.text))
    }
}

extension OAuthError {
    fileprivate static var unknownRefreshToken: OAuthError {
        OAuthError(.invalidGrant, "The refresh token is not valid for this client.", parameter: "refresh_token")
    }
}
