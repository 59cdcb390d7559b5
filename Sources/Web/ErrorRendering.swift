import HTTP
import JOSE
import Provider

/// From an ``OAuthError`` to what goes over the wire: the one place for status codes, error JSON, error pages and
/// challenges (RFC 6749 §5.2, RFC 6750 §3, RFC 9110 §15).
struct ErrorRendering: Sendable {
    let site: Site

    /// The answer to a request whose handler refused it.
    func response(_ error: OAuthError, _ exchange: Exchange, kind: Route.Kind) -> Response {
        exchange.error = error
        let status = exchange.status ?? Self.status(of: error.code, kind)
        guard kind != .page else {
            return page(error, language: exchange.language(), status: status, requestID: exchange.request.id)
        }
        var response = json(error, status: status)
        for challenge in challenges(error, status: status, kind, hasCredentials: exchange.hasCredentials) {
            response.headers.add("WWW-Authenticate", challenge)
        }
        return response
    }

    /// The error as JSON: `error`, `error_description`, `error_uri`.
    func json(_ error: OAuthError, status: Status) -> Response {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("error", error.code.rawValue)
            writer.member("error_description", error.description)
            writer.member("error_uri", "\(site.issuer)/errors/\(error.code.rawValue)")
        }
        var response = Response(status: status, body: writer.bytes)
        response.headers.set("Content-Type", "application/json")
        response.headers.set("Cache-Control", "no-store")
        response.headers.set("Pragma", "no-cache")
        if let seconds = error.retryAfter { response.headers.set("Retry-After", String(seconds)) }
        if let limit = error.rateLimit { response.addLimits([limit]) }
        return response
    }

    /// The error as a page for the user.
    func page(
        _ error: OAuthError, language: Language, clientName: String? = nil, status: Status? = nil, requestID: String
    ) -> Response {
        let page = ErrorPage(
            language: language, error: error, status: status ?? Self.status(of: error.code, .page),
            clientName: clientName, requestID: requestID)
        var response = page.page(on: site).response(on: site)
        if let seconds = error.retryAfter { response.headers.set("Retry-After", String(seconds)) }
        if let limit = error.rateLimit { response.addLimits([limit]) }
        return response
    }

    /// The status of a code: RFC 6749 §5.2 has 400 for most, RFC 6750 §3.1 the rest.
    static func status(of code: OAuthError.Code, _ kind: Route.Kind) -> Status {
        switch code {
        case .invalidClient: kind == .page ? .badRequest : .unauthorized
        case .invalidToken: .unauthorized
        case .insufficientScope: .forbidden
        case .accessDenied: kind == .clientEndpoint ? .badRequest : .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .tooManyRequests: .tooManyRequests
        case .serverError: .internalServerError
        case .temporarilyUnavailable: .serviceUnavailable
        default: .badRequest
        }
    }

    /// What `WWW-Authenticate` says, one value a field (RFC 9110 §11.6.1).
    private func challenges(
        _ error: OAuthError, status: Status, _ kind: Route.Kind, hasCredentials: Bool
    ) -> [String] {
        switch kind {
        case .clientEndpoint:
            return status == .unauthorized ? [basic] : []
        case .bearerEndpoint(let scope):
            guard [.badRequest, .unauthorized, .forbidden].contains(status) else { return [] }
            return [bearer(hasCredentials ? error : nil, scope: scope)]
        case .management, .sharedManagement:
            let scope = kind == .management ? "admin" : "account"
            switch status {
            case .unauthorized: return [bearer(hasCredentials ? error : nil, scope: scope), basic]
            case .forbidden: return [bearer(error, scope: scope)]
            default: return []
            }
        case .page, .document, .operations, .openEndpoint:
            return []
        }
    }

    private var basic: String { "Basic realm=\"\(site.issuer)\", charset=\"UTF-8\"" }

    /// Descriptions have neither `"` nor `\`, so they need no escape (RFC 6750 §3).
    private func bearer(_ error: OAuthError?, scope: String) -> String {
        let challenge = "Bearer realm=\"\(site.issuer)\""
        guard let error else { return challenge }
        return challenge + ", error=\"\(error.code.rawValue)\", error_description=\"\(error.description)\""
            + ", scope=\"\(scope)\""
    }
}

extension Response {
    /// What draft-ietf-httpapi-ratelimit-headers says of these limits.
    mutating func addLimits(_ states: [RateLimitState]) {
        guard !states.isEmpty else { return }
        let fields = states.map(\.fields)
        headers.set("RateLimit-Policy", fields.map(\.policy).joined(separator: ", "))
        headers.set("RateLimit", fields.map(\.state).joined(separator: ", "))
    }
}
