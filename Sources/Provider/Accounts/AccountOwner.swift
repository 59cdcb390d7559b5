/// Somebody who may see and change what is theirs by a client: ``OpenIDProvider/accountOwner(bearer:trail:)`` checks.
public struct AccountOwner: Sendable {
    /// Who it is.
    public let user: User
    /// The trail of the request, with the user as its actor.
    public let trail: Trail
    fileprivate init(user: User, trail: Trail) {
        self.user = user
        self.trail = trail
    }
}

extension OpenIDProvider {
    /// Checks the token of a request that only its user may make: one with scope `account`.
    ///
    /// - Throws: `invalid_token` (401, also when nothing was sent) or `insufficient_scope` (403).
    public func accountOwner(bearer: String?, trail: Trail) async throws(OAuthError) -> AccountOwner {
        guard let bearer else { throw OAuthError(.invalidToken, "The request has no access token.") }
        return try await accountOwner(try await self.bearer(bearer, scope: "account", at: trail.now), trail)
    }

    /// The owner that a token with scope `account` stands for.
    func accountOwner(_ state: AccessTokenState, _ trail: Trail) async throws(OAuthError) -> AccountOwner {
        // What was granted then is not enough: the client must still be allowed it (GHSA-895x-rfqp-jh5c).
        let registered = try await stores.clients.client(state.token.clientID, at: trail.now)
        guard registered?.client.allowedScopes.contains("account") == true else {
            throw OAuthError(
                .insufficientScope, "The client may not have the scope account any more.", parameter: "account")
        }
        guard let user = state.user else {
            throw OAuthError(.invalidToken, "The access token does not stand for a user.")
        }
        return AccountOwner(user: user, trail: trail.acting(as: user.id))
    }
}
