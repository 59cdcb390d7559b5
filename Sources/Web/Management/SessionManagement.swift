import HTTP
import Provider

/// `/api/v1/oauth2/sessions` and what is below it.
struct SessionManagement: Sendable {
    let provider: OpenIDProvider

    func list(_ exchange: Exchange, _ caller: Caller) async throws(OAuthError) -> Response {
        let query = try ListQuery(exchange, filters: ["userId"])
        return .json(try await provider.sessions(userID: query["userId"], query.page, for: caller))
    }

    /// All of a user, `?except=` one.
    func deleteAll(_ exchange: Exchange, _ caller: Caller) async throws(OAuthError) -> Response {
        let query = try ActQuery(exchange, parameters: ["userId", "except"])
        return .json(try await provider.endSessions(userID: query["userId"], except: query["except"], by: caller))
    }

    func get(_ exchange: Exchange, _ caller: Caller) async throws(OAuthError) -> Response {
        .json(try await provider.session(exchange.id(), for: caller))
    }

    func delete(_ exchange: Exchange, _ caller: Caller) async throws(OAuthError) -> Response {
        try await provider.endSession(exchange.id(), by: caller)
        return Response(status: .noContent)
    }
}
