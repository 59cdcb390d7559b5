import HTTP
import Provider

/// A form that one of the server's own pages sent.
struct PageForm {
    let fields: [(name: String, value: String)]
    /// The waiting authorization request the form belongs to; nil outside of one.
    let handle: String?
    let browser: Browser

    init(_ exchange: Exchange, sessions: BrowserSession) throws(OAuthError) {
        fields = try RequestBody.fields(of: exchange.request)
        handle = fields.first { $0.name == "request" }?.value
        browser = sessions.browser(exchange.request, handle: handle)
    }

    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The code of the device that the form is about.
    var userCode: UserCode? { self["user_code"].flatMap(UserCode.init(typed:)) }

    /// Where a login without a request leads.
    var goal: LoginGoal { LoginGoal { self[$0] } }

    /// All values of a field that may stand several times.
    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// Whether the form was made by this server for this very browser, and sent from one of its pages (CVE-2026-123545).
    ///
    /// - Parameter subject: what the form decides about, beside the browser: the user who was asked.
    func isGenuine(_ exchange: Exchange, _ provider: OpenIDProvider, subject: UserID? = nil) -> Bool {
        guard Self.isFromOwnPage(exchange), let token = self["csrf"], let binding = browser.binding else {
            return false
        }
        return provider.master.isCSRFToken(token, for: Self.csrfSubject(binding, subject))
    }

    /// What the browser says of where the form comes from: by `Sec-Fetch-Site`, or by `Origin` (RFC 6454 §7) where it does
    /// not know that field. Programs that send neither are left to the token.
    private static func isFromOwnPage(_ exchange: Exchange) -> Bool {
        if let site = exchange.request.headers[first: "sec-fetch-site"] {
            return site == "same-origin" || site == "none"
        }
        let origins = exchange.request.headers.all("origin")
        return origins.allSatisfy { $0 == exchange.site.origin }
    }

    /// What the hidden field of a form has.
    static func csrf(_ provider: OpenIDProvider, binding: String, subject: UserID? = nil) -> String {
        provider.master.csrfToken(for: csrfSubject(binding, subject))
    }

    private static func csrfSubject(_ binding: String, _ subject: UserID?) -> String {
        subject.map { "\(binding) \($0.text)" } ?? binding
    }
}
