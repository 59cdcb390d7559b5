import HTTP
import Provider

/// Which other origins' scripts may read an answer (Fetch §3.2, CORS). Never with the user's cookies.
struct CrossOrigin: Sendable {
    /// Who may read the answers of a route.
    enum Policy: Sendable {
        /// Pages, the authorization endpoint and management.
        case nobody
        /// Public documents.
        case everybody
        /// The origins of public clients.
        case publicClients
    }

    let provider: OpenIDProvider

    /// The fields that let the asking origin read the answer; none where it may not.
    func fields(for request: Request, _ policy: Policy) async -> Headers {
        switch policy {
        case .nobody: return Headers()
        case .everybody: return Self.everybody
        case .publicClients:
            guard let origin = request.headers[first: "origin"], await isKnown(origin) else { return Self.unknown }
            return [Self.vary.0: Self.vary.1, "Access-Control-Allow-Origin": origin, Self.exposed.0: Self.exposed.1]
        }
    }

    /// The answer to `OPTIONS`: also to a preflight, which asks by `Access-Control-Request-Method`.
    func preflight(_ request: Request, at place: RouteTable.Place) async -> Response {
        var response = Response(status: .noContent, headers: ["Allow": place.allow])
        guard let wanted = request.headers[first: "access-control-request-method"],
            let route = place.routes.first(where: { $0.method.rawValue == wanted })
        else { return response }
        var fields = await fields(for: request, route.crossOrigin)
        fields.remove(Self.exposed.0)
        response.headers.addMissing(from: fields)
        if response.headers.contains("Access-Control-Allow-Origin") {
            let methods = place.routes.map(\.method.rawValue).joined(separator: ", ")
            response.headers.add("Access-Control-Allow-Methods", methods)
            response.headers.add("Access-Control-Allow-Headers", "authorization, content-type, dpop")
            response.headers.add("Access-Control-Max-Age", "600")
        }
        return response
    }

    private static let vary = ("Vary", "Origin")
    private static let exposed = (
        "Access-Control-Expose-Headers", "WWW-Authenticate, DPoP-Nonce, Retry-After, X-Request-Id"
    )
    private static let everybody: Headers = ["Access-Control-Allow-Origin": "*", exposed.0: exposed.1]
    private static let unknown: Headers = [vary.0: vary.1]

    /// Whether a public client lives at this origin. When the store cannot tell, nobody does.
    private func isKnown(_ origin: String) async -> Bool {
        guard origin.utf8.count <= 300, origin != "null" else { return false }
        return (try? await provider.isOriginOfPublicClient(origin)) ?? false
    }
}
