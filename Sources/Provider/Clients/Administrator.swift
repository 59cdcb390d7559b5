/// Somebody who may manage this server: ``OpenIDProvider/administrator(bearer:basic:trail:)`` checks who asks over the
/// network, and whoever runs commands on the machine with its keys is one.
public struct Administrator: Sendable {
    /// The trail of the request, with the administrator as its actor.
    public let trail: Trail
    /// The tenant whose users and clients are all that this administrator sees; nil for an administrator of the server.
    public let tenantID: String?
    /// The user who administers, where it is one and not a service.
    let userID: UserID?
    fileprivate init(trail: Trail, tenantID: String?, userID: UserID? = nil) {
        self.trail = trail
        self.tenantID = tenantID
        self.userID = userID
    }

    /// A user with the role `admin` in their own browser, where no client stands between.
    ///
    /// - Throws: `insufficient_scope` for a user without the role.
    public static func signedIn(_ user: User, trail: Trail) throws(OAuthError) -> Administrator {
        guard user.roles.contains("admin") else {
            throw OAuthError(.insufficientScope, "The user is no administrator.", parameter: "admin")
        }
        return Administrator(trail: trail.acting(as: user.id), tenantID: user.tenantID, userID: user.id)
    }

    /// The operator at the command line, who needs the master key and the database to get this far.
    public static func local(trail: Trail) -> Administrator { Administrator(trail: trail, tenantID: nil) }

    /// Whether an object of this tenant (nil: of none) is this administrator's to see.
    func sees(_ tenant: String?) -> Bool { tenantID == nil || tenantID == tenant }

    /// What belongs to no tenant is for administrators of the server.
    ///
    /// - Throws: `insufficient_scope`.
    public func requireServer() throws(OAuthError) {
        guard tenantID == nil else {
            throw OAuthError(.insufficientScope, "An administrator of a tenant may not do this.", parameter: "admin")
        }
    }

    /// The tenant of what this administrator makes or changes.
    ///
    /// - Throws: the refusal of a tenant that is not theirs, by the member `tenantId`.
    func tenant(_ wanted: String?, code: OAuthError.Code = .invalidRequest) throws(OAuthError) -> String? {
        guard let tenantID else { return wanted }
        guard wanted == nil || wanted == tenantID else {
            throw .member("tenantId", "must be the administrator's own tenant", code: code)
        }
        return tenantID
    }
}

extension OpenIDProvider {
    /// Checks the credentials of a management request: an access token with scope `admin`, or the id and secret of a
    /// client that may have that scope. A public client may have it for its users' tokens, and is nobody by itself.
    ///
    /// - Throws: `invalid_token` (401, also when nothing was sent) or `insufficient_scope` (403).
    public func administrator(
        bearer: String?, basic: BasicCredentials?, trail: Trail
    ) async throws(OAuthError) -> Administrator {
        if let bearer {
            return try await administrator(try await self.bearer(bearer, scope: "admin", at: trail.now), trail)
        }
        guard let basic else {
            throw OAuthError(
                .invalidToken, "The request needs an access token with scope admin, or client credentials.")
        }
        let credentials = PresentedCredentials(basic: basic, parameters: Parameters([]))
        let client: Client
        do {
            client = try await authenticateBySecret(credentials, trail).client
        } catch  where error.code == .invalidClient {
            throw OAuthError(.invalidToken, "The client credentials are wrong.")
        }
        guard client.allowedScopes.contains("admin") else {
            throw OAuthError(.insufficientScope, "The client may not have the scope admin.", parameter: "admin")
        }
        var trail = trail
        trail.actor = "client:\(client.id.text)"
        return Administrator(trail: trail, tenantID: client.tenantID)
    }

    /// The administrator that a token with scope `admin` stands for.
    func administrator(_ state: AccessTokenState, _ trail: Trail) async throws(OAuthError) -> Administrator {
        var trail = trail
        // What was granted then is not enough: the client must still be allowed it (GHSA-895x-rfqp-jh5c).
        let registered = try await stores.clients.client(state.token.clientID, at: trail.now)
        guard let client = registered?.client, client.allowedScopes.contains("admin") else {
            throw OAuthError(
                .insufficientScope, "The client may not have the scope admin any more.", parameter: "admin")
        }
        var tenant = client.tenantID
        if let user = state.user {
            tenant = user.tenantID ?? tenant
            guard user.roles.contains("admin") else {
                throw OAuthError(.insufficientScope, "The user is no administrator any more.", parameter: "admin")
            }
            trail.actor = "user:\(user.id.text)"
        } else {
            trail.actor = "client:\(state.token.clientID.text)"
        }
        return Administrator(trail: trail, tenantID: tenant, userID: state.user?.id)
    }
}

extension Administrator {
    /// The record of what this administrator does.
    func record(_ event: Event, _ action: String, _ subject: String) -> Record {
        Record(trail, events: [event], audit: AuditEntry(action: action, subject: subject))
    }
}
