import HTTP
import JOSE
import Postgres
import Provider
import Testing

@testable import Web

@Suite("Passkeys on the pages; with a browser's authenticator in Tests/EndToEnd")
struct PasskeyTests {
    /// The fields of a page's passkey form, and the options for the browser.
    private func form(_ page: Response, _ kind: String) throws -> (fields: [(String, String)], options: JSON) {
        let start = try #require(page.text.firstRange(of: "data-passkey=\"\(kind)\"")).lowerBound
        let end = try #require(page.text[start...].firstRange(of: "</form>")).lowerBound
        let text = page.text[start..<end]
        let options = try #require(text.firstMatch(of: /data-options="([^"]*)"/)).1.replacing("&quot;", with: "\"")
        let fields = text.matches(of: /<input type="hidden" name="([^"]*)" value="([^"]*)">/)
            .map { (String($0.1), String($0.2)) }
        return (fields, try JSON.parse(String(options)))
    }

    @Test("The login page asks for any passkey of this host, with the user verified (WebAuthn §5.5)")
    func question() async throws {
        try await TestServer.run { server in
            let page = await TestBrowser(server).get("/login")
            let (fields, options) = try form(page, "get")
            #expect(options["rpId"] == "id.example")
            #expect(options["userVerification"] == "required")
            #expect(options["allowCredentials"] == [])
            #expect(fields.contains { $0.0 == "challenge" && $0.1 == options["challenge"]?.string })
            #expect(page.headers[first: "content-security-policy"]?.contains("script-src 'self'") == true)
        }
    }

    @Test("A server that is reached by an address offers none (WebAuthn §5.1.3)", arguments: ["127.0.0.1", "[::1]"])
    func address(_ host: String) async throws {
        try await TestServer.run(issuer: "http://\(host):8080") { server in
            #expect(await !TestBrowser(server).get("/login").text.contains("data-passkey"))
        }
    }

    @Test(
        "What is no passkey lets nobody in, whatever it is",
        arguments: [
            "", "x", "null", "[]", "{}", #"{"id":"AA","rawId":"AA","type":"public-key","response":{}}"#,
            #"{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","#
                + #""signature":"AA","userHandle":"AA"}}"#,
            #"{"id":1,"rawId":1,"type":1,"response":1}"#, String(repeating: "[", count: 20_000), "\u{0}",
        ])
    func broken(_ credential: String) async throws {
        try await TestServer.run { server in
            let browser = TestBrowser(server)
            let (fields, _) = try form(await browser.get("/login"), "get")
            let answer = await browser.post(
                "/login", fields.filter { $0.0 != "credential" } + [("credential", credential)])
            #expect([.forbidden, .badRequest].contains(answer.status))
            #expect(await browser.get("/account").status == .seeOther)
        }
    }

    @Test("Wrong answers of a passkey are told and slowed down; what is nobody's leaves no row (CVE-2025-64102)")
    func throttled() async throws {
        try await TestServer.run { server in
            let user = try await server.user()
            let id = Array("a passkey of \(user.id.text)".utf8)
            let passkey = Passkey(
                id: id, userID: user.id, publicKey: [], signCount: 0, name: "x", transports: [], isBackedUp: false,
                createdAt: server.clock.now)
            #expect(
                try await server.provider.stores.passkeys.add(
                    passkey, whileHash: user.passwordHash, Record(server.trail)))
            func answer(_ id: [UInt8], from address: String) async throws -> Response {
                let browser = TestBrowser(server, address: address)
                let (fields, _) = try form(await browser.get("/login"), "get")
                let credential: JSON = [
                    "id": .string(Base64URL.encode(id)), "rawId": .string(Base64URL.encode(id)), "type": "public-key",
                    "response": [
                        "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": "AA",
                    ],
                    "clientExtensionResults": [:],
                ]
                return await browser.post(
                    "/login", fields.filter { $0.0 != "credential" } + [("credential", credential.description)])
            }
            /// Events that the answer's request wrote.
            func told(_ answer: Response) async throws -> Int {
                let request = answer.headers[first: "x-request-id"]
                return try await TestDatabase.use { database in
                    try await database.read("SELECT count(*) FROM outbox WHERE request_id = \(request)")
                        .exactlyOne().value(0)
                }
            }
            for attempt in 0..<6 {
                let wrong = try await answer(id, from: "203.0.113.1")
                #expect(wrong.status == (attempt < 5 ? .forbidden : .tooManyRequests))
                #expect(try await told(wrong) == (attempt < 5 ? 1 : 0))
            }
            #expect(try await answer(id, from: "203.0.113.2").status == .forbidden)
            let unknown = try await answer(Array("nobody's passkey".utf8), from: "203.0.113.3")
            #expect(unknown.status == .forbidden)
            #expect(try await told(unknown) == 0)
        }
    }

    @Test("A challenge is of this server, this browser, these minutes and this purpose (WebAuthn §13.4.3)")
    func challenge() async throws {
        try await TestServer.run { server in
            let (browser, other) = (TestBrowser(server), TestBrowser(server))
            let (mine, theirs) = (
                try form(await browser.get("/login"), "get").fields, try form(await other.get("/login"), "get").fields
            )
            let user = try await server.user()
            _ = await browser.logIn(await browser.get("/login"), user)
            let registration = try form(await browser.get("/account?section=factors"), "create").fields
            let challenges = [mine, theirs, registration].map { fields in fields.first { $0.0 == "challenge" }?.1 ?? ""
            }
            for challenge in challenges.dropFirst() + ["", "AAAA", String(repeating: "A", count: 64)] {
                let answer = await browser.post(
                    "/login",
                    mine.filter { !["challenge", "credential"].contains($0.0) } + [
                        ("challenge", challenge), ("credential", "{}"),
                    ])
                #expect(answer.text.contains("too old"), "\(challenge)")
            }
            server.clock.advance(seconds: 600)
            let late = await browser.post("/login", mine)
            #expect(late.text.contains("too old"))
        }
    }

    @Test("A new passkey is asked for with the user's handle, none of theirs twice, and a broken one is refused")
    func registration() async throws {
        try await TestServer.run { server in
            let (browser, user) = (TestBrowser(server), try await server.user())
            _ = await browser.logIn(await browser.get("/login"), user)
            let (fields, options) = try form(await browser.get("/account?section=factors"), "create")
            #expect(options["user"]?["id"] == .string(Base64URL.encode(Array(user.id.text.utf8))))
            #expect(options["rp"]?["id"] == "id.example")
            #expect(options["attestation"] == "none")
            #expect(options["authenticatorSelection"]?["userVerification"] == "required")
            for credential in ["", "{}", "x"] {
                let answer = await browser.post(
                    "/account", fields.filter { $0.0 != "credential" } + [("credential", credential), ("name", "x")])
                #expect(answer.status == .forbidden)
            }
            #expect(try await server.provider.stores.passkeys.passkeys(of: user.id).isEmpty)
            let gone = await browser.post(
                "/account",
                fields.filter { $0.0 != "action" } + [("action", "remove_passkey"), ("passkey", "not base64url!")])
            #expect(gone.status == .seeOther)
        }
    }
}
