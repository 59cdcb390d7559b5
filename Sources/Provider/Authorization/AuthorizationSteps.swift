/// What a request tells of the browser it came from.
public struct Browser: Sendable {
    /// The session cookie, if it has the form of one.
    public var session: OpaqueToken?
    /// The value of the binding cookie, which ties forms and waiting requests to this browser.
    public var binding: String?
    /// Cookies that say which users have logged in here before, by their labels (``KnownDevice``).
    public var devices: [String: String] = [:]
    /// What the browser says it is.
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
    /// The login page.
    case logIn(LoginPrompt)
    /// The consent page.
    case askConsent(ConsentPrompt)
    /// The request is over; `startAgain` is where the client begins a login, if it said so.
    case expired(startAgain: String?)
}

/// What the login page needs.
public struct LoginPrompt: Sendable {
    /// What the forms carry to find the request again.
    public var handle: OpaqueToken
    /// Who asks.
    public var client: Client
    /// Where the answer will go: the page's form must be allowed to end there.
    public var redirect: VerifiedRedirect
    /// Why the user must log in.
    public var reason: LoginReason
    /// What to put into the name field.
    public var loginHint: String?
    /// Who is logged in already and may simply go on; nil when a password is due.
    public var mayContinueAs: User?
    /// Languages the client asked for, best first.
    public var uiLocales: [String]
    /// What the browser's binding cookie must be.
    public var binding: String
}

/// What the consent page needs.
public struct ConsentPrompt: Sendable {
    /// One line of the page.
    public struct Choice: Sendable {
        /// The scope and its words.
        public var scope: Scope
        /// Cannot be left out.
        public var isRequired: Bool
        /// Allowed before.
        public var isGranted: Bool
    }

    /// What the forms carry to find the request again.
    public var handle: OpaqueToken
    /// Who asks.
    public var client: Client
    /// Where the answer will go: the page's form must be allowed to end there.
    public var redirect: VerifiedRedirect
    /// Who is asked.
    public var user: User
    /// The scopes asked for, in order.
    public var choices: [Choice]
    /// Languages the client asked for, best first.
    public var uiLocales: [String]
    /// What the browser's binding cookie must be.
    public var binding: String
}
