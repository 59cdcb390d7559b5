public import HTTP
internal import JOSE

/// What goes over the wire (RFC 6750 §3).
extension AccessRefusal {
    /// The error code; nil when there is none to tell.
    public var error: String? {
        switch self {
        case .noToken: nil
        case .invalidRequest: "invalid_request"
        case .invalidToken: "invalid_token"
        case .insufficientScope: "insufficient_scope"
        case .unavailable: "temporarily_unavailable"
        }
    }

    /// The status (§3.1); 503 when the issuer is away.
    public var status: Status {
        switch self {
        case .noToken, .invalidToken: .unauthorized
        case .invalidRequest: .badRequest
        case .insufficientScope: .forbidden
        case .unavailable: .serviceUnavailable
        }
    }

    /// Seconds after which another try makes sense, for `Retry-After`.
    public var retryAfter: Int? {
        if case .unavailable = self { 2 } else { nil }
    }

    /// The value of `WWW-Authenticate`; nil when other credentials would not help.
    ///
    /// - Parameter realm: what is protected here; the audience is a good name.
    public func challenge(realm: String) -> String? {
        if case .unavailable = self { return nil }
        var parameters = ["realm=\(Self.quoted(realm))"]
        if let error {
            parameters += ["error=\(Self.quoted(error))", "error_description=\(Self.quoted(description))"]
        }
        if case .insufficientScope(let required) = self {
            parameters.append("scope=\(Self.quoted(required.joined(separator: " ")))")
        }
        return "Bearer " + parameters.joined(separator: ", ")
    }

    /// The whole answer: status, challenge, and the error as JSON for whoever reads the content.
    ///
    /// - Parameter realm: see ``challenge(realm:)``.
    public func response(realm: String) -> Response {
        var response = Response(status: status, headers: ["Cache-Control": "no-store"])
        if let challenge = challenge(realm: realm) { response.headers.set("WWW-Authenticate", challenge) }
        if let retryAfter { response.headers.set("Retry-After", String(retryAfter)) }
        if let error {
            response.headers.set("Content-Type", "application/json")
            response.body = (["error": .string(error), "error_description": .string(description)] as JSON).encoded()
        }
        return response
    }

    /// A quoted-string (RFC 9110 §5.6.4). What a field cannot carry becomes `?`: realm and scopes are the program's own.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case " "..."~": quoted.unicodeScalars.append(scalar)
            default: quoted += "?"
            }
        }
        return quoted + "\""
    }
}
