import JOSE

/// What is to be minted, for whom.
struct MintOrder: Sendable {
    /// Whom the tokens stand for.
    enum Holder: Sendable {
        /// The client itself (`client_credentials`).
        case client
        /// A user, by a grant; the nonce only in the first ID token (OpenID Connect Core §12.2).
        case user(User, Grant, nonce: String?)
    }

    /// Which refresh token goes with it.
    enum Refresh: Sendable {
        /// One that is minted with the access token.
        case first
        /// One that stands already: the successor, or the same again.
        case existing(OpaqueToken)
    }

    var client: Client
    var holder: Holder
    var scopes: ScopeList
    var resources: [String]
    var grantType: GrantType
    var refreshToken: Refresh?
}

/// The single mint: every token of every grant is made here. Claims by rule, signed by the ring; rows and events in one
/// transaction that is durable before the answer leaves.
extension OpenIDProvider {
    func mint(_ order: MintOrder, _ trail: Trail) async throws(OAuthError) -> TokenResponse {
        if case .user(let user, _, _) = order.holder { try limits.spend(.token, .user, user.id.text, at: trail.now) }
        let ring = keys.current
        let access = newAccessToken(order, trail.now)
        let signed = try ring.signAccessToken(
            AccessTokenClaims.encode(access, order, issuer: settings.issuer), order.client.accessTokenAlgorithm)
        var response = TokenResponse(
            accessToken: signed, expiresIn: Int(access.expiresAt.seconds - access.issuedAt.seconds),
            scopes: order.scopes)
        if case .user(let user, let grant, let nonce) = order.holder, order.scopes.contains("openid") {
            let claims = IDTokenClaims(
                issuer: settings.issuer, client: order.client, user: user, grant: grant, nonce: nonce,
                accessToken: signed, issuedAt: trail.now, lifetime: order.client.idTokenLifetime(settings))
            response.idToken = try ring.signIDToken(claims.encoded(), order.client.idTokenAlgorithm)
        }
        var events = [Event.tokenIssued(facts(access, order))]
        var refresh: (row: RefreshToken, token: OpaqueToken)?
        switch order.refreshToken {
        case .first:
            refresh = newRefreshToken(order, trail.now)
            if let row = refresh?.row { events.append(.tokenIssued(facts(row, order))) }
            response.refreshToken = refresh?.token.text
        case .existing(let token):
            response.refreshToken = token.text
        case nil:
            break
        }
        try await stores.tokens.record(access, refresh: refresh, events: events, trail)
        return response
    }

    /// The row of the access token. `exp` is in whole seconds and never later than the grant's end.
    private func newAccessToken(_ order: MintOrder, _ now: Instant) -> AccessToken {
        var expiresAt = Instant(seconds: now.seconds + Int64(order.client.accessTokenLifetime(settings)))
        var userID: UserID?
        var grantID: GrantID?
        if case .user(let user, let grant, _) = order.holder {
            expiresAt = min(expiresAt, Instant(seconds: grant.expiresAt.seconds))
            userID = user.id
            grantID = grant.id
        }
        return AccessToken(
            id: TokenID(Base64URL.encode(surroundings.random(16))), clientID: order.client.id, userID: userID,
            grantID: grantID, scopes: order.scopes, audience: audience(order), issuedAt: now, expiresAt: expiresAt)
    }

    /// RFC 9068 §3: the granted resources, else the client's default audience, else this server. With `openid` this
    /// server is always among them, since UserInfo is its resource.
    private func audience(_ order: MintOrder) -> [String] {
        var audience = order.resources
        if audience.isEmpty { audience = [order.client.defaultAudience ?? settings.issuer] }
        if order.scopes.contains("openid"), !audience.contains(settings.issuer) { audience.append(settings.issuer) }
        return audience
    }

    private func newRefreshToken(_ order: MintOrder, _ now: Instant) -> (row: RefreshToken, token: OpaqueToken)? {
        guard case .user(let user, let grant, _) = order.holder else { return nil }
        let token = OpaqueToken(.refreshToken, bucket: grant.id.bucket, secret: surroundings.random(32))
        let idle = min(now + order.client.refreshTokenIdle(settings), grant.expiresAt)
        let row = RefreshToken(
            grantID: grant.id, clientID: order.client.id, userID: user.id, scopes: grant.scopes, issuedAt: now,
            idleExpiresAt: idle)
        return (row, token)
    }

    private func facts(_ access: AccessToken, _ order: MintOrder) -> Event.TokenFacts {
        Event.TokenFacts(
            kind: .accessToken, id: access.id, grantID: access.grantID, clientID: access.clientID,
            userID: access.userID, scopes: access.scopes, grantType: order.grantType, expiresAt: access.expiresAt)
    }

    private func facts(_ refresh: RefreshToken, _ order: MintOrder) -> Event.TokenFacts {
        Event.TokenFacts(
            kind: .refreshToken, grantID: refresh.grantID, clientID: refresh.clientID, userID: refresh.userID,
            scopes: refresh.scopes, grantType: order.grantType, expiresAt: refresh.idleExpiresAt)
    }
}
