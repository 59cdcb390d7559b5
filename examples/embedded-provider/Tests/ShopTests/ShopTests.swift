import Crypto
import EventLoop
import Foundation
import HTTP
import JOSE
import Shop
import Testing

@Suite("A shop that embeds the provider, without a socket")
struct ShopTests {
    private static let issuer = "http://127.0.0.1:9092"
    private static let callback = "http://127.0.0.1/callback"
    private static let verifier = String(repeating: "v", count: 43)

    /// Runs a body against a shop of its own.
    private func withShop(_ body: (Customer) async throws -> Void) async throws {
        let directory = URL(filePath: "/tmp/martlet-shop-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let loop = try Loop(name: "shop")
        let shop = try await Shop(issuer: Self.issuer, in: directory, on: loop)
        let outcome: Result<Void, any Error>
        do {
            try await shop.stock(
                customer: "anna", password: "correct horse battery", redirectURI: Self.callback)
            outcome = .success(try await body(Customer(shop)))
        } catch {
            outcome = .failure(error)
        }
        await shop.close()
        await loop.stop()
        try outcome.get()
    }

    /// What the app asks for.
    private func authorize(resource: String?) -> String {
        let challenge = Base64URL.encode(SHA256.hash(Self.verifier))
        var parameters = [
            ("response_type", "code"), ("client_id", "app"), ("redirect_uri", Self.callback),
            ("scope", "openid profile contracts:read"), ("code_challenge", challenge),
            ("code_challenge_method", "S256"), ("state", "s"),
        ]
        if let resource { parameters.append(("resource", resource)) }
        return "/api/v1/oauth2/authorize?" + form(parameters)
    }

    /// Tokens by the whole code flow.
    private func tokens(_ customer: Customer, resource: String?) async throws -> JSON {
        let page = try await customer.follow(authorize(resource: resource))
        #expect(page.text.contains("<h1>The Corner Shop</h1>") && page.text.contains("go on to Shop App"))
        let answer = await customer.submit(page, [("username", "anna"), ("password", "correct horse battery")])
        let location = try #require(answer.headers[first: "Location"])
        let query = try #require(location.split(separator: "?").last)
        let code = try #require(FormDecoder.decode(query: String(query)).first { $0.name == "code" }?.value)
        let redeemed = await customer.post(
            "/api/v1/oauth2/token",
            [
                ("grant_type", "authorization_code"), ("code", code), ("client_id", "app"),
                ("redirect_uri", Self.callback), ("code_verifier", Self.verifier),
            ])
        #expect(redeemed.status == .ok)
        return try JSON.parse(redeemed.body)
    }

    @Test("its own login page, lifetimes and claims, and a route that its tokens open")
    func shop() async throws {
        try await withShop { customer in
            let style = await customer.get("/shop.css")
            #expect(style.headers[first: "Content-Type"] == "text/css")
            #expect(await customer.get("/health/live").status == .ok)

            let wrong = await customer.submit(
                try await customer.follow("/login"), [("username", "anna"), ("password", "wrong")])
            #expect(wrong.status == .forbidden && wrong.text.contains("do not belong together"))

            let tokens = try await tokens(customer, resource: customer.shop.audience)
            #expect(tokens["expires_in"] == 300)
            let token = try #require(tokens["access_token"]?.string)
            let answer = await customer.get("/contracts", ["Authorization": "Bearer \(token)"])
            #expect(answer.status == .ok)
            #expect(try JSON.parse(answer.body)["customer"] == "C-ANNA")
        }
    }

    @Test("the route is closed to everything else: nothing, an ID token, a token for the provider itself")
    func closed() async throws {
        try await withShop { customer in
            let nothing = await customer.get("/contracts")
            #expect(nothing.status == .unauthorized)
            #expect(nothing.headers[first: "WWW-Authenticate"] == "Bearer realm=\"\(customer.shop.audience)\"")
            let tokens = try await tokens(customer, resource: nil)
            for name in ["access_token", "id_token"] {
                let token = try #require(tokens[name]?.string)
                let answer = await customer.get("/contracts", ["Authorization": "Bearer \(token)"])
                #expect(answer.status == .unauthorized, "\(name)")
                #expect(answer.headers[first: "WWW-Authenticate"]?.contains("error=\"invalid_token\"") == true)
            }
        }
    }
}

/// A customer's browser: it keeps cookies and fills in forms.
private final class Customer {
    let shop: Shop
    private var cookies: [String: String] = [:]

    init(_ shop: Shop) { self.shop = shop }

    func get(_ target: String, _ headers: Headers = [:]) async -> Response { await send(.get, target, headers) }

    func post(_ path: String, _ fields: [(String, String)]) async -> Response {
        await send(.post, path, ["Content-Type": "application/x-www-form-urlencoded"], form(fields))
    }

    /// Follows redirects as long as they stay in the shop.
    func follow(_ target: String) async throws -> Response {
        var response = await get(target)
        while let next = response.headers[first: "Location"], next.hasPrefix("/") { response = await get(next) }
        return response
    }

    /// Sends the first form of a login page.
    func submit(_ page: Response, _ fields: [(String, String)]) async -> Response {
        let hidden = page.text.matches(of: /<input type="hidden" name="([^"]*)" value="([^"]*)">/).map {
            (String($0.1), String($0.2))
        }
        return await post("/login", Array(hidden.prefix { $0.0 != "action" }) + fields + [("action", "login")])
    }

    private func send(
        _ method: HTTP.Method, _ target: String, _ headers: Headers, _ body: String = ""
    ) async -> Response {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        var headers = headers
        if !cookies.isEmpty { headers.add("Cookie", cookies.map { "\($0)=\($1)" }.joined(separator: "; ")) }
        let response = await shop.respond(
            to: Request(
                method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil, headers: headers,
                body: Array(body.utf8)))
        for field in response.headers.all("Set-Cookie") {
            let pair = field.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
            cookies[pair[0]] = pair.count > 1 ? pair[1] : nil
        }
        return response
    }
}

private func form(_ fields: [(String, String)]) -> String {
    FormEncoder.encode(fields.map { FormParameter(name: $0.0, value: $0.1) })
}

extension Response {
    fileprivate var text: String { String(decoding: body, as: UTF8.self) }
}
