/// Why a request is not let in, in the terms of RFC 6750 §3.1.
public enum AccessRefusal: Error, Sendable, Equatable {
    /// How a request can be wrong before its token is looked at.
    public enum RequestFault: Sendable, Equatable {
        /// `Authorization` stands there more than once.
        case repeatedAuthorization
        /// `access_token` in the query, where logs and histories keep it (RFC 9700 §4.3.2).
        case tokenInQuery
    }

    /// There is no token: the client is told the scheme and no error.
    case noToken
    /// `invalid_request`
    case invalidRequest(RequestFault)
    /// `invalid_token`
    case invalidToken(TokenFault)
    /// `insufficient_scope`: all that is required here, of which the token lacks some.
    case insufficientScope(required: [String])
    /// Whether the token is good cannot be told now, since the issuer cannot be asked. Not the client's fault.
    case unavailable(IssuerFault)
}

extension AccessRefusal: CustomStringConvertible {
    /// What the client is told: ASCII without `"` and `\`, without any value of the request.
    public var description: String {
        switch self {
        case .noToken: "an access token is required"
        case .invalidRequest(.repeatedAuthorization): "the Authorization header appears more than once"
        case .invalidRequest(.tokenInQuery): "an access token must not be sent in the query"
        case .invalidToken(let fault): fault.description
        case .insufficientScope: "the token lacks a scope that is required here"
        case .unavailable: "tokens cannot be checked at the moment"
        }
    }
}
