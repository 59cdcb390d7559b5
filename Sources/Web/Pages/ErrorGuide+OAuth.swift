import Provider

/// Codes of RFC 6749.
extension ErrorGuide {
    private static let atBoth: HTML = """
        <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1">RFC 6749 section 4.1.2.1</a> and \
        <a href="https://www.rfc-editor.org/rfc/rfc6749#section-5.2">section 5.2</a>
        """
    private static let atAuthorize: HTML = """
        <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1">RFC 6749 section 4.1.2.1</a>
        """
    private static let atToken: HTML = """
        <a href="https://www.rfc-editor.org/rfc/rfc6749#section-5.2">RFC 6749 section 5.2</a>
        """

    static func ofOAuth(_ code: OAuthError.Code) -> ErrorGuide {
        switch code {
        case .invalidClient: invalidClient
        case .invalidGrant: invalidGrant
        case .unauthorizedClient: unauthorizedClient
        case .unsupportedGrantType: unsupportedGrantType
        case .unsupportedResponseType: unsupportedResponseType
        case .invalidScope: invalidScope
        case .accessDenied: accessDenied
        default: invalidRequest
        }
    }

    private static let invalidRequest = ErrorGuide(
        meaning: "The request lacks something, has something twice, or has something malformed.",
        specification: atBoth,
        causes: [
            "A required parameter is missing, or its value is empty, which counts as missing.",
            "A parameter, or a member of a JSON body, appears more than once.",
            """
            The <code>redirect_uri</code> differs from every registered one. They are compared as strings: letter case, a \
            trailing slash and the query all count.
            """,
            """
            PKCE is incomplete: <code>code_challenge</code> without <code>code_challenge_method=S256</code>, a method without \
            a challenge, or a <code>code_verifier</code> that is not 43 to 128 unreserved characters.
            """,
            "Credentials or tokens stand in the query of the address. They belong into headers or the body.",
            """
            The body is not what <code>Content-Type</code> says, or is neither \
            <code>application/x-www-form-urlencoded</code> nor <code>application/json</code>.
            """,
        ],
        remedies: [
            "Read <code>error_description</code>: it names the parameter.",
            "Compare the request with the discovery document of this server.",
            "Let a maintained OpenID Connect library build the request.",
        ])

    private static let invalidClient = ErrorGuide(
        meaning: """
            The client did not prove who it is. For safety the answer is the same for an unknown client and for a wrong \
            secret.
            """,
        specification: atToken,
        causes: [
            "The <code>client_id</code> is not one of this server, or the client was deleted.",
            "The secret is wrong, or was rotated and its grace period is over.",
            "The client used another method than the one it is registered with.",
            "Two methods were used at once: an <code>Authorization</code> header and a secret in the body.",
            """
            Id and secret were not form-encoded before base64, as \
            <a href="https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1">RFC 6749 section 2.3.1</a> asks for. It matters \
            for values with <code>%</code>, <code>+</code> or <code>:</code>.
            """,
        ],
        remedies: [
            "Check the id and the secret, and which environment they belong to.",
            """
            Look at the client's <code>tokenEndpointAuthMethod</code>; a public client sends its <code>client_id</code> and \
            nothing else.
            """,
            "If the secret is lost, rotate it: the old one goes on working for the grace period.",
        ])

    private static let invalidGrant = ErrorGuide(
        meaning: """
            The authorization code or refresh token is not good for this request, or not any more; or the user's name and \
            password do not fit.
            """,
        specification: atToken,
        causes: [
            "The code is older than its lifetime (60 seconds unless configured), or was redeemed before.",
            "The <code>redirect_uri</code> is not the very one of the authorization request.",
            "The <code>code_verifier</code> does not belong to the <code>code_challenge</code> of the authorization request.",
            "The code or token was issued to another client.",
            "The refresh token was replaced and its successor has been used, or it lay unused for too long.",
            "The user's session ended, the consent was revoked, or the client is gone.",
            """
            In the password grant: the name or the password is wrong, or the user is not one of the tenant that the client \
            serves.
            """,
        ],
        remedies: [
            "Redeem a code at once and only once; do not retry with the same code.",
            "Store the newest refresh token before the old one is thrown away, and use it for the next refresh.",
            "Begin a new authorization request when a refresh token is refused: no retry brings it back.",
        ])

    private static let unauthorizedClient = ErrorGuide(
        meaning: "The client is known but may not do this.",
        specification: atBoth,
        causes: [
            "The client is not registered for this grant type or response type.",
            """
            The request asks for tokens in the front channel or by a password, which only clients of the profile \
            <code>legacy</code> may do.
            """,
            "A public client asked for a grant that needs a secret, such as <code>client_credentials</code>.",
        ],
        remedies: [
            """
            Add the grant type to the client's <code>grantTypes</code>, or the response type to its \
            <code>responseTypes</code>, if it really needs it.
            """,
            "Instead of tokens in the front channel and of passwords, use the authorization code flow with PKCE.",
            "Use a confidential client for calls from one server to another.",
        ])

    private static let unsupportedGrantType = ErrorGuide(
        meaning: "This server does not serve the <code>grant_type</code> of the request.",
        specification: atToken,
        causes: [
            "The value is misspelt.",
            """
            The grant is none of the token endpoint: what is <code>implicit</code> has its tokens from the authorization \
            endpoint.
            """,
        ],
        remedies: ["Use one of <code>grant_types_supported</code> in the discovery document."])

    private static let unsupportedResponseType = ErrorGuide(
        meaning: "This server does not serve the <code>response_type</code> of the request.",
        specification: atAuthorize,
        causes: [
            "The value is misspelt, or a word stands in it twice.",
            "The value is <code>none</code> or one of an extension that this server does not have.",
        ],
        remedies: [
            "Use <code>response_type=code</code> with PKCE; single-page applications do so too.",
            "Compare with <code>response_types_supported</code> in the discovery document; the order of words does not matter.",
        ])

    private static let invalidScope = ErrorGuide(
        meaning: "The request names a scope that does not exist, is malformed, or goes beyond what is allowed.",
        specification: atBoth,
        causes: [
            "The scope is not in the client's <code>allowedScopes</code>.",
            "The scope is misspelt; scopes are separated by one space each and their letter case counts.",
            "A refresh asks for more than was granted at first.",
        ],
        remedies: [
            "Compare with <code>scopes_supported</code> in the discovery document and with the client's registration.",
            "Leave <code>scope</code> out to get the client's default scopes.",
        ])

    private static let accessDenied = ErrorGuide(
        meaning: "The user, or a rule of this server, said no.",
        specification: atAuthorize,
        causes: [
            "The user pressed Deny or Cancel.",
            "The user belongs to another tenant than the client serves.",
            "The request asks for <code>admin</code>, and the user is no administrator.",
        ],
        remedies: [
            "Show the user a friendly page with a way to try again; do not send the same request at once.",
            "Ask for fewer scopes, and ask for them when they are needed.",
        ])
}
