import HTTP
import JOSE
import Provider
import Testing

@testable import Web

/// Those who speak to the management API, each by the credentials it sends.
struct Callers {
    let server: TestServer
    /// May be granted whatever a user can give.
    let app: Walk
    /// Somebody, and somebody else, signed in each in a browser of their own.
    let user: User
    let other: User
    let browser: TestBrowser

    init(_ server: TestServer) async throws {
        self.server = server
        let (client, secret) = try await server.client {
            $0.allowedScopes = ScopeList([
                "openid", "profile", "email", "offline_access", "contracts:read", "account", "admin",
            ])
            $0.grantTypes = [.authorizationCode, .refreshToken, .clientCredentials]
        }
        app = Walk(server: server, client: client, secret: secret)
        user = try await server.user()
        other = try await server.user()
        browser = TestBrowser(server)
    }

    /// The tokens of a whole walk of a user, in a new browser unless one is given.
    func tokens(of user: User, scope: String, in browser: TestBrowser? = nil) async throws -> JSON {
        let browser = browser ?? TestBrowser(server)
        var page = await browser.follow(await browser.get(app.authorize(["scope": scope])))
        if page.text.contains("name=\"password\"") { page = await browser.follow(await browser.logIn(page, user)) }
        if page.text.contains("name=\"decision\"") {
            let ticked = scope.split(separator: " ").map { ("scope", String($0)) }
            page = await browser.submit(page, "/consent", ticked + [("decision", "allow")])
        }
        return try await app.redeem(try page.answer().required("code")).json()
    }

    /// The value of `Authorization` by a token of this user.
    func bearer(_ user: User, scope: String) async throws -> String {
        "Bearer " + (try await tokens(of: user, scope: scope)["access_token"]?.string ?? "")
    }

    /// A token of the client itself.
    func service(scope: String) async throws -> String {
        let form: Headers = [
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": basic(app.client.id.text, app.secret ?? ""),
        ]
        let answer = await server.routes.respond(
            to: request(.post, "/api/v1/oauth2/token", form, "grant_type=client_credentials&scope=\(scope)"))
        return try #require(try answer.json()["access_token"]?.string)
    }

    var administrator: String { basic(server.administrator.id, server.administrator.secret) }

    func send(
        _ method: HTTP.Method, _ path: String, _ body: String = "", by authorization: String?
    ) async -> Response {
        var headers: Headers = [:]
        if let authorization { headers.add("Authorization", authorization) }
        if !body.isEmpty { headers.add("Content-Type", "application/json") }
        return await server.routes.respond(to: request(method, "/api/v1" + path, headers, body))
    }

    /// Whether introspection calls a token active.
    func isActive(_ token: String) async throws -> Bool {
        let form: Headers = [
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": basic(app.client.id.text, app.secret ?? ""),
        ]
        let answer = await server.routes.respond(
            to: request(.post, "/api/v1/oauth2/introspect", form, "token=\(token)"))
        return try answer.json()["active"] == true
    }
}

extension Response {
    /// The items of a list.
    func items() throws -> [JSON] { try #require(try json()["items"]?.array) }
}
