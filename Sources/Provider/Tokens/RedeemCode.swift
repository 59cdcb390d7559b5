/// The authorization code grant at the token endpoint (RFC 6749 §4.1.3, RFC 7636 §4.6, RFC 9700 §2.1.1).
extension OpenIDProvider {
    func redeem(
        _ request: TokenRequest.AuthorizationCodeRequest, _ client: AuthenticatedClient, _ trail: Trail
    ) async throws(OAuthError) -> TokenResponse {
        guard let code = OpaqueToken(.authorizationCode, presented: request.code) else { throw .unknownCode }
        try await refuseEarly(request.resources, trail.now) { () async throws(OAuthError) in
            guard let id = try await stores.codes.grant(of: code, client: client.client.id, at: trail.now) else {
                return nil
            }
            return try await stores.tokens.grant(id, at: trail.now)
        }
        let redemption = try await stores.codes.redeem(
            code, client: client.client.id, redirectURI: request.redirectURI, challenge: request.challenge,
            at: trail.now)
        switch redemption {
        case .redeemed(let grant, let user):
            let resources = try narrowed(request.resources, of: grant)
            let order = MintOrder(
                client: client.client, holder: .user(user, grant, nonce: grant.nonce),
                scopes: grant.scopesToday(of: client.client, for: user), resources: resources,
                grantType: .authorizationCode,
                refreshToken: client.client.grantTypes.contains(.refreshToken) ? .first : nil)
            return try await mint(order, trail)
        case .alreadyRedeemed(let grant, let owner):
            // RFC 6749 §4.1.2; only the code's own client can do this, or anybody who saw a code could log people out.
            if owner == client.client.id { try await revokeReused(grant, owner, nil, .authorizationCode, trail) }
            throw OAuthError(.invalidGrant, "The code was used before.", parameter: "code")
        case .mismatch(.client), .unknown:
            throw .unknownCode
        case .mismatch(.redirectURI):
            throw OAuthError(
                .invalidGrant, "The parameter 'redirect_uri' is not the one of the authorization request.",
                parameter: "redirect_uri")
        case .mismatch(.codeVerifier):
            throw OAuthError(
                .invalidGrant, "The parameter 'code_verifier' does not fit the code_challenge of the request.",
                parameter: "code_verifier")
        case .expired:
            throw OAuthError(.invalidGrant, "The code has expired.", parameter: "code")
        }
    }

    /// Refuses a redemption for what has nothing to do with the code before it uses the code up, so that the code is still
    /// good for a request that does better: a resource that was not granted, and more tokens than the user may have for
    /// now. Costs nothing where a request can fail for neither.
    ///
    /// - Parameter grant: of the code; nil where there is none to be had, which the redemption will tell.
    func refuseEarly(
        _ resources: [String], _ now: Instant, of grant: () async throws(OAuthError) -> Grant?
    ) async throws(OAuthError) {
        guard !resources.isEmpty || limits.counts(.token, by: .user), let grant = try await grant() else { return }
        _ = try narrowed(resources, of: grant)
        try limits.spend(.token, .user, grant.userID.text, at: now)
    }

    /// The resources a request asks for, which must be among those granted (RFC 8707 §2.2).
    func narrowed(_ requested: [String], of grant: Grant) throws(OAuthError) -> [String] {
        guard !requested.isEmpty else { return grant.resources }
        guard grant.resources.isEmpty || requested.allSatisfy(grant.resources.contains) else {
            throw OAuthError(
                .invalidTarget, "The parameter 'resource' names a resource that was not granted.",
                parameter: "resource")
        }
        return requested
    }

    /// Ends a family of which a used-up token came back (RFC 9700 §4.14.2).
    func revokeReused(
        _ grant: GrantID, _ client: ClientID, _ user: UserID?, _ what: Event.ReusedToken, _ trail: Trail
    ) async throws(OAuthError) {
        let facts = Event.TokenFacts(kind: .grant, grantID: grant, clientID: client, userID: user)
        let record = Record(
            trail,
            events: [.tokenReuseDetected(grant: grant, client: client, user: user, what: what), .tokenRevoked(facts)])
        _ = try await stores.tokens.revoke(grant, record)
    }
}

extension OAuthError {
    fileprivate static var unknownCode: OAuthError {
        OAuthError(.invalidGrant, "The code is not valid for this client.", parameter: "code")
    }
}
