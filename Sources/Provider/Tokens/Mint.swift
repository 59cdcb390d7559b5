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

    /// Whom the tokens stand for, if for a user.
    var user: User? {
        if case .user(let user, _, _) = holder { user } else { nil }
    }
}

/// What was minted and not yet written.
struct MintedTokens: Sendable {
    var access: AccessToken
    var refresh: (row: RefreshToken, token: OpaqueToken)?
    /// What tells of them.
    var events: [Event]
    /// What the client gets.
    var response: TokenResponse
}

/// The single mint: every token of every grant is made here. Claims by rule, signed by the ring; rows and events in one
/// transaction that is durable before the answer leaves.
extension OpenIDProvider {
    func mint(_ order: MintOrder, _ trail: Trail) async throws(OAuthError) -> TokenResponse {
        let minted = try await unwritten(order, trail.now)
        try await stores.tokens.record(minted.access, refresh: minted.refresh, events: minted.events, trail)
        return minted.response
    }

    /// The tokens of an answer of the token endpoint; whoever asks writes them.
    func unwritten(_ order: MintOrder, _ now: Instant) async throws(OAuthError) -> MintedTokens {
        if case .user(let user, _, _) = order.holder {
            // Either of them may have come to another tenant since the grant was given.
            guard order.client.serves(user) else {
                throw OAuthError(.invalidGrant, "The user does not belong to the tenant of this client.")
            }
        }
        let (access, signed) = try await accessToken(order, now)
        var response = TokenResponse(
            accessToken: signed, expiresIn: Int(access.expiresAt.seconds - access.issuedAt.seconds),
            scopes: order.scopes)
        if case .user(let user, let grant, let nonce) = order.holder, order.scopes.contains("openid") {
            response.idToken = try await idToken(
                order, user, IDTokenClaims(grant: grant, nonce: nonce, accessToken: signed, issuedAt: now))
        }
        var minted = MintedTokens(access: access, events: [.tokenIssued(facts(access, order))], response: response)
        switch order.refreshToken {
        case .first:
            minted.refresh = newRefreshToken(order, now)
            if let row = minted.refresh?.row { minted.events.append(.tokenIssued(facts(row, order))) }
            minted.response.refreshToken = minted.refresh?.token.text
        case .existing(let token):
            minted.response.refreshToken = token.text
        case nil:
            break
        }
        return minted
    }

    /// An access token: its row, and the text that the client gets.
    func accessToken(_ order: MintOrder, _ now: Instant) async throws(OAuthError) -> (row: AccessToken, text: String) {
        let row = newAccessToken(order, now)
        var added = JSONObject()
        if mayAddClaims(for: order.client) {
            added = try await addedClaims(
                to: .accessToken, client: order.client, user: order.user, scopes: order.scopes)
        }
        let claims = AccessTokenClaims.encode(row, order, added, issuer: settings.issuer)
        guard let generator = customization.accessTokens else {
            return (row, try keys.current.signAccessToken(claims, order.client.accessTokenAlgorithm))
        }
        let contents = AccessTokenContents(
            token: row, claims: (try? JSON.parse(claims)) ?? .null, client: order.client, user: order.user)
        return (row, try await generator.token(for: contents))
    }

    /// An ID token of the order's user; `claims` says what it is bound to.
    func idToken(_ order: MintOrder, _ user: User, _ claims: IDTokenClaims) async throws(OAuthError) -> String {
        var added = JSONObject()
        if mayAddClaims(for: order.client) {
            added = try await addedClaims(to: .idToken, client: order.client, user: user, scopes: order.scopes)
        }
        let lifetime = lifetime(
            of: .idToken, client: order.client, user: user, scopes: order.scopes, by: order.grantType)
        let payload = claims.encoded(
            issuer: settings.issuer, client: order.client, user: user, lifetime: lifetime, added: added)
        return try keys.current.signIDToken(payload, order.client.idTokenAlgorithm)
    }

    /// The row of the access token. `exp` is in whole seconds and never later than the grant's end.
    private func newAccessToken(_ order: MintOrder, _ now: Instant) -> AccessToken {
        let lifetime = lifetime(
            of: .accessToken, client: order.client, user: order.user, scopes: order.scopes, by: order.grantType)
        var expiresAt = Instant(seconds: now.seconds + Int64(lifetime))
        var grantID: GrantID?
        if case .user(_, let grant, _) = order.holder {
            expiresAt = min(expiresAt, Instant(seconds: grant.expiresAt.seconds))
            grantID = grant.id
        }
        return AccessToken(
            id: TokenID(Base64URL.encode(surroundings.random(16))), clientID: order.client.id, userID: order.user?.id,
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
        let lifetime = lifetime(
            of: .refreshToken, client: order.client, user: user, scopes: grant.scopes, by: order.grantType)
        let idle = min(now + lifetime, grant.expiresAt)
        let row = RefreshToken(
            grantID: grant.id, clientID: order.client.id, userID: user.id, scopes: grant.scopes, issuedAt: now,
            idleExpiresAt: idle)
        return (row, token)
    }

    func facts(_ access: AccessToken, _ order: MintOrder) -> Event.TokenFacts {
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
