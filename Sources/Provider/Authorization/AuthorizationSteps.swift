/// What a request tells of the browser it came from.
public struct Browser: Sendable {
    /// The session cookie, if it has the form of one.
    public var session: OpaqueToken?
    /// The value of the binding cookie, which ties forms and waiting requests to this browser.
    public var binding: String?
    public var userAgent: String

    /// A browser with these cookies.
    public init(session: OpaqueToken?, binding: String?, userAgent: String) {
        self.session = session
        self.binding = binding
        self.userAgent = userAgent
    }
}

/// What the browser gets next.
public enum AuthorizationStep: Sendable {
    /// An answer, success or error, that goes to the client.
    case respond(AuthorizationResponse)
    /// An error that must not leave by redirect.
    case showPage(OAuthError, client: Client?)
    case logIn(LoginPrompt)
    case askConsent(ConsentPrompt)
    /// The request is over; `startAgain` is where the client begins a login, if it said so.
    case expired(startAgain: String?)
}

/// What the login page needs.
public struct LoginPrompt: Sendable {
    public var handle: OpaqueToken
    public var client: Client
    public var redirect: VerifiedRedirect
    public var reason: LoginReason
    public var loginHint: String?
    /// Who is logged in already and may simply go on; nil when a password is due.
    public var mayContinueAs: User?
    public var uiLocales: [String]
    /// What the browser's binding cookie must be.
    public var binding: String
}

/// What the consent page needs.
public struct ConsentPrompt: Sendable {
    /// One line of the page.
    public struct Choice: Sendable {
        public var scope: Scope
        /// Cannot be left out.
        public var isRequired: Bool
        public var isGranted: Bool
    }

    public var handle: OpaqueToken
    public var client: Client
    public var redirect: VerifiedRedirect
    public var user: User
    public var choices: [Choice]
    public var uiLocales: [String]
    /// What the browser's binding cookie must be.
    public var binding: String
}
