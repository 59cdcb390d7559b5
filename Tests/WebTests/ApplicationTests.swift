import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("/applications by the API")
struct ApplicationTests {
    private static let json: Headers = ["Content-Type": "application/json"]

    /// What somebody asks for, with members of it changed.
    static func body(_ changes: [(String, JSON)] = []) -> String {
        var object = JSONObject([
            ("name", "Harbour Books"), ("description", "A shop.\r\nFor books."), ("type", "CONFIDENTIAL"),
            ("grantTypes", ["authorization_code", "refresh_token"]), ("redirectUris", ["https://books.example/cb"]),
            ("scopes", ["openid", "profile"]), ("resources", ["https://api.example"]),
            ("email", .string(name("anna") + "@example.org")),
        ])
        for (name, value) in changes { object[name] = value }
        return JSON.object(object).description
    }

    static func ask(_ server: TestServer, _ changes: [(String, JSON)] = []) async throws -> JSON {
        let answer = await server.routes.respond(
            to: request(
                .post, "/api/v1/applications", json, body(changes), from: "198.51.100.\(Int.random(in: 1...250))"))
        #expect(answer.status == .created, "\(answer.text)")
        return try answer.json()
    }

    /// The link that the mail of an approval has.
    ///
    /// - Parameter hasLeft: whether the mail system reports that it has it.
    static func link(_ server: TestServer, _ id: String, hasLeft: Bool = false) async throws -> String {
        // Not taken from the store: of those who take at once each gets what no other has.
        let due = DueApplicationNotice(
            application: try await server.provider.application(id, for: .local(trail: server.trail)), attempts: 0,
            givesUpAt: server.clock.now + 60)
        guard case .send(let mail) = try await server.provider.compose(due, at: server.clock.now) else { return "" }
        if hasLeft {
            try await server.provider.stores.applications.settle(
                due, .sent(mailbox: mail.mailbox), at: server.clock.now)
        }
        return String(mail.link.dropFirst(TestServer.https.count))
    }

    @Test("anybody asks; an administrator lists, reads and approves: the client is there, told of and written down")
    func approval() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let asked = try await Self.ask(server)
            let id = try #require(asked["id"]?.string)
            #expect(asked["status"] == "pending" && asked["clientId"] == .null && asked["decidedAt"] == .null)
            #expect(asked["description"] == "A shop.\nFor books.")
            #expect(asked["scopes"]?.strings == ["openid", "profile"])
            let email = try #require(asked["email"]?.string)
            for filter in ["email=\(email)", "email=\(email)&status=pending&type=CONFIDENTIAL&scope=profile%20openid"] {
                let list = await callers.send(.get, "/applications?" + filter, by: callers.administrator)
                #expect(try list.items() == [asked])
            }
            #expect(try await callers.send(.get, "/applications/\(id)", by: callers.administrator).json() == asked)

            let approved = await callers.send(.post, "/applications/\(id)/approve", "{}", by: callers.administrator)
            #expect(approved.status == .ok)
            let answer = try approved.json()
            let clientID = try #require(answer["clientId"]?.string)
            #expect(answer["status"] == "approved" && answer["decidedBy"]?.string?.hasPrefix("client:") == true)
            #expect(!approved.text.contains("mlt_"))
            let client = try await callers.send(.get, "/oauth2/clients/\(clientID)", by: callers.administrator).json()
            #expect(
                client["name"] == "Harbour Books" && client["redirectUris"]?.strings == ["https://books.example/cb"])
            #expect(client["allowedResources"]?.strings == ["https://api.example"])
            #expect(client["firstParty"] == false && client["tenantId"] == .null)
            let secrets = await callers.send(.get, "/oauth2/clients/\(clientID)/secrets", by: callers.administrator)
            #expect(try secrets.items().isEmpty, "a secret is made when somebody is there to see it")

            for act in ["approve", "refuse"] {
                let again = await callers.send(.post, "/applications/\(id)/\(act)", by: callers.administrator)
                #expect(again.status == .conflict)
            }
            let audit = try await callers.send(
                .get, "/audit-logs?action=application.approve&limit=200", by: callers.administrator
            ).items()
            #expect(audit.contains { $0["subject"] == .string("application:\(id)") })
        }
    }

    @Test("a refusal keeps its reason, makes no client, and is final")
    func refusal() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let id = try #require(try await Self.ask(server)["id"]?.string)
            let refused = await callers.send(
                .post, "/applications/\(id)/refuse", #"{"reason":"  Who are you?\r\nWrite to us. "}"#,
                by: callers.administrator)
            #expect(refused.status == .ok)
            #expect(try refused.json()["reason"] == "Who are you?\nWrite to us.")
            #expect(try refused.json()["clientId"] == .null)
            for act in ["approve", "refuse"] {
                let again = await callers.send(.post, "/applications/\(id)/\(act)", "{}", by: callers.administrator)
                #expect(again.status == .conflict)
                #expect(try again.json()["error"] == "conflict")
            }
        }
    }

    @Test("two administrators who approve at once make one client")
    func race() async throws {
        try await TestServer.run { server in
            let id = try #require(try await Self.ask(server)["id"]?.string)
            let provider = server.provider
            let administrator = Administrator.local(trail: server.trail)
            let codes = await withTaskGroup(of: OAuthError.Code?.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        do throws(OAuthError) {
                            _ = try await provider.approveApplication(id, [:], by: administrator)
                            return nil
                        } catch { return error.code }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count(where: { $0 == nil }) == 1 && codes.contains(.conflict))
        }
    }

    @Test(
        "nobody else reaches applications: no credentials, a token without admin, a user's own, a tenant's administrator"
    )
    func rights() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let id = try #require(try await Self.ask(server)["id"]?.string)
            let (tenant, secret) = try await server.client {
                $0.tenantID = name("tenant")
                $0.allowedScopes = ScopeList(["admin"])
                $0.grantTypes = [.clientCredentials]
            }
            let own = try await callers.bearer(callers.user, scope: "openid account")
            let service = "Bearer " + (try await callers.service(scope: "contracts:read"))
            for (method, path) in [
                (HTTP.Method.get, "/applications"), (.get, "/applications/\(id)"),
                (.post, "/applications/\(id)/approve"), (.post, "/applications/\(id)/refuse"),
                (.post, "/applications/\(id)/resend"),
                (.get, "/applications/1-x"), (.post, "/applications/1-x/approve"),
            ] {
                let nobody = await callers.send(method, path, by: nil)
                #expect(nobody.status == .unauthorized)
                #expect(nobody.headers.all("www-authenticate").count == 2)
                for authorization in [own, service, basic(tenant.id.text, secret ?? "")] {
                    #expect(await callers.send(method, path, by: authorization).status == .forbidden, "\(path)")
                }
            }
            let stands = try await callers.send(.get, "/applications/\(id)", by: callers.administrator).json()
            #expect(stands["status"] == "pending")
        }
    }

    @Test("strangers ask so often and no oftener, and only so many may wait")
    func limits() async throws {
        try await TestServer.run(limits: [RateLimit(.registration, .address, rate: 1, burst: 2)]) { server in
            for status in [201, 201, 429] {
                let answer = await server.routes.respond(
                    to: request(.post, "/api/v1/applications", Self.json, Self.body(), from: "203.0.113.9"))
                #expect(answer.status.code == status)
            }
            let page = await server.routes.respond(
                to: request(
                    .post, "/applications/new", ["Content-Type": "application/x-www-form-urlencoded"], "a=b",
                    from: "203.0.113.9"))
            #expect(page.status == .tooManyRequests, "the page has the same limit")
        }
        try await TestServer.run(change: { $0.applications.undecidedPerNetwork = 1 }) { server in
            for status in [201, 429] {
                let answer = await server.routes.respond(
                    to: request(.post, "/api/v1/applications", Self.json, Self.body(), from: "203.0.113.77"))
                #expect(answer.status.code == status)
            }
        }
    }

    @Test("whoever has a /48 has a share of all that may wait, and so has a mailbox")
    func shares() async throws {
        let (first, second) = ("2001:db8:\(Int.random(in: 1...9999))", "2001:db8:a\(Int.random(in: 1...999))")
        try await TestServer.run(change: {
            ($0.applications.undecidedPerDelegation, $0.applications.undecidedPerMailbox) = (2, 2)
        }) { server in
            func ask(_ address: String, _ changes: [(String, JSON)] = []) async -> Response {
                await server.routes.respond(
                    to: request(.post, "/api/v1/applications", Self.json, Self.body(changes), from: address))
            }
            for (address, status) in [
                ("\(first):1::1", 201), ("\(first):2::1", 201), ("\(first):ffff::1", 429), ("\(second):1::1", 201),
            ] {
                #expect(await ask(address).status.code == status, "\(address)")
            }
            let mailbox = name("anna") + "@example.org"
            for (email, status) in [(mailbox, 201), (mailbox.uppercased(), 201), (mailbox, 429)] {
                let address = "198.51.\(Int.random(in: 0...255)).\(Int.random(in: 0...255))"
                let answer = await ask(address, [("email", .string(email))])
                #expect(answer.status.code == status)
                if status == 429 { #expect(answer.headers[first: "retry-after"] == "3600") }
            }
        }
    }

    @Test("lengths are counted in code points, as the description of the API has them")
    func lengths() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            for (count, isTaken) in [(4000, true), (4001, false)] {
                let answer = await server.routes.respond(
                    to: request(
                        .post, "/api/v1/applications", Self.json,
                        Self.body([("description", .string(String(repeating: "\u{1F426}", count: count)))]),
                        from: "198.51.100.\(Int.random(in: 1...250))"))
                #expect(answer.status == (isTaken ? .created : .badRequest), "\(answer.text)")
                if isTaken { #expect(try answer.json()["description"]?.string?.unicodeScalars.count == count) }
            }
            let id = try #require(try await Self.ask(server)["id"]?.string)
            for (count, status) in [(2001, 400), (2000, 200)] {
                // Two code points that people see as one letter.
                let reason = String(repeating: "u\u{308}", count: count / 2) + (count % 2 == 0 ? "" : "x")
                let body = JSON.object(JSONObject([("reason", .string(reason))])).description
                let answer = await callers.send(.post, "/applications/\(id)/refuse", body, by: callers.administrator)
                #expect(answer.status.code == status, "\(answer.text)")
            }
        }
    }

    @Test(
        "another link is mailed to who has lost the first, which is dead then; not once the credentials are collected")
    func resending() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            func act(_ act: String, _ id: String, _ body: String = "") async -> Response {
                await callers.send(.post, "/applications/\(id)/\(act)", body, by: callers.administrator)
            }
            let id = try #require(
                try await Self.ask(server, [("grantTypes", ["client_credentials"])])["id"]?.string)
            let undecided = await act("resend", id)
            #expect(undecided.status == .conflict && undecided.text.contains("not approved"))
            #expect(await act("approve", id).status == .ok)
            let early = await act("resend", id)
            #expect(early.status == .conflict && early.text.contains("on its way"))
            let lost = try await Self.link(server, id, hasLeft: true)
            let browser = TestBrowser(server)
            #expect(await browser.get(lost).status == .ok)

            #expect(await act("resend", id, #"{"email":"x@example.org"}"#).status == .badRequest)
            let resent = await act("resend", id, "{}")
            #expect(resent.status == .ok && !resent.text.contains("mlt_"))
            #expect(try resent.json()["status"] == "approved")
            #expect(await browser.get(lost).status == .gone)
            let link = try await Self.link(server, id, hasLeft: true)
            #expect(link != lost)
            let page = await browser.get(link)
            #expect(page.status == .ok)
            #expect(await browser.submit(page, "/applications/credentials", []).text.contains("mlt_cs_"))
            let late = await act("resend", id)
            #expect(late.status == .conflict && late.text.contains("collected already"))
            let audit = try await callers.send(
                .get, "/audit-logs?action=application.resend&limit=200", by: callers.administrator
            ).items()
            #expect(audit.count(where: { $0["subject"] == .string("application:\(id)") }) == 1)
        }
    }

    @Test("no link is mailed for a client that is gone or has a secret, nor one that would outlive the application")
    func nothingToResend() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            func approved() async throws -> (id: String, client: String) {
                let id = try await Self.ask(server)["id"]?.string ?? ""
                let answer = await callers.send(.post, "/applications/\(id)/approve", by: callers.administrator)
                _ = try await Self.link(server, id, hasLeft: true)
                return (id, try answer.json()["clientId"]?.string ?? "")
            }
            let (gone, rotated, old) = (try await approved(), try await approved(), try await approved())
            let path = "/oauth2/clients/"
            #expect(await callers.send(.delete, path + gone.client, by: callers.administrator).status == .noContent)
            let secret = await callers.send(
                .post, path + rotated.client + "/rotate-secret", "{}", by: callers.administrator)
            #expect(secret.status == .ok)
            for (id, words) in [(gone.id, "is gone"), (rotated.id, "has a secret")] {
                let answer = await callers.send(.post, "/applications/\(id)/resend", by: callers.administrator)
                #expect(answer.status == .conflict && answer.text.contains(words), "\(answer.text)")
            }
            let trail = Trail(
                actor: "system", requestID: "test", address: "", now: server.clock.now + 81 * 86_400)
            let error = await #expect(throws: OAuthError.self) {
                _ = try await server.provider.resendApplicationLink(old.id, [:], by: .local(trail: trail))
            }
            #expect(error?.code == .conflict && error?.description.contains("too old") == true)
        }
    }

    @Test("opening the link spends nothing; the button shows id and secret once, and the secret works")
    func credentials() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            let id = try #require(
                try await Self.ask(server, [("grantTypes", ["client_credentials"]), ("name", "A <b>shop</b>")])["id"]?
                    .string)
            let approved = await callers.send(.post, "/applications/\(id)/approve", by: callers.administrator)
            let clientID = try #require(try approved.json()["clientId"]?.string)
            let link = try await Self.link(server, id)
            let browser = TestBrowser(server)
            for _ in 0..<3 {
                let page = await browser.get(link)
                #expect(page.status == .ok && page.text.contains("A &lt;b&gt;shop&lt;/b&gt;"))
                #expect(!page.text.contains(clientID) && !page.text.contains("mlt_cs_"))
                #expect(page.headers[first: "referrer-policy"] == "no-referrer")
                #expect(page.headers[first: "cache-control"] == "no-store")
            }
            let page = await browser.get(link)
            let shown = await browser.submit(page, "/applications/credentials", [])
            #expect(shown.status == .ok && shown.text.contains(clientID))
            let secret = String(try #require(shown.text.firstMatch(of: /mlt_cs_[A-Za-z0-9_-]{43}/)?.output))
            let token = await server.routes.respond(
                to: request(
                    .post, "/api/v1/oauth2/token",
                    ["Content-Type": "application/x-www-form-urlencoded", "Authorization": basic(clientID, secret)],
                    "grant_type=client_credentials"))
            #expect(token.status == .ok)
            let again = await browser.submit(page, "/applications/credentials", [])
            #expect(again.status == .gone && !again.text.contains(clientID))
            #expect(await browser.get(link).status == .gone)
            let stands = try await callers.send(.get, "/applications/\(id)", by: callers.administrator).json()
            #expect(stands["collectedAt"]?.string != nil)
        }
    }

    @Test("a public client has no secret; a link is over after a week, and what is none is answered like it")
    func links() async throws {
        try await TestServer.run { server in
            let callers = try await Callers(server)
            func approved(_ changes: [(String, JSON)]) async throws -> String {
                let id = try #require(try await Self.ask(server, changes)["id"]?.string)
                _ = await callers.send(.post, "/applications/\(id)/approve", by: callers.administrator)
                return try await Self.link(server, id)
            }
            let browser = TestBrowser(server)
            let open = await browser.get(try await approved([("type", "PUBLIC")]))
            let shown = await browser.submit(open, "/applications/credentials", [])
            #expect(shown.status == .ok && !shown.text.contains("mlt_cs_") && shown.text.contains("has none"))

            let late = try await approved([])
            server.clock.advance(seconds: 7 * 86_400)
            let over = await browser.get(late)
            #expect(over.status == .gone)
            for token in ["", "?token=", "?token=x", "?token=mlt_al_1\(String(repeating: "A", count: 43))"] {
                let none = await browser.get("/applications/credentials" + token)
                #expect(none.status == .gone && none.text == over.text)
            }
        }
    }
}
