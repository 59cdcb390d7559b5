import JOSE

/// The resource owner password credentials grant (RFC 6749 §4.3), for clients of the profile `legacy` alone: RFC 9700
/// §2.4 has everybody else send the user to the login page.
extension OpenIDProvider {
    /// Checks name and password by the rules of the login page and answers with tokens.
    ///
    /// A session begins with the grant, in no browser: it is listed and ended like any other, and what was granted
    /// without `offline_access` ends with it.
    func redeem(
        _ request: TokenRequest.PasswordRequest, _ client: AuthenticatedClient, _ trail: Trail
    ) async throws(OAuthError) -> TokenResponse {
        let client = client.client
        let noBrowser = Browser(session: nil, binding: nil, userAgent: client.name)
        let user: User
        do {
            user = try await identify(
                username: request.username, password: request.password, in: noBrowser, trail)
        } catch {
            throw OAuthError(error)
        }
        try await refuseUngiven(request.scopes, client, user)
        try limits.spend(.token, .user, user.id.text, at: trail.now)
        let (session, cookie) = newSession(
            for: user, by: .password, of: client, noBrowser, trail)
        var grant = newGrant(request, client, user, session, at: trail.now)
        grant.consented = grant.scopes.intersection(NextStep.alwaysAsked)
        let order = MintOrder(
            client: client, holder: .user(user, grant, nonce: nil), scopes: grant.scopes, resources: grant.resources,
            grantType: .password, refreshToken: client.grantTypes.contains(.refreshToken) ? .first : nil)
        let minted = try await unwritten(order, trail.now)
        let record = Record(
            trail, events: [.loginSucceeded(user.id, amr: session.amr), .sessionStarted(session.id, user.id)])
        // Not if the password has become another one since it was checked.
        guard
            try await stores.sessions.start(
                session, cookie: cookie, ending: nil, provenBy: .password(hash: user.passwordHash), record)
        else { throw OAuthError(LoginRefusal.wrongPassword) }
        var opening = GrantOpening(grant: grant)
        opening.access = minted.access
        opening.refresh = minted.refresh
        opening.events = minted.events
        try await stores.codes.open(opening, trail)
        return minted.response
    }

    /// What this user cannot give this client, or was never asked for and cannot be asked here. Everything else is given
    /// with the password.
    private func refuseUngiven(_ scopes: ScopeList, _ client: Client, _ user: User) async throws(OAuthError) {
        guard !user.factors.hasAuthenticator else {
            throw OAuthError(
                .invalidGrant, "The user's login has a second step, which only the login page can ask for.")
        }
        if let refusal = NextStep.refusal(of: client, scopes: scopes, to: user) {
            let code: OAuthError.Code = refusal.parameter == "scope" ? .invalidScope : .invalidGrant
            throw OAuthError(code, refusal.description, parameter: refusal.parameter)
        }
        let asked = scopes.intersection(NextStep.alwaysAsked)
        guard !asked.isEmpty else { return }
        let consent = try await stores.consents.consent(of: user.id, to: client.id)
        guard asked.isSubset(of: consent?.scopes ?? ScopeList()) else {
            throw OAuthError(
                .invalidScope,
                "The parameter 'scope' names a scope that the user must have allowed on the consent page before.",
                parameter: "scope")
        }
    }

    private func newGrant(
        _ request: TokenRequest.PasswordRequest, _ client: Client, _ user: User, _ session: Session, at now: Instant
    ) -> Grant {
        var expiresAt = end(ofRefreshing: client, request.scopes, session, now: now)
        if !client.grantTypes.contains(.refreshToken) {
            let lifetime = lifetime(
                of: .accessToken, client: client, user: user, scopes: request.scopes, by: .password)
            expiresAt = now + lifetime
        }
        return Grant(
            id: GrantID(
                until: expiresAt, in: session, at: now, random: Base64URL.encode(surroundings.random(16))),
            clientID: client.id, userID: user.id, sessionID: session.id, scopes: request.scopes,
            resources: request.resources, offline: request.scopes.contains("offline_access"),
            authTime: session.authTime, amr: session.amr, acr: session.acr, nonce: nil, claimsRequest: nil,
            createdAt: now, expiresAt: expiresAt)
    }
}

extension OAuthError {
    /// What the token endpoint says of a refused login (RFC 6749 §5.2): the same for a wrong password and for a name that
    /// does not exist (CVE-2026-4633).
    fileprivate init(_ refusal: LoginRefusal) {
        switch refusal {
        // Only the password: nothing else is asked for here.
        case .wrongPassword, .wrongCode, .wrongPasskey, .pendingIsOver:
            self.init(.invalidGrant, "The user name or password is wrong.")
        case .throttled(let seconds):
            self.init(.tooManyRequests, "Too many wrong passwords. Try again later.", retryAfter: seconds)
        case .failed(let error):
            self = error
        }
    }
}
