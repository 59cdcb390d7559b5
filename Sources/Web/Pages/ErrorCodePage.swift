import Provider

/// `/errors/{code}`: what `error_uri` leads to (RFC 6749 §5.2). Written for developers, in English.
struct ErrorCodePage {
    var code: OAuthError.Code

    func page(on site: Site) -> Page {
        let guide = ErrorGuide.of(code)
        return Page(
            language: .english, title: "\(code.rawValue)",
            content: """
                <h1><code>\(code.rawValue)</code></h1>
                <p class="lead">\(guide.meaning)</p>
                <h2>Likely causes</h2>
                <ul>\(guide.causes.map { "<li>\($0)</li>\n" })</ul>
                <h2>What to do</h2>
                <ul>\(guide.remedies.map { "<li>\($0)</li>\n" })</ul>
                <h2>Where it is defined</h2>
                <p>\(guide.specification)</p>
                <p class="trace">The answer with this error has an <code>X-Request-Id</code>; whoever runs this server finds \
                the exact reason in the log under that id.</p>
                """, isWide: true)
    }
}

/// What a developer should know of one error code.
struct ErrorGuide {
    /// One or two sentences.
    var meaning: HTML
    /// The document and section that define the code, with a link.
    var specification: HTML
    /// The most frequent first.
    var causes: [HTML]
    /// In the order to try them.
    var remedies: [HTML]

    static func of(_ code: OAuthError.Code) -> ErrorGuide {
        switch code {
        case .invalidRequest, .invalidClient, .invalidGrant, .unauthorizedClient, .unsupportedGrantType,
            .unsupportedResponseType, .invalidScope, .accessDenied:
            ofOAuth(code)
        case .invalidToken, .insufficientScope, .unsupportedTokenType, .invalidTarget, .serverError,
            .temporarilyUnavailable:
            ofTokensAndServer(code)
        case .interactionRequired, .loginRequired, .accountSelectionRequired, .consentRequired, .requestNotSupported,
            .requestURINotSupported, .registrationNotSupported, .unmetAuthenticationRequirements:
            ofOpenID(code)
        case .authorizationPending, .slowDown, .expiredToken:
            ofDevices(code)
        case .invalidRedirectURI, .invalidClientMetadata, .notFound, .conflict, .tooManyRequests:
            ofManagement(code)
        }
    }
}
