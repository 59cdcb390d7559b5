import HTTP
import Provider

/// `/api/v1/applications` and what is below it.
struct ApplicationManagement: Sendable {
    let provider: OpenIDProvider

    /// Anybody may ask.
    func create(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let application = try await provider.requestApplication(
            exchange.body(), language: exchange.mailLanguage, trail: exchange.trail)
        return .json(application, status: .created)
    }

    func list(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        let list = try ListQuery(exchange, filters: ["status", "type", "email", "scope", "clientId"])
        var query = ApplicationQuery()
        query.status = list["status"]
        query.type = list["type"]
        query.email = list["email"]
        query.scope = list["scope"]
        query.clientID = list["clientId"]
        return .json(try await provider.applications(query, list.page, for: administrator))
    }

    func get(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.applicationJSON(exchange.id(), for: administrator))
    }

    func approve(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.approveApplication(exchange.id(), exchange.body(), by: administrator))
    }

    func refuse(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.refuseApplication(exchange.id(), exchange.body(), by: administrator))
    }

    func resend(_ exchange: Exchange, _ administrator: Administrator) async throws(OAuthError) -> Response {
        .json(try await provider.resendApplicationLink(exchange.id(), exchange.body(), by: administrator))
    }
}
