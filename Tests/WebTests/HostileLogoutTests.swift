import Crypto
import HTTP
import JOSE
import Provider
import Testing

@testable import Web

/// A broken or hostile logout request: what is changed of a good one, and the parameter that the page must name.
private struct Hostile: Sendable, CustomTestStringConvertible {
    var changes: [String: String?]
    var named: String
    var testDescription: String { "\(changes) → \(named)" }

    init(_ changes: [String: String?], _ named: String) {
        self.changes = changes
        self.named = named
    }
}

@Suite("Broken and hostile logout requests: an error page that names the parameter; nobody is logged out or sent away")
struct HostileLogoutTests {
    /// Where a logout of the client must never lead, whoever vouches for the client.
    private static let strangeURIs = [
        "https://evil.example/", "https://rp.example/bye", "https://rp.example/bye?a=b&c=d",
        "https://rp.example/bye?a=b#",
        "https://rp.example/bye?a=b/", "https://RP.example/bye?a=b", "HTTPS://rp.example/bye?a=b",
        "https://rp.example:443/bye?a=b", "http://rp.example/bye?a=b", "//rp.example/bye?a=b", "/bye?a=b",
        "https://rp.example@evil.example/bye?a=b", "https://evil.example\\@rp.example/bye?a=b",
        "https://rp.example.evil.example/bye?a=b", "https://rp.example/x/../bye?a=b", "https://rp.example/%62ye?a=b",
        " https://rp.example/bye?a=b", "https://rp.example/bye?a=b ", "https://rp.example/bye?a=b\r\nX: y",
        "javascript:alert(1)", "JavaScript:alert(1)//https://rp.example/bye?a=b", "data:text/html,x", "about:blank",
        "http://127.0.0.1:5123/bye2", "http://127.0.0.1.evil.example/bye", "http://localhost/bye",
        "http://127.0.0.1:1@evil.example/bye", "http://127.0.0.1:99999/bye", "com.example.app:/bye",
        "https://rp.example/cb?x=1", "*", "https://*.example/bye?a=b",
    ]

    /// What is no ID token of this server, made of one that is.
    private func forgeries(of token: String, _ server: TestServer) throws -> [String: String] {
        let parts = token.split(separator: ".").map(String.init)
        let (header, payload, signature) = (parts[0], parts[1], parts[2])
        let kid = try UnverifiedJWS(parsing: token).header.keyID
        let claims = try #require(Base64URL.decode(payload))
        func encoded(_ text: String) -> String { Base64URL.encode(Array(text.utf8)) }
        var altered = String(decoding: claims, as: UTF8.self)
        altered = altered.replacing("\"sub\":\"", with: "\"sub\":\"x")
        let own = try SigningKey.generate(.rsa2048)
        let key = try #require(server.provider.keys.current.jwks.keys.first)
        let publicKey = try #require(SymmetricKey(bytes: Array(SHA256.hash("\(key.json)"))))
        let mac = HMACSHA256.code(
            for: Array("\(encoded(#"{"alg":"HS256","typ":"JWT"}"#)).\(payload)".utf8), key: publicKey)
        return [
            "text": "x", "dots": "..", "empty parts": "a.b.c", "four parts": token + ".x",
            "two parts": "\(header).\(payload)", "no signature": "\(header).\(payload).",
            "altered claims": "\(header).\(encoded(altered)).\(signature)",
            "signature of another": "\(header).\(payload).\(Base64URL.encode([UInt8](repeating: 7, count: 256)))",
            "alg none": "\(encoded(#"{"alg":"none","typ":"JWT"}"#)).\(payload).",
            "alg HS256": "\(encoded(#"{"alg":"HS256","typ":"JWT"}"#)).\(payload).\(Base64URL.encode(mac))",
            "own key under our kid": try JWSSigner(key: own, type: "JWT", keyID: kid).sign(claims),
            "own key": try JWSSigner(key: own, type: "JWT").sign(claims),
            "own key in the header":
                "\(encoded(#"{"alg":"RS256","typ":"JWT","jwk":\#(key.json)}"#)).\(payload).\(signature)",
            "kid that is no thumbprint":
                "\(encoded(#"{"alg":"RS256","typ":"JWT","kid":"' OR 1=1 --\u0000"}"#)).\(payload).\(signature)",
            "huge": String(repeating: "a", count: 12_000),
        ]
    }

    private func expectRefusal(
        _ answer: Response, naming name: String, _ comment: Comment, of login: SignedIn
    ) async {
        #expect(answer.status == .badRequest, comment)
        #expect(answer.headers[first: "content-type"]?.hasPrefix("text/html") == true, comment)
        #expect(answer.location == nil, comment)
        #expect(
            answer.text.contains("<code>invalid_request</code>") && answer.text.contains("&#39;\(name)&#39;"), comment)
        #expect(!answer.text.contains("evil.example") && !answer.text.contains("alert(1)"), comment)
        #expect(!answer.text.contains("http-equiv=\"refresh\"") && !answer.text.contains("<iframe"), comment)
    }

    @Test("GHSA-36f2-fcrx-fp4j: no spelling leads where the client has not registered, with a hint, by name, by form")
    func redirects() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(server)
            #expect(Self.strangeURIs.count >= 30)
            for uri in Self.strangeURIs {
                let answers = [
                    await login.browser.get(login.target(["post_logout_redirect_uri": uri])),
                    await login.browser.get(
                        login.target([
                            "post_logout_redirect_uri": uri, "id_token_hint": nil, "client_id": login.client.id.text,
                        ])),
                    await login.post(["post_logout_redirect_uri": uri]),
                ]
                for answer in answers {
                    // A line break is no value of a parameter at all.
                    await expectRefusal(answer, naming: "post_logout_redirect_uri", "\(uri)", of: login)
                }
            }
            #expect(await login.isSignedIn)
        }
    }

    @Test("a forged hint never redirects, whatever stands beside it")
    func forgedHints() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(server)
            let forgeries = try forgeries(of: login.idToken, server)
            #expect(forgeries.count == 15)
            for (name, hint) in forgeries {
                for changes in [[:], ["client_id": login.client.id.text]] as [[String: String?]] {
                    let all = changes.merging(["id_token_hint": hint]) { $1 }
                    await expectRefusal(
                        await login.browser.get(login.target(all)), naming: "id_token_hint", "\(name)", of: login)
                }
                await expectRefusal(
                    await login.post(["id_token_hint": hint]), naming: "id_token_hint", "\(name) by POST", of: login)
            }
            #expect(await login.isSignedIn)
        }
    }

    @Test("other tokens of this very server are no hints, nor are the ID tokens of another")
    func otherTokens() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await SignedIn.client(server)
            let login = try await SignedIn(server, (client, secret))
            let walk = Walk(server: server, client: client, secret: secret)
            let answer = await login.browser.follow(await login.browser.get(walk.authorize()))
            let tokens = try await walk.redeem(try answer.answer().required("code")).json()
            for name in ["access_token", "refresh_token"] {
                let hint = try #require(tokens[name]?.string)
                await expectRefusal(
                    await login.browser.get(login.target(["id_token_hint": hint])), naming: "id_token_hint", "\(name)",
                    of: login)
            }
            let notice = LogoutNotice(
                id: "1-1", clientID: client.id, userID: login.user.id,
                sessionID: SessionID(bucket: Bucket(1), random: "x"), endedAt: server.clock.now)
            let logoutToken = try server.provider.logoutToken(notice, for: client)
            await expectRefusal(
                await login.browser.get(login.target(["id_token_hint": logoutToken])), naming: "id_token_hint",
                "logout token", of: login)
            #expect(await login.isSignedIn)
        }
        // The tests' servers share one signing key, so only the issuer tells this one apart.
        try await TestServer.run(issuer: "https://other.example") { other in
            let hint = try await SignedIn(other).idToken
            try await TestServer.run { server in
                let login = try await SignedIn(server)
                await expectRefusal(
                    await login.browser.get(login.target(["id_token_hint": hint])), naming: "id_token_hint", "foreign",
                    of: login)
            }
        }
    }

    @Test("everything else that is wrong is refused by name")
    func table() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(server)
            let other = try await SignedIn.client(server).client
            let table: [Hostile] = [
                Hostile(["client_id": "nobody"], "client_id"),
                Hostile(["client_id": other.id.text], "client_id"),
                Hostile(["client_id": login.client.id.text.uppercased()], "client_id"),
                Hostile(["client_id": "nobody", "id_token_hint": nil], "client_id"),
                Hostile(["client_id": "nobody", "id_token_hint": nil, "post_logout_redirect_uri": nil], "client_id"),
                Hostile(["client_id": other.id.text, "post_logout_redirect_uri": nil], "client_id"),
                Hostile(["logout_request": "x"], "logout_request"),
                Hostile(["logout_request": Base64URL.encode([UInt8](repeating: 1, count: 200))], "logout_request"),
                Hostile(["logout_request": String(repeating: "a", count: 10_000)], "logout_request"),
                Hostile(["id_token": "x"], "id_token"), Hostile(["access_token": "x"], "access_token"),
                Hostile(["client_secret": "x"], "client_secret"), Hostile(["password": "x"], "password"),
            ]
            for hostile in table {
                await expectRefusal(
                    await login.browser.get(login.target(hostile.changes)), naming: hostile.named,
                    "\(hostile.testDescription)", of: login)
            }
            for suffix in [
                "&id_token_hint=x", "&client_id=a&client_id=a", "&post_logout_redirect_uri=https://evil.example/",
                "&state=again", "&ui_locales=de&ui_locales=en", "&x=1&x=2", "&state2=%zz", "&%ff=1", "&y=%00",
            ] {
                let answer = await login.browser.get(login.target() + suffix)
                #expect(answer.status == .badRequest && answer.location == nil, "\(suffix)")
                let body = login.target().split(separator: "?", maxSplits: 1)[1] + suffix
                let posted = await login.browser.send(
                    .post, SignedIn.logout, ["Content-Type": "application/x-www-form-urlencoded"], String(body))
                #expect(posted.status == .badRequest && posted.location == nil, "\(suffix) by POST")
            }
            let long = await login.post(["state": String(repeating: "x", count: 20_000)])
            await expectRefusal(long, naming: "state", "a state that no address holds", of: login)
            for (headers, body, status) in [
                (["Content-Type": "application/json"], "{}", 415), (["Content-Type": "text/plain"], "x", 415),
                ([:], "id_token_hint=x", 415),
            ] as [(Headers, String, Int)] {
                #expect(await login.browser.send(.post, SignedIn.logout, headers, body).status.code == status)
            }
            for method in [HTTP.Method.put, .delete, .patch] {
                #expect(await login.browser.send(method, login.target()).status == .methodNotAllowed)
            }
            for path in ["/api/v1/oauth2/logout/", "/logout", "/api/v1/oauth2/Logout"] {
                #expect(await login.browser.get(path).status == .notFound, "\(path)")
            }
            #expect(await login.isSignedIn, "none of it logged anybody out")
        }
    }

    @Test("empty parameters count as left out, unknown ones are passed over")
    func harmless() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(server)
            let page = await login.browser.get(
                SignedIn.logout + "?id_token_hint=&client_id=&post_logout_redirect_uri=&state=&logout_request=&x=y")
            #expect(login.isQuestion(page))
            #expect(login.isQuestion(await login.browser.get(SignedIn.logout)))
            #expect(login.isQuestion(await login.browser.get(SignedIn.logout + "?state=only")))
            let posted = await login.browser.send(.post, SignedIn.logout)
            #expect(login.isQuestion(await login.browser.follow(posted)))
        }
    }

    @Test("without its database nobody is told that they are signed out")
    func outage() async throws {
        try await TestServer.withoutDatabase { server in
            let browser = TestBrowser(server)
            let cookie = OpaqueToken(
                .session, bucket: .day(of: server.clock.now), secret: [UInt8](repeating: 1, count: 32))
            browser.cookies["__Host-martlet_session"] = cookie.text
            let answer = await browser.get(SignedIn.logout)
            #expect(answer.status == .serviceUnavailable && answer.headers[first: "retry-after"] != nil)
            #expect(browser.cookies["__Host-martlet_session"] != nil)
        }
    }
}
