import Assembly
import EventLoop
import Foundation
import HTTP
import JOSE
import Provider
import ResourceServer

/// A shop with pages of its own, a provider for its customers' logins, and an interface that their tokens open.
public final class Shop: Sendable {
    private let loop: Loop
    private let provider: ShopProvider
    private let verifier: AccessTokenVerifier

    /// What the shop's own interface is called in tokens.
    public let audience: String

    /// Opens the shop.
    ///
    /// - Parameters:
    ///   - issuer: where customers reach it, such as `http://127.0.0.1:9092`.
    ///   - directory: where its data lie.
    ///   - loop: where its requests are answered.
    public init(issuer: String, in directory: URL, on loop: Loop) async throws {
        let provider = try await ShopProvider.open(issuer: issuer, in: directory, on: loop)
        let audience = issuer + "/contracts"
        let rules = AccessTokenRules(
            issuer: try TrustedIssuer(issuer), audience: try ExpectedAudience(audience))
        self.loop = loop
        self.provider = provider
        self.audience = audience
        verifier = AccessTokenVerifier(
            rules, over: InProcessTransport(issuer: issuer) { await provider.routes.respond(to: $0, on: loop) })
    }

    /// Closes it.
    public func close() async { await provider.close() }

    /// Answers a request: the shop's own pages first, everything else is the provider's. From any task.
    public func respond(to request: Request) async -> Response {
        switch (request.method, request.path) {
        case (.get, "/shop.css"):
            return Response(status: .ok, headers: ["Content-Type": "text/css"], body: Array(Self.style.utf8))
        case (.get, "/contracts"):
            return await contracts(request)
        default:
            return await provider.routes.respond(to: request, on: loop)
        }
    }

    /// How many bytes of content a request may have.
    public func bodyLimit(_ method: HTTP.Method, _ path: String) -> Int { provider.routes.bodyLimit(method, path) }

    /// The answer to what is no request.
    public func refusal(_ status: Status, _ reason: String, _ id: String) -> Response {
        provider.routes.refusal(status, reason: reason, requestID: id)
    }

    private func contracts(_ request: Request) async -> Response {
        do {
            let token = try await verifier.admit(request, requiring: ["contracts:read"])
            let answer: JSON = [
                "customer": token.claims["customer_number"] ?? .null, "contracts": ["Newspapers", "Milk"],
            ]
            return Response(
                status: .ok, headers: ["Content-Type": "application/json", "Cache-Control": "no-store"],
                body: answer.encoded())
        } catch {
            return verifier.response(to: error)
        }
    }

    private static let style = """
        :root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; }
        main { max-width: 24rem; margin: 10vh auto; padding: 0 1rem; }
        label { display: block; }
        input { font: inherit; width: 100%; box-sizing: border-box; }
        [role=alert] { border-left: .25rem solid #c33; padding-left: .75rem; }
        """
}

extension Shop {
    /// Makes a customer and an app for customers, unless they are there.
    public func stock(customer: String, password: String, redirectURI: String) async throws {
        let provider = provider.provider
        let audience = audience
        try await loop.run {
            let trail = Trail.of("shop")
            let key = try provider.names.keys(of: customer).keys.folded
            if try await provider.stores.users.user(named: key) == nil {
                _ = try await provider.createUser(
                    ["username": .string(customer), "password": .string(password)], trail)
            }
            let id = ClientID("app")
            guard try await provider.stores.clients.client(id, at: trail.now) == nil else { return }
            var app = Client(id: id, name: "Shop App", kind: .public, createdAt: trail.now)
            app.redirectURIs = [redirectURI]
            app.allowedScopes = ScopeList(["openid", "profile", "contracts:read"])
            app.allowedResources = [audience]
            app.firstParty = true
            try await provider.stores.clients.register(app, secret: nil, Record(trail))
        }
    }
}
