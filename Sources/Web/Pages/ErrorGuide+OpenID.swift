import Provider

/// Codes of OpenID Connect Core 1.0 §3.1.2.6 and its companion about unmet requirements.
extension ErrorGuide {
    private static let core: HTML = """
        <a href="https://openid.net/specs/openid-connect-core-1_0.html#AuthError">OpenID Connect Core section 3.1.2.6</a>
        """

    static func ofOpenID(_ code: OAuthError.Code) -> ErrorGuide {
        switch code {
        case .loginRequired: loginRequired
        case .accountSelectionRequired: accountSelectionRequired
        case .consentRequired: consentRequired
        case .requestNotSupported: requestNotSupported
        case .requestURINotSupported: requestURINotSupported
        case .registrationNotSupported: registrationNotSupported
        case .unmetAuthenticationRequirements: unmetAuthenticationRequirements
        default: interactionRequired
        }
    }

    private static let interactionRequired = ErrorGuide(
        meaning: "The user must do something, but the request said <code>prompt=none</code>.",
        specification: core,
        causes: ["A silent request met something that only the user can settle."],
        remedies: ["Repeat the request without <code>prompt=none</code>, in the foreground."])

    private static let loginRequired = ErrorGuide(
        meaning:
            "The user must sign in, which this request did not allow, or another user signed in than was asked for.",
        specification: core,
        causes: [
            "A silent request (<code>prompt=none</code>) found no session, or one that is older than <code>max_age</code>.",
            "The browser did not send this server's cookie, as in an iframe of another site.",
            "The <code>id_token_hint</code> names another user than the one who is signed in.",
        ],
        remedies: [
            "Repeat the request without <code>prompt=none</code>, in the foreground.",
            "Renew tokens with a refresh token instead of a hidden iframe; browsers block third-party cookies.",
        ])

    private static let accountSelectionRequired = ErrorGuide(
        meaning: "The user must choose an account, but the request said <code>prompt=none</code>.",
        specification: core,
        causes: ["More than one account could be meant."],
        remedies: ["Repeat the request with <code>prompt=select_account</code>, in the foreground."])

    private static let consentRequired = ErrorGuide(
        meaning: "The user must be asked for consent, but the request said <code>prompt=none</code>.",
        specification: core,
        causes: [
            "The request has a scope that the user never allowed to this client.",
            "The user revoked the consent.",
            "<code>offline_access</code> is asked for the first time.",
        ],
        remedies: ["Repeat the request without <code>prompt=none</code>, in the foreground."])

    private static let requestNotSupported = ErrorGuide(
        meaning: "This server does not read the parameter <code>request</code> (a signed request object).",
        specification: core,
        causes: ["The client is configured to sign its authorization requests."],
        remedies: ["Send the parameters themselves; discovery says <code>request_parameter_supported: false</code>."])

    private static let requestURINotSupported = ErrorGuide(
        meaning: "This server does not read the parameter <code>request_uri</code>.",
        specification: core,
        causes: ["The client is configured to send its authorization requests by reference."],
        remedies: [
            "Send the parameters themselves; discovery says <code>request_uri_parameter_supported: false</code>."
        ])

    private static let registrationNotSupported = ErrorGuide(
        meaning: "This server does not read the parameter <code>registration</code>.",
        specification: core,
        causes: ["The client expects a self-issued OpenID provider."],
        remedies: ["Register the client with this server and leave the parameter out."])

    private static let unmetAuthenticationRequirements = ErrorGuide(
        meaning: "The request insists on a way of signing in that this server or this user cannot offer.",
        specification: """
            <a href="https://openid.net/specs/openid-connect-unmet-authentication-requirements-1_0.html">OpenID Connect Core \
            Error Code unmet_authentication_requirements</a>
            """,
        causes: ["The <code>claims</code> parameter marks an <code>acr</code> as essential that is not offered here."],
        remedies: [
            "Compare with <code>acr_values_supported</code> in the discovery document.",
            "Ask for it with <code>acr_values</code>, which is a wish and no condition.",
        ])
}
