import HTTP
import Provider

/// The login page of a server that embeds the provider: its own look and words around the provider's own checks.
///
/// Whatever it shows, the form goes back to the provider, which judges it: passwords, throttling, cross-site requests and
/// second steps are not the page's business.
public protocol LoginPageRendering: Sendable {
    /// The document that is answered at `/login`. Called on the task of the request: it must not block.
    ///
    /// It is sent with a policy (`Content-Security-Policy`) that lets it load styles, images and scripts from this very
    /// origin, none of them inline, and send its form to this server alone.
    func document(for form: LoginForm) -> LoginDocument
}

/// What a login page must contain, and what it may say.
///
/// One `form` with `method="post"`, ``target`` as its `action` and ``hiddenFields``; in it the fields of the ``step``,
/// and a button named `action` with the step's value.
public struct LoginForm: Sendable {
    /// What is asked for.
    public enum Step: Sendable, Equatable {
        /// Fields `username` and `password`, button `login`. Where ``LoginForm/mayContinueAs`` names somebody, a button
        /// `continue`; where ``LoginForm/mayCancel`` is set, a button `cancel`.
        case password
        /// A field `code` for six digits or a recovery code, button `second_step`.
        case secondStep
    }

    /// Why the page is shown again.
    public enum Problem: Sendable, Equatable {
        /// User name and password do not belong together; which of them is wrong is nobody's business.
        case wrongPassword
        /// The code of the second step is not the right one, or was used before.
        case wrongCode
        /// The passkey is nobody's.
        case wrongPasskey
        /// Too many wrong attempts; the next one after so many seconds.
        case throttled(seconds: Int)
        /// The page was too old, or made for another browser.
        case tooOld
        /// Nothing can be checked at the moment; perhaps after so many seconds.
        case unavailable(seconds: Int)
    }

    /// What is asked for.
    public let step: Step
    /// The form's `action`.
    public let target: Link
    /// What the form carries along.
    public let hiddenFields: HTML
    /// The client that asks for the login; nil when somebody came by themselves.
    public let clientName: String?
    /// What the field for the name begins with.
    public let username: String
    /// Who is logged in already and may go on without typing anything: the name to show.
    public let mayContinueAs: String?
    /// Whether the user may go back to the client without a login.
    public let mayCancel: Bool
    /// Whether the client wants a stronger login than the one that there is.
    public let isStepUp: Bool
    /// What was wrong the last time.
    public let problem: Problem?
    /// A whole form of its own for a passkey, behind the other one, shown by the script in ``head``; nil where there can be
    /// none.
    public let passkeyForm: HTML?
    /// What belongs into the document's head.
    public let head: HTML
    /// The language that the provider's own page would have, `en` or `de`.
    public let language: String
}

/// The bytes of a login page.
public struct LoginDocument: Sendable {
    let bytes: [UInt8]

    /// A document from literals, in which every value is escaped.
    public init(_ html: HTML) { bytes = Array(html.text.utf8) }

    /// A document from another template engine, as it is. That every value in it is escaped is the caller's promise.
    public init(renderedElsewhere text: String) { bytes = Array(text.utf8) }
}

extension StepRendering {
    /// The login page: the embedding server's, or the provider's own.
    func response(_ page: LoginPage) -> Response {
        let own = page.page(on: site)
        return loginPage.map { own.response(with: $0.document(for: page.form(on: site))) } ?? own.response(on: site)
    }

    /// The page of the second step: the embedding server's, or the provider's own.
    func response(_ page: SecondStepPage) -> Response {
        let own = page.page(on: site)
        return loginPage.map { own.response(with: $0.document(for: page.form(on: site))) } ?? own.response(on: site)
    }
}

extension Page {
    /// The answer with a document of the embedding server's in place of this page's own. What language that speaks only
    /// the document knows.
    fileprivate func response(with document: LoginDocument) -> Response {
        var page = self
        page.policy.allowsScript = true
        var response = page.response(of: document.bytes)
        response.headers.remove("Content-Language")
        return response
    }
}

extension LoginPage {
    fileprivate func form(on site: Site) -> LoginForm {
        LoginForm(
            step: .password, target: Link("/login", on: site), hiddenFields: hiddenFields, clientName: clientName,
            username: username, mayContinueAs: mayContinueAs?.displayName, mayCancel: handle != nil,
            isStepUp: isStepUp, problem: problem?.told, passkeyForm: passkeyForm(site),
            head: passkey.map { _ in PasskeyForm.script(on: site) } ?? "", language: language.rawValue)
    }
}

extension SecondStepPage {
    fileprivate func form(on site: Site) -> LoginForm {
        let pending: HTML = "<input type=\"hidden\" name=\"pending\" value=\"\(self.pending)\">"
        return LoginForm(
            step: .secondStep, target: Link("/login", on: site), hiddenFields: "\(hiddenFields)\(pending)",
            clientName: nil, username: "", mayContinueAs: nil, mayCancel: false, isStepUp: false,
            problem: problem?.told, passkeyForm: passkeyForm(site),
            head: passkey.map { _ in PasskeyForm.script(on: site) } ?? "", language: language.rawValue)
    }
}

extension LoginProblem {
    fileprivate var told: LoginForm.Problem {
        switch self {
        case .wrongPassword: .wrongPassword
        case .wrongCode: .wrongCode
        case .wrongPasskey: .wrongPasskey
        case .throttled(let seconds): .throttled(seconds: seconds)
        case .staleForm: .tooOld
        case .unavailable(let seconds): .unavailable(seconds: seconds)
        }
    }
}
