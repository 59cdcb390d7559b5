/// The revocation endpoint (RFC 7009).
extension OpenIDProvider {
    /// Revokes a token of the client that asks: an access token alone, a refresh token with its whole family. A token
    /// that is unknown or dead already is success (§2.2); one of another client is refused (§2.1) and lives.
    public func revoke(_ credentials: PresentedCredentials, trail: Trail) async throws(OAuthError) {
        let client = try await authenticate(credentials, trail).client
        var trail = trail
        trail.actor = "client:\(client.id.text)"
        let token = try credentials.parameters.required("token")
        if let presented = OpaqueToken(.refreshToken, presented: token) {
            guard let state = try await stores.tokens.refreshToken(presented, at: trail.now) else { return }
            try Self.refuseForeign(state.token.clientID, client)
            let row = state.token
            let facts = Event.TokenFacts(
                kind: .grant, grantID: row.grantID, clientID: row.clientID, userID: row.userID, scopes: row.scopes)
            _ = try await stores.tokens.revoke(row.grantID, Record(trail, events: [.tokenRevoked(facts)]))
            return
        }
        guard let state = try await accessToken(token, at: trail.now) else { return }
        try Self.refuseForeign(state.token.clientID, client)
        let row = state.token
        let facts = Event.TokenFacts(
            kind: .accessToken, id: row.id, grantID: row.grantID, clientID: row.clientID, userID: row.userID,
            scopes: row.scopes)
        _ = try await stores.tokens.revoke(row.id, bucket: row.bucket, Record(trail, events: [.tokenRevoked(facts)]))
    }

    private static func refuseForeign(_ owner: ClientID, _ client: Client) throws(OAuthError) {
        guard owner == client.id else {
            throw OAuthError(
                .unauthorizedClient, "The parameter 'token' is not a token of this client.", parameter: "token")
        }
    }
}
