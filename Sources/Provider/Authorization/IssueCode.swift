import JOSE

/// The authorization response (RFC 6749 §4.1.2): a grant and its code.
extension OpenIDProvider {
    /// Writes a grant with its code and answers with the code.
    ///
    /// - Parameter allowed: what the user allowed; of claims asked for by name only what it covers is kept.
    func issueCode(
        _ request: AuthorizationRequest, _ allowed: ScopeList, session: Session, _ trail: Trail
    ) async throws(OAuthError) -> AuthorizationResponse {
        let grant = newGrant(request, allowed, session: session, at: trail.now)
        let expiresAt = trail.now + settings.lifetimes.code
        let token = OpaqueToken(.authorizationCode, bucket: .hour(of: expiresAt), secret: surroundings.random(32))
        let code = AuthorizationCode(
            grantID: grant.id, clientID: request.client.id, redirectURI: request.returnPath.redirect.uri,
            codeChallenge: request.codeChallenge, expiresAt: expiresAt)
        try await stores.codes.issue(code, as: token, grant: grant)
        return request.returnPath.response([("code", token.text)], issuer: settings.issuer)
    }

    private func newGrant(
        _ request: AuthorizationRequest, _ allowed: ScopeList, session: Session, at now: Instant
    ) -> Grant {
        let scopes = request.scopes.intersection(allowed)
        let offline = scopes.contains("offline_access")
        let expiresAt = end(of: request.client, offline: offline, session: session, now: now)
        return Grant(
            id: GrantID(
                until: expiresAt, in: session, at: now, random: Base64URL.encode(surroundings.random(16))),
            clientID: request.client.id, userID: session.userID, sessionID: session.id, scopes: scopes,
            resources: request.resources, offline: offline, authTime: session.authTime, amr: session.amr,
            acr: session.acr, nonce: request.nonce, claimsRequest: request.claims?.granted(by: allowed), createdAt: now,
            expiresAt: expiresAt)
    }

    /// When the last token of a grant can be alive. A grant with refresh tokens ends with its session (RFC 9700 §4.14.2)
    /// unless it is an offline one; without them its one access token is all there is.
    private func end(of client: Client, offline: Bool, session: Session, now: Instant) -> Instant {
        guard client.grantTypes.contains(.refreshToken) else {
            return now + settings.lifetimes.code + client.accessTokenLifetime(settings)
        }
        return offline ? now + settings.lifetimes.refreshTokenMaximum : session.expiresAt
    }
}
