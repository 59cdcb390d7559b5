import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("/oauth2/consents")
struct ConsentManagementTests {
    @Test("a consent of the page is listed with the words that were shown; taking it back ends its tokens at once")
    func page() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let tokens = try await callers.tokens(of: callers.user, scope: "openid profile offline_access")
            let (access, refresh) = (tokens["access_token"]?.string ?? "", tokens["refresh_token"]?.string ?? "")
            let own = try await callers.bearer(callers.user, scope: "openid account")
            let listed = try await callers.send(.get, "/oauth2/consents", by: own).items()
            #expect(listed.count == 1)
            let consent = try #require(listed.first)
            #expect(consent["clientId"]?.string == callers.app.client.id.text)
            #expect(consent["userId"]?.string == callers.user.id.text)
            #expect(consent["scopes"]?.strings == ["openid", "profile", "offline_access", "account"])
            #expect(consent["revokedAt"] == .null && consent["grantedAt"]?.string != nil)
            let wordings = consent["decisions"]?.array?.compactMap { $0["wordingVersion"]?.string } ?? []
            #expect(wordings.count == 2 && Set(wordings).count == 2 && wordings.allSatisfy { $0.hasPrefix("en.") })
            let path = "/oauth2/consents/" + (consent["id"]?.string ?? "")
            #expect(try await callers.send(.get, path, by: callers.administrator).json() == consent)

            #expect(try await callers.isActive(access))
            #expect(await callers.send(.delete, path, by: own).status == .noContent)
            for token in [access, refresh] { #expect(try await callers.isActive(token) == false) }
            // Its own grant stood on it, too.
            #expect(await callers.send(.get, "/oauth2/consents", by: own).status == .unauthorized)
            let ended = try await callers.send(.get, path, by: callers.administrator).json()
            #expect(ended["revokedBy"] == "user" && ended["revokedAt"]?.string != nil)
            #expect(await callers.send(.delete, path, by: callers.administrator).status == .noContent)
            let query = "/oauth2/consents?userId=\(callers.user.id)"
            #expect(try await callers.send(.get, query, by: callers.administrator).items().isEmpty)
            let history = try await callers.send(.get, query + "&includeRevoked=true", by: callers.administrator)
                .items()
            #expect(history == [ended])
        }
    }

    @Test("a user's own token makes and reaches the user's own, and sees nothing of another's")
    func owner() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let (one, two) = (
                try await callers.bearer(callers.user, scope: "openid account"),
                try await callers.bearer(callers.other, scope: "openid account")
            )
            let (shop, _) = try await server.client()
            let body = #"{"client_id":"\#(shop.id)","scopes":["email","profile"]}"#
            let made = await callers.send(.post, "/oauth2/consents", body, by: one)
            #expect(made.status == .created)
            // What the page alone asks for is not given by a client that has the user's token.
            for scope in ["offline_access", "account", "admin"] {
                let wider = #"{"clientId":"\#(callers.app.client.id)","scopes":["openid","\#(scope)"]}"#
                let refused = await callers.send(.post, "/oauth2/consents", wider, by: one)
                #expect(refused.status == .badRequest && refused.text.contains("invalid_scope"))
            }
            #expect(try made.json()["userId"]?.string == callers.user.id.text)
            #expect(try made.json()["decisions"]?.array?.first?["wordingVersion"] == .null)
            let id = try #require(try made.json()["id"]?.string)
            for (method, path) in [(HTTP.Method.get, "/oauth2/consents/\(id)"), (.delete, "/oauth2/consents/\(id)")] {
                #expect(await callers.send(method, path, by: two).status == .notFound)
            }
            let foreign = [
                await callers.send(.get, "/oauth2/consents?userId=\(callers.user.id)", by: two),
                await callers.send(
                    .post, "/oauth2/consents", #"{"clientId":"a","scopes":["x"],"userId":"\#(callers.user.id)"}"#,
                    by: two),
            ]
            for answer in foreign { #expect(answer.status == .forbidden) }
            #expect(try await callers.send(.get, "/oauth2/consents", by: two).items().count == 1)
            #expect(try await callers.send(.get, "/oauth2/consents?clientId=\(shop.id)", by: one).items().count == 1)
            #expect(await callers.send(.delete, "/oauth2/consents/\(id)", by: one).status == .noContent)
            #expect(try await callers.send(.get, "/oauth2/consents?clientId=\(shop.id)", by: one).items().isEmpty)
        }
    }

    @Test("after a consent was taken back the page asks again")
    func askedAgain() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            _ = try await callers.tokens(of: callers.user, scope: "openid profile", in: callers.browser)
            let again = await callers.browser.get(callers.app.authorize(["scope": "openid profile"]))
            #expect(try again.answer()["code"] != nil)
            let consents = try await callers.send(
                .get, "/oauth2/consents?userId=\(callers.user.id)", by: callers.administrator
            ).items()
            let id = try #require(consents.first?["id"]?.string)
            #expect(
                await callers.send(.delete, "/oauth2/consents/\(id)", by: callers.administrator).status == .noContent)
            let asked = await callers.browser.follow(
                await callers.browser.get(callers.app.authorize(["scope": "openid profile"])))
            #expect(asked.text.contains("name=\"decision\""))
            // Whatever was issued in the meantime is dead with it.
            let tokens = await callers.app.redeem(try again.answer().required("code"))
            #expect(try tokens.json()["error"] == "invalid_grant")
        }
    }
}
