import JOSE

/// The authorization response (RFC 6749 §4.1.2, §4.2.2, OpenID Connect Core §3.1.2.5, §3.2.2.5, §3.3.2.5): a grant and
/// what the response type brings of it.
extension OpenIDProvider {
    /// Writes a grant with its code and its first tokens in one act, and answers with them.
    ///
    /// - Parameters:
    ///   - allowed: what the user allowed; of claims asked for by name only what it covers is kept.
    ///   - consented: what of it was not to be had without asking: a consent to it must still stand.
    func answer(
        _ request: AuthorizationRequest, _ allowed: ScopeList, consented: ScopeList,
        _ login: (session: Session, user: User), _ trail: Trail
    ) async throws(OAuthError) -> AuthorizationResponse {
        var grant = newGrant(request, allowed, login, at: trail.now)
        grant.consented = consented
        let code = request.responseType.bringsCode ? newCode(request, login.user, grant, at: trail.now) : nil
        if request.responseType == .code, let code {
            try await stores.codes.issue(code.row, as: code.token, grant: grant)
            return request.returnPath.response([("code", code.token.text)], issuer: settings.issuer)
        }
        let order = MintOrder(
            client: request.client, holder: .user(login.user, grant, nonce: grant.nonce), scopes: grant.scopes,
            resources: grant.resources, grantType: .implicit)
        var opening = GrantOpening(grant: grant)
        var parameters: [(name: String, value: String)] = []
        var claims = IDTokenClaims(
            grant: grant, nonce: grant.nonce, code: code?.token.text,
            hasScopeClaims: request.responseType == .idToken, issuedAt: trail.now)
        if request.responseType.bringsAccessToken {
            let (row, text) = try await accessToken(order, trail.now)
            opening.access = row
            opening.events = [.tokenIssued(facts(row, order))]
            claims.accessToken = text
            parameters += [
                ("access_token", text), ("token_type", "Bearer"),
                ("expires_in", String(row.expiresAt.seconds - row.issuedAt.seconds)), ("scope", row.scopes.text),
            ]
        }
        if request.responseType.bringsIDToken {
            parameters.append(("id_token", try await idToken(order, login.user, claims)))
        }
        if let code {
            opening.code = code
            parameters.append(("code", code.token.text))
        }
        try await stores.codes.open(opening, trail)
        return request.returnPath.response(parameters, issuer: settings.issuer)
    }

    private func newCode(
        _ request: AuthorizationRequest, _ user: User, _ grant: Grant, at now: Instant
    ) -> (row: AuthorizationCode, token: OpaqueToken) {
        let expiresAt = now + codeLifetime(request.client, user, grant.scopes)
        let token = OpaqueToken(.authorizationCode, bucket: .hour(of: expiresAt), secret: surroundings.random(32))
        let row = AuthorizationCode(
            grantID: grant.id, clientID: request.client.id, redirectURI: request.returnPath.redirect.uri,
            codeChallenge: request.codeChallenge, expiresAt: expiresAt)
        return (row, token)
    }

    private func codeLifetime(_ client: Client, _ user: User, _ scopes: ScopeList) -> Int {
        lifetime(of: .authorizationCode, client: client, user: user, scopes: scopes, by: .authorizationCode)
    }

    private func newGrant(
        _ request: AuthorizationRequest, _ allowed: ScopeList, _ login: (session: Session, user: User), at now: Instant
    ) -> Grant {
        let session = login.session
        let scopes = request.scopes.intersection(allowed)
        let offline = scopes.contains("offline_access")
        let expiresAt = end(of: request, scopes, login, now: now)
        return Grant(
            id: GrantID(
                until: expiresAt, in: session, at: now, random: Base64URL.encode(surroundings.random(16))),
            clientID: request.client.id, userID: session.userID, sessionID: session.id, scopes: scopes,
            resources: request.resources, offline: offline, authTime: session.authTime, amr: session.amr,
            acr: session.acr, nonce: request.nonce, claimsRequest: request.claims?.granted(by: allowed), createdAt: now,
            expiresAt: expiresAt)
    }

    /// When the last token of a grant can be alive. A grant with refresh tokens ends with its session (RFC 9700 §4.14.2)
    /// unless it is an offline one; without them its access tokens are all there is.
    private func end(
        of request: AuthorizationRequest, _ scopes: ScopeList, _ login: (session: Session, user: User), now: Instant
    ) -> Instant {
        let client = request.client
        if request.responseType.bringsCode, client.grantTypes.contains(.refreshToken) {
            return end(ofRefreshing: client, scopes, login.session, now: now)
        }
        var seconds = 0
        if request.responseType.bringsCode {
            let redeemed = accessLifetime(client, login.user, scopes, .authorizationCode)
            seconds = codeLifetime(client, login.user, scopes) + redeemed
        }
        if request.responseType.bringsAccessToken {
            seconds = max(seconds, accessLifetime(client, login.user, scopes, .implicit))
        }
        if request.responseType == .idToken {
            seconds = lifetime(of: .idToken, client: client, user: login.user, scopes: scopes, by: .implicit)
        }
        return now + seconds
    }

    private func accessLifetime(_ client: Client, _ user: User, _ scopes: ScopeList, _ grantType: GrantType) -> Int {
        lifetime(of: .accessToken, client: client, user: user, scopes: scopes, by: grantType)
    }

    /// When a grant with refresh tokens ends whatever their use.
    func end(ofRefreshing client: Client, _ scopes: ScopeList, _ session: Session, now: Instant) -> Instant {
        if scopes.contains("offline_access") { return now + settings.lifetimes.refreshTokenMaximum }
        return client.lifetimes.session.map { min(session.expiresAt, session.authTime + $0) } ?? session.expiresAt
    }
}
