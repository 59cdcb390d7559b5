import HTTP
import Provider

/// `/api/v1/users` and what is below it.
struct UserManagement: Sendable {
    let provider: OpenIDProvider

    func create(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.createUser(exchange.body(), by: administrator), status: .created)
    }

    func list(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        let query = try ListQuery(exchange, filters: ["username", "email", "search"])
        return .json(
            try await provider.users(
                username: query["username"], email: query["email"], search: query["search"], query.page,
                for: administrator))
    }

    func get(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.user(UserID(exchange.id()), for: administrator))
    }

    /// Changes the named members and leaves the rest, by PATCH and by PUT.
    func change(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.changeUser(UserID(exchange.id()), exchange.body(), by: administrator))
    }

    func delete(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        try await provider.deleteUser(UserID(exchange.id()), by: administrator)
        return Response(status: .noContent)
    }

    func resetFactors(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        try await provider.resetFactors(of: UserID(exchange.id()), by: administrator)
        return Response(status: .noContent)
    }
}
