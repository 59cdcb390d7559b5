import Provider

/// Codes about the use of tokens (RFC 6750, RFC 7009, RFC 8707) and about the server itself.
extension ErrorGuide {
    private static let bearer: HTML = """
        <a href="https://www.rfc-editor.org/rfc/rfc6750#section-3.1">RFC 6750 section 3.1</a>
        """
    private static let server: HTML = """
        <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1">RFC 6749 section 4.1.2.1</a>
        """

    static func ofTokensAndServer(_ code: OAuthError.Code) -> ErrorGuide {
        switch code {
        case .invalidToken: invalidToken
        case .insufficientScope: insufficientScope
        case .unsupportedTokenType: unsupportedTokenType
        case .invalidTarget: invalidTarget
        case .temporarilyUnavailable: temporarilyUnavailable
        default: serverError
        }
    }

    private static let invalidToken = ErrorGuide(
        meaning: "The access token is malformed, expired or revoked, or was not meant for this server.",
        specification: bearer,
        causes: [
            "The token has expired.",
            "It was revoked, or the session or consent behind it ended.",
            "It is an ID token or a refresh token; only access tokens open this door.",
            """
            Its audience (<code>aud</code>) is another service. UserInfo and the management API take only tokens whose \
            audience has the issuer in it.
            """,
        ],
        remedies: [
            "Get a new access token with the refresh token, and repeat the request once.",
            "For UserInfo ask for the scope <code>openid</code> at the authorization endpoint.",
        ])

    private static let insufficientScope = ErrorGuide(
        meaning: "The access token is good, but not for this: a scope is missing.",
        specification: bearer,
        causes: [
            """
            The token was granted without the scope that <code>WWW-Authenticate</code> names: <code>openid</code> for \
            UserInfo, <code>admin</code> for the management API.
            """,
            "The user unchecked the scope on the consent page.",
        ],
        remedies: [
            "Ask for the scope in a new authorization request.",
            "Check that the client is allowed to have it.",
        ])

    private static let unsupportedTokenType = ErrorGuide(
        meaning: "This server cannot revoke tokens of that type.",
        specification: "<a href=\"https://www.rfc-editor.org/rfc/rfc7009#section-2.2.1\">RFC 7009 section 2.2.1</a>",
        causes: ["The token is an ID token, which nobody can call back."],
        remedies: [
            "Revoke the access token or the refresh token; revoking a refresh token ends everything that came of it."
        ])

    private static let invalidTarget = ErrorGuide(
        meaning: "The <code>resource</code> of the request is malformed, unknown, or not for this client.",
        specification: "<a href=\"https://www.rfc-editor.org/rfc/rfc8707#section-2\">RFC 8707 section 2</a>",
        causes: [
            "The value is not an absolute URI, or has a fragment.",
            "The resource is not in the client's <code>allowedResources</code>.",
            "A refresh names a resource that was not granted at first.",
        ],
        remedies: [
            "Write the resource exactly as it is registered; a trailing slash counts.",
            "Leave <code>resource</code> out to get the client's default audience.",
        ])

    private static let serverError = ErrorGuide(
        meaning: "Something failed inside this server. The request itself may be in order.",
        specification: server,
        causes: ["A defect or a fault of the machine."],
        remedies: [
            "Try again once.",
            "If it stays, give the <code>X-Request-Id</code> of the answer to whoever runs this server.",
        ])

    private static let temporarilyUnavailable = ErrorGuide(
        meaning: "This server cannot serve the request now, but soon may.",
        specification: server,
        causes: [
            "The database is restarting or out of reach.",
            "Too many passwords are being checked at once.",
        ],
        remedies: [
            "Wait as long as <code>Retry-After</code> says and send the same request again.",
            "Nothing was changed by the refused request.",
        ])
}
