public import JOSE

/// The introspection endpoint (RFC 7662).
extension OpenIDProvider {
    /// What a token is, told to its own client or one that may introspect. To everybody else, and of everything that is
    /// not alive, the answer is `{"active": false}` and no more (§2.2, CVE-2026-58425).
    public func introspect(_ credentials: PresentedCredentials, trail: Trail) async throws(OAuthError) -> JSON {
        try refuseSpent(.introspect, credentials, trail)
        let client = try await authenticateBySecret(credentials, trail)
        try limits.spend(.introspect, .client, client.client.id.text, at: trail.now)
        let token = try credentials.parameters.required("token")
        if let presented = OpaqueToken(.refreshToken, presented: token) {
            return try await introspect(presented, for: client, trail.now)
        }
        guard let state = try await accessToken(token, at: trail.now), state.isActive,
            try await maySee(tokensOf: state.token.clientID, client, trail.now)
        else { return Self.inactive }
        let row = state.token
        var members: [(name: String, value: JSON)] = [
            ("active", true), ("token_type", "Bearer"), ("iss", .string(settings.issuer)),
            ("sub", .string(row.userID?.text ?? row.clientID.text)),
            ("aud", row.audience.count == 1 ? .string(row.audience[0]) : .array(row.audience.map { .string($0) })),
            ("exp", .integer(row.expiresAt.seconds)), ("iat", .integer(row.issuedAt.seconds)),
            ("jti", .string(row.id.text)), ("client_id", .string(row.clientID.text)),
            ("scope", .string(row.scopes.text)),
        ]
        if let user = state.user { members.append(("username", .string(user.username))) }
        return .object(JSONObject(members))
    }

    private func introspect(
        _ presented: OpaqueToken, for client: AuthenticatedClient, _ now: Instant
    ) async throws(OAuthError) -> JSON {
        guard let state = try await stores.tokens.refreshToken(presented, at: now), state.isActive,
            try await maySee(tokensOf: state.token.clientID, client, now)
        else { return Self.inactive }
        let row = state.token
        return [
            "active": true, "iss": .string(settings.issuer), "sub": .string(row.userID.text),
            "exp": .integer(row.idleExpiresAt.seconds), "iat": .integer(row.issuedAt.seconds),
            "client_id": .string(row.clientID.text), "scope": .string(row.scopes.text),
        ]
    }

    /// Whether a client may be told of tokens of `owner`: its own, and with `mayIntrospect` others', though one that belongs
    /// to a tenant only those of its tenant's clients.
    private func maySee(
        tokensOf owner: ClientID, _ asker: AuthenticatedClient, _ now: Instant
    ) async throws(OAuthError) -> Bool {
        if asker.client.id == owner { return true }
        guard asker.client.mayIntrospect else { return false }
        guard let tenant = asker.client.tenantID else { return true }
        return try await stores.clients.client(owner, at: now)?.client.tenantID == tenant
    }

    private static var inactive: JSON { ["active": false] }
}
