/// Who may reach what belongs to users by the management API: an administrator everything, an owner what is theirs.
public enum Caller: Sendable {
    /// Reaches everybody's.
    case administrator(Administrator)
    /// Reaches their own and nothing else.
    case owner(AccountOwner)

    /// The trail of the request, with the caller as its actor.
    public var trail: Trail {
        switch self {
        case .administrator(let administrator): administrator.trail
        case .owner(let owner): owner.trail
        }
    }
}

extension OpenIDProvider {
    /// Checks the credentials of a management request that an owner may make, too: those of an administrator, or a token
    /// of the user with scope `account`. A token with both scopes is an administrator's.
    ///
    /// - Throws: `invalid_token` (401, also when nothing was sent) or `insufficient_scope` (403).
    public func caller(
        bearer: String?, basic: BasicCredentials?, trail: Trail
    ) async throws(OAuthError) -> Caller {
        guard let bearer else {
            return .administrator(try await administrator(bearer: nil, basic: basic, trail: trail))
        }
        let state = try await self.bearer(bearer, at: trail.now)
        if state.token.scopes.contains("admin") { return .administrator(try await administrator(state, trail)) }
        guard state.token.scopes.contains("account") else {
            throw OAuthError(
                .insufficientScope, "The access token was granted neither the scope admin nor account.",
                parameter: "account")
        }
        return .owner(try await accountOwner(state, trail))
    }
}

extension Caller {
    /// Whose things a list shows: those of the user asked for, of everybody (nil), or the owner's own.
    ///
    /// - Parameter asked: the user that the request names.
    /// - Throws: `insufficient_scope` for an owner who asks for another's.
    func reach(_ asked: UserID?) throws(OAuthError) -> UserID? {
        guard case .owner(let owner) = self else { return asked }
        guard asked == nil || asked == owner.user.id else {
            throw OAuthError(
                .insufficientScope, "The parameter 'userId' names another user, which takes the scope admin.",
                parameter: "userId")
        }
        return owner.user.id
    }

    /// Whether a thing of this user is within reach. What is not is answered as if it did not exist: whether it does is
    /// not for strangers (CVE-2026-20904).
    func reaches(_ user: UserID?) -> Bool {
        guard case .owner(let owner) = self else { return true }
        return user == owner.user.id
    }

    /// The record of what this caller does.
    func record(_ events: [Event], _ action: String, _ subject: String) -> Record {
        Record(trail, events: events, audit: AuditEntry(action: action, subject: subject))
    }
}
