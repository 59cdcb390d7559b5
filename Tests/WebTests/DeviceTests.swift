import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("The device flow (RFC 8628)")
struct DeviceTests {
    /// A device with its client.
    private struct Device {
        let server: TestServer
        let client: Client
        let secret: String?
        static let grant = "urn:ietf:params:oauth:grant-type:device_code"

        func post(_ path: String, _ fields: [(String, String)]) async -> Response {
            var headers: Headers = ["Content-Type": "application/x-www-form-urlencoded"]
            var fields = fields
            if let secret {
                headers.add("Authorization", basic(client.id.text, secret))
            } else {
                fields.append(("client_id", client.id.text))
            }
            let body = FormEncoder.encode(fields.map { FormParameter(name: $0.0, value: $0.1) })
            return await server.routes.respond(to: request(.post, "/api/v1/oauth2/" + path, headers, body))
        }

        func begin(_ fields: [(String, String)] = [("scope", "openid profile")]) async -> Response {
            await post("device-authorization", fields)
        }

        func poll(_ code: String, _ fields: [(String, String)] = []) async -> Response {
            await post("token", [("grant_type", Self.grant), ("device_code", code)] + fields)
        }
    }

    private func device(
        _ server: TestServer, _ kind: Client.Kind = .public, _ change: (inout Client) -> Void = { _ in }
    ) async throws -> Device {
        let (client, secret) = try await server.client(kind) {
            $0.grantTypes = [.deviceCode, .refreshToken]
            $0.redirectURIs = []
            change(&$0)
        }
        return Device(server: server, client: client, secret: secret)
    }

    private func signedIn(_ server: TestServer) async throws -> TestBrowser {
        let browser = TestBrowser(server)
        _ = await browser.logIn(await browser.get("/login"), try await server.user([("name", "Ada")]))
        return browser
    }

    private func text(_ json: JSON, _ name: String) throws -> String { try #require(json[name]?.string) }

    @Test("The answer has what the RFC lists (§3.2)", arguments: [Client.Kind.public, .confidential])
    func begin(_ kind: Client.Kind) async throws {
        try await TestServer.run { server in
            let device = try await device(server, kind)
            let response = await device.begin()
            #expect(response.status == .ok)
            #expect(response.headers[first: "cache-control"] == "no-store")
            let answer = try response.json()
            #expect(try text(answer, "device_code").hasPrefix("mlt_dc_"))
            let code = try text(answer, "user_code")
            #expect(code.wholeMatch(of: /[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/) != nil)
            #expect(answer["verification_uri"] == "https://id.example/device")
            #expect(answer["verification_uri_complete"] == .string("https://id.example/device?user_code=\(code)"))
            #expect(answer["expires_in"] == 600)
            #expect(answer["interval"] == 5)
        }
    }

    @Test("From the code on the screen over login and question to tokens (§3.3, §3.4)")
    func walk() async throws {
        try await TestServer.run { server in
            let device = try await device(server)
            let answer = try await device.begin().json()
            let (deviceCode, userCode) = (try text(answer, "device_code"), try text(answer, "user_code"))
            #expect(try await device.poll(deviceCode).json()["error"] == "authorization_pending")

            let browser = TestBrowser(server)
            let field = await browser.get("/device")
            #expect(field.text.contains("name=\"user_code\""))
            let login = await browser.follow(await browser.get("/device?user_code=" + userCode.lowercased()))
            #expect(login.text.contains("autocomplete=\"current-password\""))
            #expect(!login.text.contains("S&ouml;hne") && !login.text.contains("Zoë"), "strangers learn nothing")
            let question = await browser.follow(await browser.logIn(login, try await server.user()))
            #expect(question.text.contains(">Allow</button>") && question.text.contains(">Deny</button>"))
            #expect(question.text.contains("Zoë &amp; &lt;b&gt;Söhne&lt;/b&gt;"))
            #expect(question.text.contains(userCode))
            let end = await browser.submit(question, "/device", [("scope", "profile"), ("decision", "allow")])
            #expect(end.status == .ok)

            let tokens = try await device.poll(deviceCode).json()
            #expect(tokens["scope"] == "openid profile")
            #expect(try text(tokens, "refresh_token").hasPrefix("mlt_rt_"))
            #expect(tokens["id_token"] != nil)
            let again = await device.post(
                "token", [("grant_type", "refresh_token"), ("refresh_token", try text(tokens, "refresh_token"))])
            #expect(again.status == .ok)
        }
    }

    @Test(
        "Contract, sessionTtl: a login that is too old for the client allows no device, and what it allowed ends with it"
    )
    func tooOldLogin() async throws {
        try await TestServer.run { server in
            let device = try await device(server) { $0.lifetimes.session = 600 }
            let browser = try await signedIn(server)
            server.clock.advance(seconds: 590)
            let answer = try await device.begin().json()
            let page = await browser.get("/device?user_code=" + (try text(answer, "user_code")))
            _ = await browser.submit(page, "/device", [("scope", "profile"), ("decision", "allow")])
            let tokens = try await device.poll(try text(answer, "device_code")).json()
            #expect(tokens["expires_in"] == 10)
            server.clock.advance(seconds: 10)
            let refreshed = await device.post(
                "token", [("grant_type", "refresh_token"), ("refresh_token", try text(tokens, "refresh_token"))])
            #expect(try refreshed.json()["error"] == "invalid_grant")
            let late = try await device.begin().json()
            let refused = await browser.get("/device?user_code=" + (try text(late, "user_code")))
            #expect(refused.status == .badRequest && refused.text.contains("login_required"))
        }
    }

    @Test("A code that was used comes back: everything that came of it ends (RFC 6749 §10.5)")
    func replay() async throws {
        try await TestServer.run { server in
            let device = try await device(server)
            let answer = try await device.begin().json()
            let browser = try await signedIn(server)
            let page = await browser.get("/device?user_code=" + (try text(answer, "user_code")))
            _ = await browser.submit(page, "/device", [("scope", "profile"), ("decision", "allow")])
            let tokens = try await device.poll(try text(answer, "device_code")).json()
            let repeated = await device.poll(try text(answer, "device_code"))
            #expect(try repeated.json()["error"] == "invalid_grant")
            let refreshed = await device.post(
                "token", [("grant_type", "refresh_token"), ("refresh_token", try text(tokens, "refresh_token"))])
            #expect(try refreshed.json()["error"] == "invalid_grant")
        }
    }

    @Test("Denied, expired, too soon: each has its own answer (§3.5)")
    func refusals() async throws {
        try await TestServer.run { server in
            let device = try await device(server)
            let browser = try await signedIn(server)
            let denied = try await device.begin().json()
            let page = await browser.get("/device?user_code=" + (try text(denied, "user_code")))
            _ = await browser.submit(page, "/device", [("decision", "deny")])
            #expect(try await device.poll(try text(denied, "device_code")).json()["error"] == "access_denied")

            let code = try text(try await device.begin().json(), "device_code")
            #expect(try await device.poll(code).json()["error"] == "authorization_pending")
            let hasty = await device.poll(code)
            #expect(hasty.status == .badRequest)
            #expect(try hasty.json()["error"] == "slow_down")
            server.clock.advance(seconds: 601)
            #expect(try await device.poll(code).json()["error"] == "expired_token")
        }
    }

    @Test("Only what is ticked is granted; who unticks everything has denied it")
    func granular() async throws {
        try await TestServer.run { server in
            let device = try await device(server)
            let browser = try await signedIn(server)
            let some = try await device.begin([("scope", "openid profile email")]).json()
            let page = await browser.get("/device?user_code=" + (try text(some, "user_code")))
            _ = await browser.submit(
                page, "/device", [("scope", "email"), ("scope", "admin"), ("decision", "allow")])
            #expect(try await device.poll(try text(some, "device_code")).json()["scope"] == "openid email")

            let none = try await device.begin([("scope", "contracts:read")]).json()
            let other = await browser.get("/device?user_code=" + (try text(none, "user_code")))
            _ = await browser.submit(other, "/device", [("decision", "allow")])
            #expect(try await device.poll(try text(none, "device_code")).json()["error"] == "access_denied")
        }
    }

    @Test("First-party clients ask, too, and a foreign form decides nothing (§5.4, CVE-2026-123545)")
    func alwaysAsked() async throws {
        try await TestServer.run { server in
            let device = try await device(server) { $0.firstParty = true }
            let browser = try await signedIn(server)
            let answer = try await device.begin().json()
            let code = try text(answer, "user_code")
            #expect(await browser.get("/device?user_code=\(code)").text.contains(">Allow</button>"))
            for fields in [
                [("user_code", code), ("decision", "allow"), ("scope", "profile")],
                [("user_code", code), ("decision", "allow"), ("csrf", "x"), ("scope", "profile")],
            ] {
                _ = await browser.post("/device", fields)
                #expect(
                    ["authorization_pending", "slow_down"].contains(
                        try await device.poll(try text(answer, "device_code")).json()["error"]?.string))
            }
            let page = await browser.get("/device?user_code=\(code)")
            _ = await browser.logIn(await browser.get("/login"), try await server.user())
            _ = await browser.submit(page, "/device", [("scope", "profile"), ("decision", "allow")])
            #expect(
                try await device.poll(try text(answer, "device_code")).json()["error"] == "slow_down",
                "it was Ada who was asked")
        }
    }

    @Test("A code belongs to the user who opened it first (CVE-2026-45337)")
    func otherUser() async throws {
        try await TestServer.run { server in
            let code = try text(try await device(server).begin().json(), "user_code")
            let (first, second) = (try await signedIn(server), try await signedIn(server))
            #expect(await first.get("/device?user_code=\(code)").status == .ok)
            #expect(await second.get("/device?user_code=\(code)").status == .notFound)
            #expect(await first.get("/device?user_code=\(code)").status == .ok)
        }
    }

    @Test("Wrong codes are slowed down, whoever signs in from the address (§5.1)")
    func guessing() async throws {
        try await TestServer.run { server in
            let browser = try await signedIn(server)
            for _ in 0..<5 {
                #expect(await browser.get("/device?user_code=BBBB-BBBB").status == .notFound)
            }
            let slowed = await browser.get("/device?user_code=BBBB-BBBB")
            #expect(slowed.status == .tooManyRequests)
            #expect(slowed.headers[first: "retry-after"] == "1")
            // A right one neither passes nor makes up for the wrong ones.
            let code = try text(try await device(server).begin().json(), "user_code")
            #expect(await browser.get("/device?user_code=\(code)").status == .tooManyRequests)
            server.clock.advance(seconds: 2)
            #expect(await browser.get("/device?user_code=\(code)").status == .ok)
            #expect(await browser.get("/device?user_code=BBBB-BBBB").status == .notFound)
            #expect(await browser.get("/device?user_code=\(code)").status == .tooManyRequests)
        }
    }

    @Test(
        "Broken requests of devices get a standard error",
        arguments: [
            (["scope": "nonsense"], "invalid_scope"), (["scope": "admin"], "invalid_scope"),
            (["scope": "a\u{7F}b"], "invalid_scope"), (["resource": "https://x.example"], "invalid_target"),
            (["resource": "x"], "invalid_target"), (["client_secret": "x"], "invalid_client"),
            (["client_assertion": "x"], "invalid_client"),
        ])
    func broken(_ fields: [String: String], _ error: String) async throws {
        try await TestServer.run { server in
            let device = try await device(server)
            let response = await device.begin(fields.map { ($0.key, $0.value) })
            #expect(try response.json()["error"] == .string(error))
            #expect(response.status.code < 500)
        }
    }

    @Test(
        "Broken polls get a standard error",
        arguments: [
            ("", "invalid_request"), ("mlt_dc_1", "invalid_grant"), ("mlt_ac_1", "invalid_grant"),
            ("mlt_dc_999999999" + String(repeating: "A", count: 43), "invalid_grant"),
            ("mlt_dc_2147483647" + String(repeating: "A", count: 43), "invalid_grant"),
            ("mlt_dc_490000" + String(repeating: "A", count: 43), "invalid_grant"),
            (String(repeating: "x", count: 5000), "invalid_grant"), ("\u{0}", "invalid_request"),
        ])
    func brokenPoll(_ code: String, _ error: String) async throws {
        try await TestServer.run { server in
            let device = try await device(server)
            let response = await device.poll(code)
            #expect(try response.json()["error"] == .string(error))
            #expect(response.status == .badRequest)
        }
    }

    @Test("A client without the grant gets no codes, and another client's code gives nothing")
    func foreign() async throws {
        try await TestServer.run { server in
            let (client, _) = try await server.client(.public)
            let other = Device(server: server, client: client, secret: nil)
            #expect(try await other.begin().json()["error"] == "unauthorized_client")
            #expect(try await other.poll("mlt_dc_x").json()["error"] == "unauthorized_client")
            let (mine, thief) = (try await device(server), try await device(server))
            let code = try text(try await mine.begin().json(), "device_code")
            #expect(try await thief.poll(code).json()["error"] == "invalid_grant")
        }
    }
}
