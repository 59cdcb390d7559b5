/// How the answer travels to the client (OAuth 2.0 Multiple Response Type Encoding Practices §2.1, OAuth 2.0 Form Post
/// Response Mode).
public enum ResponseMode: String, Sendable, CaseIterable {
    case query
    case fragment
    case formPost = "form_post"

    /// How the answer travels when the request does not say, and how refusals of it do, whether or not its response type
    /// is one: never in the query where tokens are asked for (Multiple Response Type Encoding Practices §2.1, §5).
    static func usual(forResponseType text: String?) -> ResponseMode {
        let words = text?.split(separator: " ") ?? []
        return words.contains("token") || words.contains("id_token") ? .fragment : .query
    }
}

/// An answer on its way back to the client, by the user's browser.
public struct AuthorizationResponse: Sendable, Equatable {
    /// Where it goes.
    public var redirect: VerifiedRedirect
    /// How it travels.
    public var mode: ResponseMode
    /// In the order in which they are written, `iss` included (RFC 9207).
    public var parameters: [(name: String, value: String)]

    /// An answer with these parameters.
    public init(redirect: VerifiedRedirect, mode: ResponseMode, parameters: [(name: String, value: String)]) {
        self.redirect = redirect
        self.mode = mode
        self.parameters = parameters
    }

    /// The same answer.
    public static func == (a: AuthorizationResponse, b: AuthorizationResponse) -> Bool {
        a.redirect == b.redirect && a.mode == b.mode && a.parameters.elementsEqual(b.parameters, by: ==)
    }
}
