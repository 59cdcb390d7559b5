import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("/applications in a browser")
struct ApplicationPageTests {
    private func wish(_ changes: [(String, String)] = []) -> [(String, String)] {
        let fields = [
            ("name", "Harbour Books"), ("description", "A shop."), ("type", "PUBLIC"),
            ("grant_type", "authorization_code"), ("grant_type", "refresh_token"),
            ("redirect_uris", "https://books.example/cb\r\n\r\n  http://127.0.0.1/cb \r\n"), ("scope", "openid"),
            ("scope", "profile"), ("resources", ""), ("email", " \(name("anna"))@example.org "),
        ]
        return fields.filter { field in !changes.contains { $0.0 == field.0 } } + changes.filter { !$0.1.isEmpty }
    }

    /// A browser in which somebody is signed in.
    private func browser(_ server: TestServer, _ roles: [String], tenant: String? = nil) async throws -> TestBrowser {
        var claims: [(name: String, value: JSON)] = [("roles", .array(roles.map { .string($0) }))]
        if let tenant { claims.append(("tenantId", .string(tenant))) }
        let (user, browser) = (try await server.user(claims), TestBrowser(server))
        let landed = await browser.logIn(await browser.get("/login?next=applications"), user)
        #expect(landed.location == "/applications")
        return browser
    }

    private func asked(_ server: TestServer) async throws -> (path: String, name: String) {
        let title = name("Shop & ")
        let id = try await ApplicationTests.ask(server, [("name", .string(title))])["id"]?.string
        return ("/applications/" + (try #require(id)), title)
    }

    @Test("the form becomes an application, whatever the language; one that is refused keeps what was typed")
    func form() async throws {
        try await TestServer.run { server in
            let browser = TestBrowser(server)
            for language in ["en", "de"] {
                browser.acceptLanguage = language
                let page = await browser.get("/applications/new")
                #expect(page.status == .ok && page.headers[first: "content-language"] == language)
                #expect(!page.text.contains("value=\"admin\"") && !page.text.contains("value=\"account\""))
                #expect(!page.text.contains("value=\"password\""))
                let wish = wish()
                let sent = await browser.submit(page, "/applications/new", wish)
                #expect(sent.location == "/applications/new?sent=1", "\(sent.text)")
                #expect(await browser.follow(sent).status == .ok)
                let email = wish.first { $0.0 == "email" }?.1.filter { $0 != " " } ?? ""
                var query = ApplicationQuery()
                query.email = email
                let list = try await server.provider.applications(
                    query, PageRequest(), for: .local(trail: server.trail))
                let made = try #require(list["items"]?.array?.first)
                #expect(made["redirectUris"]?.strings == ["https://books.example/cb", "http://127.0.0.1/cb"])
                #expect(made["grantTypes"]?.strings == ["authorization_code", "refresh_token"])
                #expect(made["resources"]?.strings == [])

                for (changes, field) in [
                    ([("redirect_uris", "javascript:alert(1)")], "redirect_uris"), ([("email", "x")], "email"),
                    ([("name", "\u{202E}evil")], "name"), ([("grant_type", "client_credentials")], "scope"),
                ] as [([(String, String)], String)] {
                    let again = await browser.submit(page, "/applications/new", self.wish(changes))
                    #expect(again.status == .badRequest && again.text.contains("role=\"alert\""), "\(changes)")
                    if field != "scope" { #expect(again.text.contains("name=\"\(field)\"")) }
                    #expect(again.text.contains("A shop."))
                }
            }
        }
    }

    @Test("a form of elsewhere does nothing")
    func foreignForm() async throws {
        try await TestServer.run { server in
            let browser = TestBrowser(server)
            let page = await browser.get("/applications/new")
            let bare = await browser.post("/applications/new", wish())
            #expect(bare.status == .forbidden)
            let stranger = await TestBrowser(server).submit(page, "/applications/new", wish())
            #expect(stranger.status == .forbidden)
        }
    }

    @Test("an administrator finds it, approves it, and sees the client; another one comes too late")
    func approval() async throws {
        try await TestServer.run { server in
            let (path, title) = try await asked(server)
            let (one, two) = (try await browser(server, ["admin"]), try await browser(server, ["admin"]))
            var list = await one.get("/applications")
            while !list.text.contains(path),
                let next = list.text.firstMatch(of: /href="(\/applications\?cursor=[^"]*)"/)
            {
                list = await one.get(String(next.1))
            }
            #expect(list.text.contains(title.replacing("&", with: "&amp;")))
            #expect(await one.get("/account").text.contains("href=\"/applications\""))
            let (page, late) = (await one.get(path), await two.get(path))
            #expect(page.status == .ok && page.text.contains("For books."))
            let foreign = await two.submit(page, path, [("decision", "approve")])
            #expect(foreign.status == .forbidden, "a form belongs to the user who saw it")
            let done = await one.follow(await one.submit(page, path, [("decision", "approve")]))
            #expect(done.status == .ok && done.text.contains("approved") && !done.text.contains("value=\"approve\""))
            #expect(!done.text.contains("mlt_"))
            let missed = await two.follow(
                await two.submit(late, path, [("decision", "refuse"), ("reason", "no")]))
            #expect(missed.status == .conflict && missed.text.contains("approved"))
            #expect(await one.get("/applications?show=all").status == .ok)
        }
    }

    @Test("an administrator refuses, and the reason is shown as text")
    func refusal() async throws {
        try await TestServer.run { server in
            let (path, _) = try await asked(server)
            let browser = try await browser(server, ["admin"])
            browser.acceptLanguage = "de"
            let page = await browser.get(path)
            let odd = await browser.submit(page, path, [("decision", "perhaps")])
            #expect(odd.status == .badRequest)
            let done = await browser.follow(
                await browser.submit(page, path, [("decision", "refuse"), ("reason", "<script>alert(1)</script>")]))
            #expect(done.text.contains("abgelehnt") && done.text.contains("&lt;script&gt;alert(1)"))
        }
    }

    @Test("a refusal that cannot be keeps what was typed, and says that nothing was refused")
    func faultyReason() async throws {
        try await TestServer.run { server in
            let (path, _) = try await asked(server)
            let browser = try await browser(server, ["admin"])
            let page = await browser.get(path)
            for (language, words) in [("en", "It was not refused"), ("de", "Der Antrag wurde nicht abgelehnt")] {
                browser.acceptLanguage = language
                for reason in ["Who is <it>?\u{1}", "Who is <it>?" + String(repeating: "x", count: 2000)] {
                    let again = await browser.submit(page, path, [("decision", "refuse"), ("reason", reason)])
                    #expect(again.status == .badRequest && again.text.contains(words))
                    #expect(again.text.contains("Who is &lt;it&gt;?"))
                    #expect(again.text.contains("aria-invalid=\"true\"") && again.text.contains("value=\"refuse\""))
                }
            }
            let foreign = await browser.post(path, [("decision", "refuse"), ("reason", "Typed in vain")])
            #expect(foreign.status == .forbidden && foreign.text.contains("Typed in vain"))
            #expect(try await self.status(server, path) == "pending")
        }
    }

    @Test("an administrator has another link sent, until the credentials are collected")
    func resending() async throws {
        try await TestServer.run { server in
            let (path, _) = try await asked(server)
            let id = String(path.split(separator: "/").last ?? "")
            let browser = try await browser(server, ["admin"])
            #expect(!(await browser.get(path).text.contains("value=\"resend\"")))
            _ = await browser.submit(await browser.get(path), path, [("decision", "approve")])
            let page = await browser.get(path)
            let early = await browser.submit(page, path, [("decision", "resend")])
            #expect(early.status == .conflict && early.text.contains("No link was sent"))
            let lost = try await ApplicationTests.link(server, id, hasLeft: true)
            let done = await browser.follow(await browser.submit(page, path, [("decision", "resend")]))
            #expect(done.status == .ok && done.text.contains("Another link is on its way"))
            #expect(!done.text.contains("mlt_"))
            let requester = TestBrowser(server)
            #expect(await requester.get(lost).status == .gone)
            let credentials = await requester.get(try await ApplicationTests.link(server, id, hasLeft: true))
            _ = await requester.submit(credentials, "/applications/credentials", [])
            #expect(!(await browser.get(path).text.contains("value=\"resend\"")))
            let late = await browser.submit(page, path, [("decision", "resend")])
            #expect(late.status == .conflict && late.text.contains("collected already"))
        }
    }

    @Test("what nobody decided in time is shown as lapsed, in the list and by itself")
    func lapsed() async throws {
        try await TestServer.run { server in
            let (path, _) = try await asked(server)
            let id = String(path.split(separator: "/").last ?? "")
            let (now, site) = (server.clock.now, Site(issuer: TestServer.https))
            let application = try await server.provider.application(id, for: .local(trail: server.trail))
            for (language, lapsed, waits) in [
                (Language.english, "lapsed", "waits for a decision"),
                (.german, "verfallen", "wartet auf eine Entscheidung"),
            ] {
                for (moment, isOver) in [(now, false), (now + 61 * 86_400, true)] {
                    let list = ApplicationListPage(
                        language: language, applications: Provider.Page(items: [application], nextCursor: nil),
                        showsAll: true,
                        now: moment)
                    let text = list.page(on: site).content.text
                    #expect(text.contains(" · " + (isOver ? lapsed : waits)) && !text.contains(isOver ? waits : lapsed))
                    let review = ApplicationReviewPage(
                        language: language, application: application, now: moment, csrf: "")
                    #expect(
                        review.page(on: site).content.text.contains("value=\"approve\"") == !isOver)
                }
            }
        }
    }

    private func status(_ server: TestServer, _ path: String) async throws -> String? {
        let id = String(path.split(separator: "/").last ?? "")
        return try await server.provider.applicationJSON(id, for: .local(trail: server.trail))["status"]?.string
    }

    @Test(
        "nobody else sees anything: strangers log in first, users and a tenant's administrators are told so, in a page")
    func others() async throws {
        try await TestServer.run { server in
            let (path, title) = try await asked(server)
            let stranger = TestBrowser(server)
            for target in ["/applications", path, "/applications/1-x"] {
                #expect(await stranger.get(target).location == "/login?next=applications")
            }
            #expect(await stranger.post(path, [("decision", "approve")]).location == "/login?next=applications")
            let user = try await browser(server, ["viewer"])
            let tenant = try await browser(server, ["admin"], tenant: name("tenant"))
            for browser in [user, tenant] {
                for target in ["/applications", path, "/applications/1-x"] {
                    let page = await browser.get(target)
                    #expect(page.status == .forbidden && !page.text.contains(title.replacing("&", with: "&amp;")))
                    #expect(page.text.contains("for administrators"))
                }
                #expect(await browser.post(path, [("decision", "approve")]).status == .forbidden)
                #expect(!(await browser.get("/account").text.contains("href=\"/applications\"")))
            }
            let administrator = try await browser(server, ["admin"])
            for target in ["/applications/1-x", "/applications/nothing", path + "x"] {
                #expect(await administrator.get(target).status == .notFound, "\(target)")
            }
            #expect(await administrator.get("/applications?cursor=x").status == .badRequest)
        }
    }
}
