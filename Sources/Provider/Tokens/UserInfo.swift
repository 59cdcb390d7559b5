public import JOSE

/// The UserInfo endpoint (OpenID Connect Core §5.3).
extension OpenIDProvider {
    /// The claims that an access token's scopes and its grant's `claims` parameter give, and those that are mapped for
    /// its client.
    public func userInfo(bearer text: String, trail: Trail) async throws(OAuthError) -> JSON {
        let state = try await bearer(text, scope: "openid", at: trail.now)
        guard let user = state.user else {
            throw OAuthError(.invalidToken, "The access token does not stand for a user.")
        }
        let claims = UserClaims(user)
        var members: [(name: String, value: JSON)] = [("sub", .string(user.id.text))]
        members += claims.granted(by: state.token.scopes)
        if let text = state.grant?.claimsRequest, let request = try? ClaimsRequest(parsing: text) {
            let told = Set(members.map(\.name))
            members += claims.named(request.userInfo.keys.filter { !told.contains($0) }.sorted())
        }
        var told = JSONObject(members)
        if let client = try await stores.clients.client(state.token.clientID, at: trail.now)?.client,
            mayAddClaims(for: client)
        {
            let added = try await addedClaims(to: .userInfo, client: client, user: user, scopes: state.token.scopes)
            for member in added.members { told[member.name] = member.value }
        }
        return .object(told)
    }
}
