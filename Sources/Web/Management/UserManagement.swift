import HTTP
import Provider

/// `/api/v1/users` and what is below it.
struct UserManagement: Sendable {
    let provider: OpenIDProvider

    func create(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.createUser(exchange.body(), by: administrator), status: .created)
    }

    func list(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        let query = try ListQuery(exchange, filters: ["username", "email"])
        return .json(
            try await provider.users(
                username: query["username"], email: query["email"], query.page, for: administrator))
    }

    func get(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.user(UserID(exchange.id()), for: administrator))
    }
}
