import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("/oauth2/scopes")
struct ScopeManagementTests {
    @Test(
        "POST, GET, PUT, DELETE; a change is there at once for registrations, and on the consent page in its language")
    func life() async throws {
        try await TestServer.run { server in
            let api = ManagementAPI(server)
            let name = name("reports") + ":read"
            let made = await api.send(
                .post, "/oauth2/scopes",
                #"{"name":"\#(name)","descriptions":{"en":"Read <reports>","de-AT":"Berichte lesen"}}"#)
            #expect(made.status == .created)
            let path = "/oauth2/scopes/" + (try #require(made.json()["id"]?.string))
            #expect(path.hasSuffix(name))
            #expect(try made.json()["name"]?.string == name)
            #expect(try await api.send(.get, path).json() == made.json())
            let again = await api.send(.post, "/oauth2/scopes", #"{"name":"\#(name)","description":"x"}"#)
            #expect(again.status == .conflict)

            let callers = try await Callers(server)
            let allowed = await api.send(
                .patch, "/oauth2/clients/\(callers.app.client.id)", #"{"allowedScopes":["openid","\#(name)"]}"#)
            #expect(allowed.status == .ok)
            let page = await callers.browser.follow(
                await callers.browser.get(callers.app.authorize(["scope": "openid \(name)"])))
            callers.browser.acceptLanguage = "de"
            let question = await callers.browser.follow(await callers.browser.logIn(page, callers.user))
            #expect(question.text.contains("Berichte lesen"))
            callers.browser.acceptLanguage = "en"
            let english = await callers.browser.get(try #require(callers.browser.lastTarget))
            #expect(english.text.contains("Read &lt;reports&gt;"))

            let changed = try await api.send(.put, path, #"{"description":"Read all reports"}"#).json()
            #expect(changed["descriptions"] == ["en": "Read all reports"])
            // What this form asks is not what the page would ask today.
            let stale = await callers.browser.submit(english, "/consent", [("scope", name), ("decision", "allow")])
            #expect(stale.status == .ok && stale.text.contains("too old") && stale.text.contains("Read all reports"))
            let end = await callers.browser.submit(stale, "/consent", [("scope", name), ("decision", "allow")])
            #expect(try end.answer()["code"] != nil)

            let refused = await api.send(.delete, path)
            #expect(refused.status == .conflict)
            #expect(
                try refused.json()["error_description"]?.string?.contains("1 clients may have it, and 1 consents")
                    == true)
            #expect(await api.send(.delete, path + "?force=true").status == .noContent)
            #expect(await api.send(.get, path).status == .notFound)
            #expect(await api.send(.delete, path).status == .notFound)
            let gone = await api.send(
                .patch, "/oauth2/clients/\(callers.app.client.id)", #"{"allowedScopes":["openid","\#(name)"]}"#)
            #expect(gone.status == .badRequest)
            let client = try await api.send(.get, "/oauth2/clients/\(callers.app.client.id)").json()
            #expect(client["allowedScopes"]?.strings == ["openid"])
        }
    }

    @Test("Scopes are listed by name, page by page")
    func list() async throws {
        try await TestServer.run { server in
            let api = ManagementAPI(server)
            var (names, cursor): ([String], String?) = ([], nil)
            repeat {
                let page = try await api.send(
                    .get, "/oauth2/scopes?limit=2" + (cursor.map { "&cursor=\($0)" } ?? "")
                ).json()
                names += page["items"]?.array?.compactMap { $0["name"]?.string } ?? []
                cursor = page["nextCursor"]?.string
            } while cursor != nil
            #expect(Set(Scope.builtIn).isSubset(of: names) && Set(names).count == names.count)
        }
    }

    @Test("What has a meaning for the server itself cannot go, and its words can be changed", arguments: Scope.builtIn)
    func builtIn(name: String) async throws {
        try await TestServer.run { server in
            let api = ManagementAPI(server)
            for query in ["", "?force=true"] {
                let refused = await api.send(.delete, "/oauth2/scopes/\(name)\(query)")
                #expect(refused.status == .conflict)
            }
            let scope = try await api.send(.get, "/oauth2/scopes/\(name)").json()
            #expect(scope["builtIn"] == true)
            let words = try #require(scope["descriptions"])
            #expect(await api.send(.put, "/oauth2/scopes/\(name)", #"{"descriptions":\#(words)}"#).status == .ok)
        }
    }

    @Test("A scope token that no path can have has an id that any path can (RFC 6749 §3.3)")
    func ids() async throws {
        try await TestServer.run { server in
            let api = ManagementAPI(server)
            for name in [name("https://api.example/a") + "?b#[c]", "~" + name("tilde"), name("%2F")] {
                let made = try await api.send(
                    .post, "/oauth2/scopes", #"{"name":"\#(name)","description":"x"}"#
                ).json()
                let id = try #require(made["id"]?.string)
                #expect(id.hasPrefix("~"))
                #expect(try await api.send(.get, "/oauth2/scopes/\(id)").json()["name"]?.string == name)
                #expect(await api.send(.delete, "/oauth2/scopes/\(id)").status == .noContent)
            }
        }
    }
}
