import HTTP
import JOSE
import Provider
import Testing

@testable import Web

extension TestServer {
    /// A JSON request.
    func send(
        _ method: HTTP.Method, _ path: String, _ body: String, bearer: String? = nil, isAdministrator: Bool = false
    ) async -> Response {
        var headers: Headers = ["Content-Type": "application/json"]
        if let bearer { headers.add("Authorization", "Bearer \(bearer)") }
        if isAdministrator { headers.add("Authorization", basic(administrator.id, administrator.secret)) }
        return await routes.respond(to: request(method, "/api/v1/users" + path, headers, body))
    }

    /// The secret of the link that mail to a user would have.
    func secret(_ kind: MailOrder.Kind, of user: User) async throws -> String {
        let order = MailOrder(
            id: name("mail"), kind: kind, userID: user.id, address: user.email, language: "en", createdAt: clock.now,
            givesUpAt: clock.now + 60)
        guard case .send(let mail) = try await provider.compose(order, at: clock.now) else { return "" }
        return String(mail.link.split(separator: "token=").last ?? "")
    }

    /// An access token of the user with this scope.
    func token(
        _ scope: String, of user: User, password: String = TestServer.password, in browser: TestBrowser? = nil
    ) async throws -> String {
        let (client, secret) = try await client { $0.allowedScopes = ScopeList(["openid", "profile", "account"]) }
        let walk = Walk(server: self, client: client, secret: secret)
        let browser = browser ?? TestBrowser(self)
        let login = await browser.follow(await browser.get(walk.authorize(["scope": scope])))
        let consent = await browser.follow(await browser.logIn(login, user, password: password))
        let fields = scope.split(separator: " ").filter { $0 != "openid" }.map { ("scope", String($0)) }
        let end = await browser.submit(consent, "/consent", fields + [("decision", "allow")])
        let tokens = try await walk.redeem(try end.answer().required("code")).json()
        return tokens["access_token"]?.string ?? ""
    }

    func current(_ user: User) async throws -> User {
        guard let user = try await provider.stores.users.user(user.id) else { throw OAuthError(.notFound, "gone") }
        return user
    }
}

@Suite("Accounts by a program")
struct AccountAPITests {
    private let good = "\"password\":\"korrektes Pferd\""

    @Test("sign-up makes a user who can log in at once, without roles, tenant or a confirmed address")
    func signUp() async throws {
        try await TestServer.run { server in
            let username = name("Anna")
            let answer = await server.send(
                .post, "/signup",
                "{\"username\":\"\(username)\",\(good),\"email\":\"a@example.org\",\"given_name\":\"A\"}")
            #expect(answer.status == .created)
            #expect(answer.headers[first: "cache-control"] == "no-store")
            let json = try answer.json()
            #expect(json["username"]?.string == username && json["email"] == "a@example.org")
            #expect(json["emailVerified"] == false && json["roles"] == [] && json["tenantId"] == .null)
            #expect(json["givenName"] == "A" && json["password"] == nil)
            let id = UserID(try #require(json["id"]?.string))
            let user = try #require(try await server.provider.stores.users.user(id))
            let browser = TestBrowser(server)
            let end = await browser.logIn(await browser.get("/login"), user, password: "korrektes Pferd")
            #expect(end.location == "/account")
        }
    }

    @Test("a name that is an address is also the address, in whatever letter case it is written again")
    func addressAsName() async throws {
        try await TestServer.run { server in
            let username = name("anna") + "@example.org"
            for email in [nil, username.uppercased()] {
                let other = (email == nil ? "" : "x") + username
                let member = email.map { ",\"email\":\"X\($0)\"" } ?? ""
                let answer = await server.send(.post, "/signup", "{\"username\":\"\(other)\",\(good)\(member)}")
                #expect(answer.status == .created)
                let json = try answer.json()
                #expect(json["email"]?.string?.lowercased() == other.lowercased())
            }
        }
    }

    @Test(
        "a taken name is 409; one that is an address is answered like a free one, and its owner is untouched (CVE-2026-4633)"
    )
    func enumeration() async throws {
        try await TestServer.run { server in
            let plain = name("anna")
            let free = await server.send(.post, "/signup", "{\"username\":\"\(plain)\",\(good)}")
            #expect(free.status == .created)
            for spelling in [plain, plain.uppercased(), plain.replacing("anna", with: "аnnа")] {
                let taken = await server.send(.post, "/signup", "{\"username\":\"\(spelling)\",\(good)}")
                #expect(taken.status == .conflict || spelling.contains("а") && taken.status == .badRequest)
                #expect(try taken.json()["error"] == (taken.status == .conflict ? "conflict" : "invalid_request"))
            }
            let address = name("anna") + "@example.org"
            let body = "{\"username\":\"\(address)\",\(good)}"
            let first = await server.send(.post, "/signup", body)
            let second = await server.send(.post, "/signup", body)
            #expect(first.status == second.status)
            let (one, two) = (try first.json(), try second.json())
            #expect(one.object?.names == two.object?.names)
            #expect(one["id"]?.string?.count == two["id"]?.string?.count && one["id"] != two["id"])
            #expect(first.headers.all("content-type") == second.headers.all("content-type"))
            let ghost = try await server.provider.stores.users.user(UserID(two["id"]?.string ?? ""))
            #expect(ghost == nil)
        }
    }

    @Test("where sign-up is off there is no such page, no such address, and no link to it")
    func closed() async throws {
        try await TestServer.run(change: { $0.isSignUpOpen = false }) { server in
            let browser = TestBrowser(server)
            #expect(await browser.get("/signup").status == .notFound)
            #expect(await server.send(.post, "/signup", "{}").status == .notFound)
            #expect(await !browser.get("/login").text.contains("/signup"))
            let refusal = await #expect(throws: SignUpRefusal.self) {
                try await server.provider.signUp([:], language: "en", trail: server.trail)
            }
            #expect(refusal == .closed)
        }
        try await TestServer.run { server in
            #expect(await TestBrowser(server).get("/login").text.contains("/signup"))
        }
    }

    @Test("asking for mail is 202 with the same answer, whoever is asked about (CVE-2026-4633)")
    func asking() async throws {
        try await TestServer.run { server in
            let user = try await server.user([("email", "a@example.org")])
            var answers: Set<String> = []
            for (path, body) in [
                ("/reset-password", "{\"username\":\"\(user.username)\"}"),
                ("/reset-password", "{\"username\":\"nobody\"}"),
                ("/reset-password", "{\"username\":\"no name at all!\"}"),
                ("/reset-password", "{\"email\":\"a@example.org\"}"),
                ("/reset-password", "{\"email\":\"nobody@example.org\"}"),
                ("/reset-password", "{\"email\":\"nonsense\"}"),
                ("/verify-email", "{\"email\":\"a@example.org\"}"),
                ("/verify-email", "{\"email\":\"nobody@example.org\"}"),
            ] {
                let answer = await server.send(.post, path, body)
                #expect(answer.status == .accepted, "\(body)")
                answers.insert(
                    answer.text
                        + answer.headers.map { "\($0.name): \($0.value)" }.filter { !$0.hasPrefix("X-Request-Id") }
                        .joined())
            }
            #expect(answers.count == 1)
        }
    }

    @Test(
        "a link sets the password once; looking at it does not use it up; it ends sessions and tokens and logs nobody in"
    )
    func reset() async throws {
        try await TestServer.run { server in
            let user = try await server.user([("email", "a@example.org")])
            let access = try await server.token("openid profile", of: user)
            let elsewhere = TestBrowser(server)
            _ = await elsewhere.logIn(await elsewhere.get("/login"), user)
            let secret = try await server.secret(.resetPassword, of: user)
            let reader = TestBrowser(server)
            for _ in 0..<3 {
                let page = await reader.get("/reset-password?token=\(secret)")
                #expect(page.status == .ok && page.text.contains("autocomplete=\"new-password\""))
                #expect(page.headers.all("referrer-policy") == ["no-referrer"])
            }
            let body = "{\"token\":\"\(secret)\",\"newPassword\":\"noch ein Pferd\"}"
            let weak = await server.send(
                .post, "/reset-password", "{\"token\":\"\(secret)\",\"newPassword\":\"password1234\"}")
            #expect(try weak.json()["error_description"]?.string?.contains("newPassword") == true)
            let done = await server.send(.post, "/reset-password", body)
            #expect(done.status == .noContent && done.headers.all("set-cookie").isEmpty)
            let again = await server.send(.post, "/reset-password", body)
            #expect(again.status == .badRequest)
            #expect(try again.json()["error_description"]?.string?.contains("token") == true)
            #expect(await reader.get("/reset-password?token=\(secret)").status == .gone)
            #expect(await elsewhere.get("/account").location == "/login")
            let info = await server.routes.respond(
                to: request(.get, "/api/v1/oauth2/userinfo", ["Authorization": "Bearer \(access)"]))
            #expect(info.status == .unauthorized)
            let old = TestBrowser(server)
            #expect(await old.logIn(await old.get("/login"), user).status == .forbidden)
            #expect(await old.logIn(await old.get("/login"), user, password: "noch ein Pferd").location == "/account")
        }
    }

    @Test(
        "a link's time is over after half an hour, that of an address after a day; neither passes as the other (CVE-2026-4282)"
    )
    func times() async throws {
        try await TestServer.run { server in
            let user = try await server.user([("email", "a@example.org")])
            let (reset, verify) = (
                try await server.secret(.resetPassword, of: user), try await server.secret(.verifyEmail, of: user)
            )
            for (path, secret) in [("/reset-password", verify), ("/verify-email", reset)] {
                let extra = path == "/reset-password" ? ",\"newPassword\":\"noch ein Pferd\"" : ""
                #expect(await server.send(.post, path, "{\"token\":\"\(secret)\"\(extra)}").status == .badRequest)
            }
            server.clock.advance(seconds: 1801)
            #expect(
                await server.send(
                    .post, "/reset-password", "{\"token\":\"\(reset)\",\"newPassword\":\"noch ein Pferd\"}"
                )
                .status == .badRequest)
            #expect(await TestBrowser(server).get("/reset-password?token=\(reset)").status == .gone)
            server.clock.advance(seconds: 86_400)
            #expect(await server.send(.post, "/verify-email", "{\"token\":\"\(verify)\"}").status == .badRequest)
        }
    }

    @Test("opening a link confirms nothing; the button and the API do, once")
    func verify() async throws {
        try await TestServer.run { server in
            let user = try await server.user([("email", "a@example.org")])
            let secret = try await server.secret(.verifyEmail, of: user)
            let browser = TestBrowser(server)
            let page = await browser.get("/verify-email?token=\(secret)")
            #expect(page.status == .ok && page.text.contains("a@example.org") && page.text.contains(user.username))
            #expect(page.headers.all("referrer-policy") == ["no-referrer"])
            #expect(try await !server.current(user).emailVerified)
            let end = await browser.submit(page, "/verify-email", [])
            #expect(end.location == "/verify-email?done=1")
            #expect(try await server.current(user).emailVerified)
            #expect(await browser.submit(page, "/verify-email", []).status == .gone)
            let other = try await server.user([("email", "b@example.org")])
            let second = try await server.secret(.verifyEmail, of: other)
            #expect(await server.send(.post, "/verify-email", "{\"token\":\"\(second)\"}").status == .noContent)
            #expect(try await server.current(other).emailVerified)
        }
    }

    @Test("a token with scope account reads and changes its user's own profile, and nothing else")
    func profile() async throws {
        try await TestServer.run { server in
            let user = try await server.user([("email", "a@example.org"), ("emailVerified", true), ("roles", ["x"])])
            let token = try await server.token("openid account", of: user)
            let answer = await server.send(.get, "/profile", "", bearer: token)
            #expect(answer.status == .ok)
            let json = try answer.json()
            #expect(json["id"]?.string == user.id.text && json["emailVerified"] == true)
            let same = await server.send(.put, "/profile", json.description, bearer: token)
            #expect(same.status == .ok)
            let changed = try await server.send(
                .put, "/profile",
                "{\"name\":\"Anna\",\"address\":{\"country\":\"DE\",\"postal_code\":\"10115\"},\"email\":\"b@example.org\",\"phone_number\":\"+49 30 1234567\"}",
                bearer: token
            ).json()
            #expect(
                changed["name"] == "Anna" && changed["email"] == "b@example.org" && changed["emailVerified"] == false)
            #expect(changed["address"] == ["country": "DE", "postalCode": "10115"])
            let now = try await server.current(user)
            #expect(now.roles == ["x"] && now.claims["phone_number"] == "+49 30 1234567")
            #expect(now.updatedAt > user.updatedAt)
            for body in [
                "{\"roles\":[\"admin\"]}", "{\"emailVerified\":true}", "{\"password\":\"x\"}", "{\"username\":\"y\"}",
            ] {
                #expect(await server.send(.put, "/profile", body, bearer: token).status == .badRequest, "\(body)")
            }
            #expect(await server.send(.get, "/\(user.id)", "", bearer: token).status == .forbidden)
            #expect(await server.send(.get, "", "", bearer: token).status == .forbidden)
        }
    }

    @Test(
        "another token, none, or client credentials reach no profile; credentials are looked at before the body (RFC 6750 §3.1)"
    )
    func profileRefused() async throws {
        try await TestServer.run { server in
            let user = try await server.user()
            let token = try await server.token("openid profile", of: user)
            for method in [HTTP.Method.get, .put] {
                let narrow = await server.send(method, "/profile", "{{{", bearer: token)
                #expect(narrow.status == .forbidden)
                let challenge = try #require(narrow.headers[first: "www-authenticate"])
                #expect(challenge.contains("insufficient_scope") && challenge.contains("scope=\"account\""))
                let bare = await server.routes.respond(
                    to: request(method, "/api/v1/users/profile", ["Content-Type": "text/plain"], "{{{"))
                #expect(bare.status == .unauthorized)
                #expect(bare.headers.all("www-authenticate") == ["Bearer realm=\"https://id.example\""])
                #expect(await server.send(method, "/profile", "{{{", isAdministrator: true).status == .unauthorized)
            }
        }
    }

    @Test("what the client may not have any more, its tokens have not either (GHSA-895x-rfqp-jh5c)")
    func withdrawn() async throws {
        try await TestServer.run { server in
            let user = try await server.user()
            let token = try await server.token("openid account", of: user)
            let payload = try #require(Base64URL.decode(String(token.split(separator: ".")[1])))
            let id = ClientID(try #require(try JSON.parse(payload)["client_id"]?.string))
            let registered = try #require(try await server.provider.stores.clients.client(id, at: server.clock.now))
            var client = registered.client
            client.allowedScopes = ScopeList(["openid"])
            client.updatedAt = server.clock.now + 1
            #expect(
                try await server.provider.stores.clients.replace(registered.client, by: client, Record(server.trail)))
            #expect(await server.send(.get, "/profile", "", bearer: token).status == .forbidden)
        }
    }
}

@Suite("Users as operators change them")
struct UserManagementTests {
    @Test("PUT and PATCH change what they name and leave the rest; a new password ends the user's logins")
    func change() async throws {
        try await TestServer.run { server in
            let user = try await server.user([("email", "a@example.org"), ("emailVerified", true), ("name", "Anna")])
            let browser = TestBrowser(server)
            _ = await browser.logIn(await browser.get("/login"), user)
            for method in [HTTP.Method.put, .patch] {
                let answer = await server.send(
                    method, "/\(user.id)", "{\"roles\":[\"\(method.rawValue)\"],\"given_name\":\"A\"}",
                    isAdministrator: true)
                #expect(answer.status == .ok)
                let json = try answer.json()
                #expect(json["roles"] == [.string(method.rawValue)] && json["name"] == "Anna")
                #expect(json["email"] == "a@example.org" && json["emailVerified"] == true && json["givenName"] == "A")
            }
            #expect(await browser.get("/account").status == .ok)
            let read = await server.send(.get, "/\(user.id)", "", isAdministrator: true)
            #expect(
                await server.send(.put, "/\(user.id)", read.text, isAdministrator: true).status == .ok, "as it was read"
            )
            let moved = try await server.send(
                .patch, "/\(user.id)", "{\"email\":\"b@example.org\",\"name\":null}", isAdministrator: true
            ).json()
            #expect(moved["emailVerified"] == false && moved["name"] == nil)
            // A password that the person could not choose: administrators answer for theirs.
            let secret = await server.send(
                .patch, "/\(user.id)", "{\"password\":\"password1234\"}", isAdministrator: true)
            #expect(secret.status == .ok && !secret.text.contains("password"))
            #expect(await browser.get("/account").location == "/login")
            let renamed = try await server.send(
                .patch, "/\(user.id)", "{\"username\":\"\(name("Neu"))\"}", isAdministrator: true
            ).json()
            let now = try await server.current(user)
            #expect(renamed["username"]?.string == now.username)
            let fresh = TestBrowser(server)
            #expect(await fresh.logIn(await fresh.get("/login"), now, password: "password1234").location == "/account")
        }
    }

    @Test("a deleted user is gone with everything that works, and their name is free")
    func deletion() async throws {
        try await TestServer.run { server in
            let user = try await server.user()
            let token = try await server.token("openid account", of: user)
            let browser = TestBrowser(server)
            _ = await browser.logIn(await browser.get("/login"), user)
            #expect(await server.send(.delete, "/\(user.id)", "", isAdministrator: true).status == .noContent)
            for method in [HTTP.Method.get, .delete, .patch] {
                #expect(await server.send(method, "/\(user.id)", "{}", isAdministrator: true).status == .notFound)
            }
            #expect(await browser.get("/account").location == "/login")
            #expect(await server.send(.get, "/profile", "", bearer: token).status == .unauthorized)
            let again = await server.send(
                .post, "", "{\"username\":\"\(user.username)\",\"password\":\"correct horse\"}", isAdministrator: true)
            #expect(again.status == .created)
            #expect(try again.json()["id"]?.string != user.id.text, "an id is never given again")
        }
    }

    @Test("the list is searched by how names and addresses begin, in whatever letter case")
    func search() async throws {
        try await TestServer.run { server in
            let user = try await server.user([("email", .string(name("Zoe") + "@example.org"))])
            let email = try #require(user.email)
            for beginning in [String(user.username.prefix(12)).uppercased(), String(email.prefix(12)).lowercased()] {
                let list = try await server.send(.get, "?search=\(beginning)", "", isAdministrator: true).json()
                #expect(list["items"]?.array?.map { $0["id"]?.string } == [user.id.text])
            }
            #expect(try await server.send(.get, "?search=%25", "", isAdministrator: true).json()["items"] == [])
        }
    }
}
