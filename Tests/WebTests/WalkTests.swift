import Crypto
import HTTP
import JOSE
import Provider
import Testing

@testable import Web

/// One authorization request of one client, from the first redirect to the tokens.
struct Walk {
    let server: TestServer
    let client: Client
    let secret: String?
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    /// The target of the authorization request; parameters with nil are left out.
    func authorize(_ changes: [String: String?] = [:]) -> String {
        var parameters: [String: String?] = [
            "response_type": "code", "client_id": client.id.text, "redirect_uri": client.redirectURIs.first,
            "scope": "openid profile", "state": "st<>&'\"ate", "nonce": "n-0S6", "code_challenge": Self.challenge,
            "code_challenge_method": "S256",
        ]
        for (name, value) in changes { parameters[name] = value }
        let pairs = parameters.compactMap { name, value in value.map { FormParameter(name: name, value: $0) } }
        return "/api/v1/oauth2/authorize?" + FormEncoder.encode(pairs.sorted { $0.name < $1.name })
    }

    /// The redemption of a code.
    func redeem(_ code: String) async -> Response {
        await ask([
            FormParameter(name: "grant_type", value: "authorization_code"), FormParameter(name: "code", value: code),
            FormParameter(name: "redirect_uri", value: client.redirectURIs[0]),
            FormParameter(name: "code_verifier", value: Self.verifier),
        ])
    }

    /// The use of a refresh token.
    func refresh(_ token: String) async -> Response {
        await ask([
            FormParameter(name: "grant_type", value: "refresh_token"),
            FormParameter(name: "refresh_token", value: token),
        ])
    }

    private func ask(_ parameters: [FormParameter]) async -> Response {
        var headers: Headers = ["Content-Type": "application/x-www-form-urlencoded"]
        var fields = parameters
        if let secret {
            headers.add("Authorization", basic(client.id.text, secret))
        } else {
            fields.append(FormParameter(name: "client_id", value: client.id.text))
        }
        let body = FormEncoder.encode(fields)
        return await server.routes.respond(to: request(.post, "/api/v1/oauth2/token", headers, body))
    }
}

/// The value of `Authorization` for HTTP Basic.
func basic(_ id: String, _ secret: String) -> String {
    let text = Base64URL.encode(Array("\(id):\(secret)".utf8))
    let standard = text.replacing("-", with: "+").replacing("_", with: "/")
    return "Basic " + standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
}

@Suite("The main walk: login, consent, tokens, user")
struct WalkTests {
    @Test("A user logs in and consents; the client gets code, tokens and claims (OpenID Connect Core §3.1)")
    func main() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client()
            let user = try await server.user([("name", "Ada <Lovelace>"), ("email", "ada@example.com")])
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)

            let start = await browser.get(walk.authorize())
            #expect(start.status == .seeOther)
            let login = await browser.follow(start)
            #expect(login.status == .ok)
            #expect(login.text.contains("autocomplete=\"username\""))
            #expect(login.text.contains("autocomplete=\"current-password\""))
            let consent = await browser.follow(await browser.logIn(login, user))
            #expect(consent.text.contains(">Allow</button>"))
            #expect(consent.text.contains("Ada &lt;Lovelace&gt;"))
            let end = await browser.submit(consent, "/consent", [("scope", "profile"), ("decision", "allow")])
            #expect(end.status == .seeOther)
            #expect(end.location?.hasPrefix("https://rp.example/cb?x=1&code=mlt_ac_") == true)
            let answer = try end.answer()
            #expect(answer["state"] == "st<>&'\"ate")
            #expect(answer["iss"] == TestServer.https)

            let tokens = await walk.redeem(try answer.required("code"))
            #expect(tokens.status == .ok)
            #expect(tokens.headers[first: "cache-control"] == "no-store")
            let members = try tokens.json()
            #expect(members["token_type"] == "Bearer")
            #expect(members["scope"] == "openid profile")
            let bearer = "Bearer " + (members["access_token"]?.string ?? "")
            let claims = await server.routes.respond(
                to: request(.get, "/api/v1/oauth2/userinfo", ["Authorization": bearer]))
            #expect(try claims.json()["sub"]?.string == user.id.text)
            #expect(try claims.json()["name"]?.string == "Ada <Lovelace>")

            let again = await browser.get(walk.authorize())
            #expect(again.location?.hasPrefix("https://rp.example/cb") == true, "consent is on record, session lives")
        }
    }

    @Test("A POST to the authorization endpoint parks the request and answers 303 to where the cookies are")
    func post() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let user = try await server.user()
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            let query = try #require(walk.authorize().split(separator: "?").last)
            let parked = await browser.send(
                .post, "/api/v1/oauth2/authorize", ["Content-Type": "application/x-www-form-urlencoded"], String(query))
            #expect(parked.status == .seeOther)
            #expect(parked.location?.hasPrefix("/login?request=mlt_ar_") == true)
            let end = await browser.logIn(await browser.follow(parked), user)
            #expect(try end.answer()["code"] != nil)
        }
    }

    @Test("A JSON body asks for tokens as a form does; both methods at once are refused")
    func jsonToken() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client {
                $0.grantTypes = [.clientCredentials]
                $0.allowedScopes = ScopeList(["contracts:read"])
            }
            let body: JSON = [
                "grant_type": "client_credentials", "client_id": .string(client.id.text),
                "client_secret": .string(secret ?? ""),
            ]
            let answer = await server.routes.respond(
                to: request(.post, "/api/v1/oauth2/token", ["Content-Type": "application/json"], body.description))
            #expect(answer.status == .ok)
            #expect(try answer.json()["scope"] == "contracts:read")
            let twice = await server.routes.respond(
                to: request(
                    .post, "/api/v1/oauth2/token",
                    ["Content-Type": "application/json", "Authorization": basic(client.id.text, secret ?? "")],
                    body.description))
            #expect(twice.status == .badRequest)
            #expect(try twice.json()["error"] == "invalid_request")
        }
    }

    @Test("The answer travels by fragment and by form, every value escaped (CVE-2026-29191)")
    func responseModes() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client { $0.firstParty = true }
            let user = try await server.user()
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            let login = await browser.follow(await browser.get(walk.authorize(["response_mode": "fragment"])))
            let fragment = await browser.logIn(login, user)
            #expect(try fragment.answer(after: "#")["code"] != nil)

            let form = await browser.get(walk.authorize(["response_mode": "form_post"]))
            #expect(form.status == .ok)
            #expect(form.text.contains("action=\"https://rp.example/cb?x=1\""))
            #expect(form.text.contains("name=\"state\" value=\"st&lt;&gt;&amp;&#39;&quot;ate\""))
            #expect(form.headers[first: "cache-control"] == "no-store")
            let policy = try #require(form.headers[first: "content-security-policy"])
            #expect(policy.contains("form-action 'self' https://rp.example;"))
            #expect(policy.contains("script-src 'self';"))
            let script = try #require(form.text.firstMatch(of: /src="([^"]*)"/)).1
            #expect(await browser.get(String(script)).text.contains("submit()"))
        }
    }
}
