import Crypto
import HTTP
import JOSE
import Provider
import Testing
import Web

/// A client that may use every response type, logged in to.
private struct FrontChannel {
    let walk: Walk
    let browser: TestBrowser
    let user: User

    init(_ server: TestServer, _ change: (inout Client) -> Void = { _ in }) async throws {
        let (client, secret) = try await server.client {
            $0.profile = .legacy
            $0.firstParty = true
            $0.grantTypes.insert(.implicit)
            $0.namedResponseTypes = Set(ResponseType.allCases)
            $0.redirectURIs = ["https://rp.example/cb"]
            change(&$0)
        }
        walk = Walk(server: server, client: client, secret: secret)
        browser = TestBrowser(server)
        user = try await server.user([("name", "Ada"), ("email", "ada@example.com")])
        _ = await browser.logIn(await browser.get("/login"), user)
    }

    func answer(_ type: ResponseType, _ changes: [String: String?] = [:]) async throws -> Parameters {
        let changes = changes.merging(["response_type": type.rawValue]) { $1 }
        let response = await browser.get(walk.authorize(changes))
        return try response.answer(after: type == .code ? "?" : "#")
    }

    func userInfo(_ accessToken: String) async -> Response {
        await walk.server.routes.respond(
            to: request(.get, "/api/v1/oauth2/userinfo", ["Authorization": "Bearer " + accessToken]))
    }
}

/// The payload of a JWT.
func claims(of token: String) throws -> JSON {
    let payload = try #require(token.split(separator: ".").dropFirst().first)
    return try JSON.parse(try #require(Base64URL.decode(String(payload))))
}

@Suite("Tokens from the authorization endpoint: RFC 6749 §4.2, OpenID Connect Core §3.2, §3.3")
struct FrontChannelTests {
    @Test("Each response type brings what it names and no more, with state and iss", arguments: ResponseType.allCases)
    func members(type: ResponseType) async throws {
        try await TestServer.run { server in
            let front = try await FrontChannel(server)
            let answer = try await front.answer(type)
            let words = Set(type.rawValue.split(separator: " "))
            #expect((answer["code"] != nil) == words.contains("code"))
            #expect((answer["access_token"] != nil) == words.contains("token"))
            #expect((answer["id_token"] != nil) == words.contains("id_token"))
            #expect((answer["token_type"] == "Bearer") == words.contains("token"))
            #expect((answer["expires_in"] == "3600") == words.contains("token"))
            #expect((answer["scope"] == "openid profile") == words.contains("token"))
            #expect(answer["state"] == "st<>&'\"ate" && answer["iss"] == TestServer.https)
            #expect(answer["refresh_token"] == nil)
            if let token = answer["access_token"] {
                #expect(try await front.userInfo(token).json()["name"] == "Ada")
            }
            if let code = answer["code"] {
                let tokens = try await front.walk.redeem(code).json()
                #expect(tokens["id_token"] != nil && tokens["refresh_token"] != nil)
                #expect(try claims(of: tokens["id_token"]?.string ?? "")["c_hash"] == nil)
            }
        }
    }

    @Test(
        "Core §3.2.2.10, §3.3.2.11: the ID token is bound to what comes with it",
        arguments: [
            ResponseType.idToken, .idTokenToken, .codeIDToken, .codeIDTokenToken,
        ])
    func idToken(type: ResponseType) async throws {
        try await TestServer.run { server in
            let front = try await FrontChannel(server)
            let answer = try await front.answer(type)
            func half(_ text: String?) -> JSON? {
                text.map { .string(Base64URL.encode(Array(SHA256.hash(Array($0.utf8)).prefix(16)))) }
            }
            let told = try claims(of: answer.required("id_token"))
            #expect(told["at_hash"] == half(answer["access_token"]))
            #expect(told["c_hash"] == half(answer["code"]))
            #expect(told["nonce"] == "n-0S6" && told["sub"]?.string == front.user.id.text)
            #expect(told["sid"] != nil && told["auth_time"] != nil)
            // Contract, Core §5.4: without an access token there is no UserInfo to ask.
            #expect((told["name"] == "Ada") == (type == .idToken))
            #expect((told["roles"] != nil) == (type == .idToken))
            #expect(told["email"] == nil, "the scope was not asked for")
        }
    }

    @Test("Form Post Response Mode §2: the tokens stand in a form, and nowhere else")
    func formPost() async throws {
        try await TestServer.run { server in
            let front = try await FrontChannel(server)
            let page = await front.browser.get(
                front.walk.authorize(["response_type": "code id_token token", "response_mode": "form_post"]))
            #expect(page.status == .ok && page.location == nil)
            #expect(page.headers[first: "cache-control"] == "no-store")
            let names = page.hiddenFields.map(\.0)
            #expect(
                names == ["access_token", "token_type", "expires_in", "scope", "id_token", "code", "state", "iss"])
        }
    }

    @Test("RFC 6749 §4.1.2: who redeems the code twice loses the token of the front channel too")
    func replay() async throws {
        try await TestServer.run { server in
            let front = try await FrontChannel(server)
            let answer = try await front.answer(.codeToken)
            let (code, token) = (try answer.required("code"), try answer.required("access_token"))
            #expect(await front.walk.redeem(code).status == .ok)
            #expect(await front.userInfo(token).status == .ok)
            #expect(await front.walk.redeem(code).status == .badRequest)
            #expect(await front.userInfo(token).status == .unauthorized)
        }
    }

    @Test("The session's end is the token's end; so is its revocation by the client")
    func ends() async throws {
        try await TestServer.run { server in
            let front = try await FrontChannel(server)
            let revoked = try await front.answer(.token).required("access_token")
            let revocation = await server.routes.respond(
                to: request(
                    .post, "/api/v1/oauth2/revoke",
                    [
                        "Content-Type": "application/x-www-form-urlencoded",
                        "Authorization": basic(front.walk.client.id.text, front.walk.secret ?? ""),
                    ], "token=" + revoked))
            #expect(revocation.status == .ok)
            #expect(await front.userInfo(revoked).status == .unauthorized)
            let token = try await front.answer(.idTokenToken).required("access_token")
            #expect(await front.userInfo(token).status == .ok)
            let account = await front.browser.get("/account")
            _ = await front.browser.submit(account, "/account", [("action", "logout")])
            #expect(await front.userInfo(token).status == .unauthorized)
        }
    }

    @Test("A token is told of as any other, by the grant type implicit")
    func events() async throws {
        try await TestServer.run { server in
            var cursor = try await server.provider.stores.events.endOfEvents()
            let front = try await FrontChannel(server)
            let token = try await front.answer(.token).required("access_token")
            let jti = try #require(claims(of: token)["jti"]?.string)
            var told: [StoredEvent] = []
            while told.isEmpty {
                let events = try await server.provider.stores.events.events(
                    after: cursor, types: ["oauth2.token.issued"], limit: 200
                ).items
                cursor = events.last?.cursor ?? cursor
                told = events.filter { $0.subject == jti }
            }
            let data = try JSON.parse(told[0].data)
            #expect(data["grantType"] == "implicit" && data["clientId"]?.string == front.walk.client.id.text)
            #expect(!String(decoding: told[0].data, as: UTF8.self).contains(token))
        }
    }

    @Test("Whoever is not logged in goes through login and consent to the same answer; who cancels, to the same place")
    func walk() async throws {
        try await TestServer.run { server in
            let front = try await FrontChannel(server) { $0.firstParty = false }
            let browser = TestBrowser(server)
            let target = front.walk.authorize([
                "response_type": "id_token token", "code_challenge": nil, "code_challenge_method": nil,
            ])
            let login = await browser.follow(await browser.get(target))
            let consent = await browser.follow(await browser.logIn(login, front.user))
            #expect(consent.text.contains(">Allow</button>"))
            let end = await browser.submit(consent, "/consent", [("scope", "profile"), ("decision", "allow")])
            #expect(end.location?.hasPrefix("https://rp.example/cb#access_token=") == true)
            let second = TestBrowser(server)
            let again = await second.follow(await second.get(target))
            let cancelled = await second.submit(again, "/login", [("action", "cancel")])
            #expect(try cancelled.answer(after: "#")["error"] == "access_denied")
        }
    }

    @Test(
        "Contract: what is asked for silently is answered silently, by fragment",
        arguments: [
            ("token", "login_required"), ("id_token token", "login_required"), ("code id_token", "login_required"),
        ])
    func promptNone(type: String, error: String) async throws {
        try await TestServer.run { server in
            let front = try await FrontChannel(server)
            let stranger = TestBrowser(server)
            let answer = await stranger.get(front.walk.authorize(["response_type": type, "prompt": "none"]))
            #expect(try answer.answer(after: "#")["error"] == error)
            #expect(answer.location?.contains("?") == false)
        }
    }
}
