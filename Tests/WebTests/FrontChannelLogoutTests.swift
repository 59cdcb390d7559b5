import HTTP
import JOSE
import Postgres
import Provider
import Testing

@testable import Web

@Suite("Front-channel logout, and what keys and lifetimes mean for logouts")
struct FrontChannelLogoutTests {
    private func party(_ server: TestServer, _ uri: String?) async throws -> (client: Client, secret: String?) {
        try await SignedIn.client(server) { client in
            let origin = uri.flatMap { $0.firstMatch(of: /https?:\/\/[^\/]*/) }.map { String($0.0) }
            client.redirectURIs = [(origin ?? "https://rp.example") + "/cb?x=1"]
            client.logout.frontChannelURI = uri
        }
    }

    @Test("Front-Channel Logout §3: hidden frames for the session's clients, from nowhere else, and then on")
    func frames() async throws {
        try await TestServer.run { server in
            let first = try await SignedIn(server, try await party(server, "https://one.example/out?x=a&y='"))
            for uri in ["https://two.example:8443/out", nil] {
                _ = try await SignedIn(server, try await party(server, uri), as: first.user, in: first.browser)
            }
            // Of another session.
            _ = try await SignedIn(server, try await party(server, "https://three.example/out"), as: first.user)
            let page = await first.browser.get(first.target())
            #expect(page.status == .ok && page.location == nil)
            let frames = page.text.matches(of: /<iframe hidden sandbox="([^"]*)" src="([^"]*)"><\/iframe>/)
            let sid = try first.session.text
            #expect(
                Set(frames.map { String($0.2) }) == [
                    "https://one.example/out?x=a&amp;y=&#39;&amp;iss=https%3A%2F%2Fid.example&amp;sid=\(sid)",
                    "https://two.example:8443/out?iss=https%3A%2F%2Fid.example&amp;sid=\(sid)",
                ])
            #expect(frames.allSatisfy { !$0.1.contains("top-navigation") })
            let policy = try #require(page.headers[first: "content-security-policy"])
            #expect(
                policy.contains("frame-src https://one.example https://two.example:8443;")
                    || policy.contains("frame-src https://two.example:8443 https://one.example;"))
            #expect(policy.contains("default-src 'none'") && !policy.contains("script-src"))
            #expect(
                page.text.contains(
                    "<meta http-equiv=\"refresh\" content=\"2; url=https://rp.example/bye?a=b&amp;state=st%3C%3E%26%27%22ate\">"
                ))
            #expect(page.text.contains("<a class=\"button\" href=\"https://rp.example/bye?a=b&amp;state=st"))
            #expect(await !first.isSignedIn)
            // Once.
            #expect(await first.browser.get(first.target()).status == .seeOther)
        }
    }

    @Test("the account page's sign-out and the confirmed logout have the frames, too")
    func otherWays() async throws {
        try await TestServer.run { server in
            for way in 0..<2 {
                let login = try await SignedIn(server, try await party(server, "https://one.example/out"))
                let page: Response
                if way == 0 {
                    let account = await login.browser.get("/account")
                    page = await login.browser.submit(account, "/account", [("action", "logout")])
                } else {
                    page = await login.answer(await login.browser.get(SignedIn.logout), "logout")
                }
                #expect(page.status == .ok && page.text.contains("src=\"https://one.example/out?iss="))
                #expect(!page.text.contains("http-equiv=\"refresh\""))
                #expect(await !login.isSignedIn)
            }
            let plain = try await SignedIn(server)
            let account = await plain.browser.get("/account")
            #expect(await plain.browser.submit(account, "/account", [("action", "logout")]).location == "/")
        }
    }

    @Test("an address that its rules would not take today becomes no frame of another scheme")
    func storedAddress() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(
                server,
                try await SignedIn.client(server) { $0.logout.frontChannelURI = "javascript:alert(1)" })
            let page = await login.browser.get(login.target())
            #expect(!page.text.contains("alert(1)"))
            #expect(await !login.isSignedIn)
        }
    }

    @Test("a hint whose key has left the ring proves nothing any more: the user is asked")
    func retiredKey() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(server)
            let ring = server.provider.keys.current
            let key = try #require(ring.jwks.keys.first)
            try await server.provider.stores.keys.add(
                SigningKeyRecord(
                    kid: key.thumbprint, algorithm: .rs256, state: .retired, sealedPrivateKey: [],
                    publicJWK: "\(key.json)",
                    createdAt: server.clock.now, activatesAt: server.clock.now), Record(server.trail))
            server.provider.keys.replace(
                with: try KeyRingSnapshot([], master: server.provider.master, at: server.clock.now))
            defer { server.provider.keys.replace(with: ring) }
            let page = await login.browser.get(login.target())
            #expect(login.isQuestion(page) && !page.text.contains("rp.example"))
            let named = await login.browser.get(login.target(["client_id": login.client.id.text]))
            #expect(login.isQuestion(named) && named.text.contains("https://rp.example"))
            // Altered, it is a forgery as any other.
            var parts = login.idToken.split(separator: ".").map(String.init)
            parts[1] = Base64URL.encode(Array("{}".utf8))
            let forged = await login.browser.get(login.target(["id_token_hint": parts.joined(separator: ".")]))
            #expect(forged.status == .badRequest)
            #expect(await login.answer(named, "logout").location?.hasPrefix("https://rp.example/bye") == true)
        }
    }

    @Test("Back-Channel Logout §2.3: a relying party is remembered as long as the session can last")
    func longSession() async throws {
        try await TestServer.run { server in
            let login = try await SignedIn(
                server, try await SignedIn.client(server) { $0.grantTypes = [.authorizationCode] })
            let session = try login.session
            let grants = try await TestDatabase.use { database in
                try await database.read("SELECT bucket FROM grants WHERE session_id = \(session.text)").map {
                    row throws(DatabaseError) in try row.value(0, as: Int32.self)
                }
            }
            #expect(grants.count == 1)
            #expect(grants.allSatisfy { $0 >= session.bucket.value })
        }
    }
}
