import HTTP
import JOSE
import Provider

/// What every management endpoint does first: the credentials, then the body.
struct ManagementEndpoint: Sendable {
    typealias Handler = @Sendable (Exchange, Administrator) async throws(OAuthError) -> Response
    typealias SharedHandler = @Sendable (Exchange, Caller) async throws(OAuthError) -> Response

    let provider: OpenIDProvider

    /// Whose administrators reach a route.
    enum Reach: Sendable {
        /// Those of the server alone.
        case server
        /// Those of tenants, too: the handler shows and changes what is theirs only.
        case tenants
    }

    /// A route's handler that is reached by administrators only.
    func guarding(_ body: Route.Body, _ reach: Reach, _ handler: @escaping Handler) -> Route.Handler {
        { exchange async throws(OAuthError) in
            let (bearer, basic) = try self.credentials(exchange)
            let administrator = try await provider.administrator(bearer: bearer, basic: basic, trail: exchange.trail)
            if reach == .server { try administrator.requireServer() }
            exchange.trail = administrator.trail
            try exchange.requireMediaType(of: body)
            return try await handler(exchange, administrator)
        }
    }

    /// A route's handler that is reached by administrators of the server, and by users for what is theirs.
    func sharing(_ body: Route.Body, _ handler: @escaping SharedHandler) -> Route.Handler {
        { exchange async throws(OAuthError) in
            let (bearer, basic) = try self.credentials(exchange)
            let caller = try await provider.caller(bearer: bearer, basic: basic, trail: exchange.trail)
            // What belongs to users and clients of all tenants.
            if case .administrator(let administrator) = caller { try administrator.requireServer() }
            exchange.trail = caller.trail
            try exchange.requireMediaType(of: body)
            return try await handler(exchange, caller)
        }
    }

    private func credentials(_ exchange: Exchange) throws(OAuthError) -> (bearer: String?, basic: BasicCredentials?) {
        exchange.hasCredentials = exchange.request.headers.contains("authorization")
        switch try Credentials(exchange.request.headers, refusal: .invalidToken) {
        case .none: return (nil, nil)
        case .bearer(let token): return (token, nil)
        case .basic(let basic):
            exchange.claimedClient = basic.id
            return (nil, basic)
        case .other:
            throw OAuthError(
                .invalidToken, "The Authorization header has a scheme other than Bearer and Basic.",
                parameter: "Authorization")
        }
    }
}

extension Exchange {
    /// The JSON object in the body.
    func body() throws(OAuthError) -> JSON { .object(try RequestBody.object(of: request)) }

    /// The id at this place of the path; every pattern with `{…}` has it.
    func id(_ index: Int = 0) throws(OAuthError) -> String {
        guard ids.indices.contains(index) else { throw OAuthError(.notFound, "There is nothing of this id.") }
        return ids[index]
    }
}
