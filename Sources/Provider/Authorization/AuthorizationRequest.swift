/// An authorization request that passed every check (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1). After this nothing
/// is checked again.
public struct AuthorizationRequest: Sendable {
    /// `prompt` values (OpenID Connect Core §3.1.2.1).
    public enum Prompt: String, Sendable, CaseIterable {
        case none, login, consent
        case selectAccount = "select_account"
    }

    /// Who asks.
    public let client: Client
    /// Where answers go.
    public let returnPath: ReturnPath
    /// What the answer shall have.
    public let responseType: ResponseType
    /// What it asks for, all of it allowed to the client.
    public let scopes: ScopeList
    /// Resource indicators (RFC 8707).
    public let resources: [String]
    /// S256 challenge; nil where the client may do without, or no code is asked for.
    public let codeChallenge: String?
    /// Repeated in the ID token (OpenID Connect Core §2).
    public let nonce: String?
    /// What the client wants asked.
    public let prompts: Set<Prompt>
    /// Seconds.
    public let maxAge: Int?
    /// What to put into the name field.
    public let loginHint: String?
    /// Whom the client's `id_token_hint` names.
    public let hintedUser: UserID?
    /// Languages the user prefers, best first (BCP 47).
    public let uiLocales: [String]
    /// How the client would like the user to log in, best first (OpenID Connect Core §3.1.2.1).
    public let acrValues: [String]
    /// The `claims` parameter, read.
    public let claims: ClaimsRequest?

    /// What the user is asked for: the scopes, and those whose claims the `claims` parameter names as far as the client
    /// may have them. What the client may not have is not told, and no error (OpenID Connect Core §5.5.1).
    var consentScopes: ScopeList {
        scopes.union((claims?.scopes ?? ScopeList()).intersection(client.allowedScopes))
    }
}

/// Where and how answers to a request go: known as soon as client and redirect URI are, before anything else is read.
public struct ReturnPath: Sendable, Equatable {
    /// The verified address.
    public let redirect: VerifiedRedirect
    /// How answers travel.
    public let mode: ResponseMode
    /// Echoed as it came.
    public let state: String?

    /// The answer with these parameters, `state` and `iss` (RFC 9207 §2) after them.
    func response(_ parameters: [(name: String, value: String)], issuer: String) -> AuthorizationResponse {
        var all = parameters
        if let state { all.append(("state", state)) }
        all.append(("iss", issuer))
        return AuthorizationResponse(redirect: redirect, mode: mode, parameters: all)
    }

    /// The error as the client hears it (RFC 6749 §4.1.2.1).
    public func response(_ error: OAuthError, issuer: String) -> AuthorizationResponse {
        response(
            [
                ("error", error.code.rawValue), ("error_description", error.description),
                ("error_uri", "\(issuer)/errors/\(error.code.rawValue)"),
            ], issuer: issuer)
    }
}

/// Why an authorization request was refused, and whether the client may be told by redirect: only once its redirect URI
/// is verified (RFC 6749 §4.1.2.1, RFC 9700 §4.11).
public enum AuthorizationRefusal: Error, Sendable {
    /// The user reads it: nobody knows that the address is the client's.
    case showPage(OAuthError, client: Client?)
    /// The client reads it.
    case sendBack(OAuthError, ReturnPath)
}

extension AuthorizationRequest {
    /// Reads and checks a request of a known client.
    ///
    /// - Parameter hint: reads an `id_token_hint`; nil for one that Martlet did not sign.
    /// - Throws: the first refusal, in the order of the steps below.
    init(
        _ parameters: Parameters, client: Client, knownScopes: Set<String>, hint: (String) -> UserID?
    ) throws(AuthorizationRefusal) {
        let path = try Self.returnPath(parameters, client)
        do {
            try parameters.refuseRepeats()
            try Self.refuseLength(parameters)
            try Self.refuseUnsupported(parameters)
            responseType = try Self.responseType(parameters, client)
            prompts = try Self.prompts(parameters)
            codeChallenge = try PKCE.challenge(
                in: parameters, isRequired: responseType.bringsCode && client.mustUsePKCE)
            scopes = try Self.scopes(parameters, client, responseType, knownScopes)
            nonce = try responseType.bringsIDToken ? parameters.required("nonce") : parameters["nonce"]
            resources = try ResourceIndicators.requested(parameters.resources, by: client)
            maxAge = try Self.maxAge(parameters)
            claims = try parameters["claims"].map { text throws(OAuthError) in try ClaimsRequest(parsing: text) }
            hintedUser = try parameters["id_token_hint"].map { text throws(OAuthError) in
                guard let user = hint(text) else {
                    throw .malformed("id_token_hint", "is not an ID token of this server")
                }
                return user
            }
        } catch {
            throw .sendBack(error, path)
        }
        self.client = client
        returnPath = path
        loginHint = parameters["login_hint"]
        uiLocales = Self.words(parameters["ui_locales"])
        acrValues = Self.words(parameters["acr_values"])
    }

    private static func words(_ text: String?) -> [String] { text?.split(separator: " ").map(String.init) ?? [] }

    /// The redirect URI first, then how to answer: until both stand, errors are pages.
    private static func returnPath(
        _ parameters: Parameters, _ client: Client
    ) throws(AuthorizationRefusal) -> ReturnPath {
        for name in ["client_id", "redirect_uri"] where parameters.repeated.contains(name) {
            throw .showPage(.malformed(name, "appears more than once"), client: nil)
        }
        guard let uri = parameters["redirect_uri"] else { throw .showPage(.missing("redirect_uri"), client: client) }
        guard let redirect = RedirectURI.verify(uri, for: client) else {
            throw .showPage(.malformed("redirect_uri", "is not registered for this client"), client: client)
        }
        let type = parameters.repeated.contains("response_type") ? nil : parameters["response_type"]
        let usual = ReturnPath(
            redirect: redirect, mode: .usual(forResponseType: type),
            state: parameters.repeated.contains("state") ? nil : parameters["state"])
        guard parameters.isPresent("response_mode") else { return usual }
        guard !parameters.repeated.contains("response_mode"),
            let mode = parameters["response_mode"].flatMap(ResponseMode.init)
        else {
            throw .sendBack(.malformed("response_mode", "must be query, fragment or form_post"), usual)
        }
        guard mode != .query || usual.mode == .query else {
            throw .sendBack(
                .malformed("response_mode", "cannot be query for a response_type with token or id_token"), usual)
        }
        return ReturnPath(redirect: redirect, mode: mode, state: usual.state)
    }

    /// What a request may say. Everything else is ignored (RFC 6749 §3.1), and not kept while the request waits.
    static let parameterNames: Set<String> = [
        "acr_values", "claims", "client_id", "code_challenge", "code_challenge_method", "id_token_hint", "login_hint",
        "max_age", "nonce", "prompt", "redirect_uri", "response_mode", "response_type", "scope", "state", "ui_locales",
    ]
    /// Bytes of all of them together: what is kept for ten minutes for whoever asks, and `state` comes back in an address.
    static let longestRequest = 16_384

    private static func refuseLength(_ parameters: Parameters) throws(OAuthError) {
        let (sum, longest) = parameters.size(of: parameterNames)
        guard sum > longestRequest, let longest else { return }
        throw .malformed(longest, "makes the request longer than \(longestRequest) bytes")
    }

    /// OpenID Connect Core §3.1.2.6: each has a code of its own.
    private static func refuseUnsupported(_ parameters: Parameters) throws(OAuthError) {
        let refused: [(name: String, code: OAuthError.Code)] = [
            ("request", .requestNotSupported), ("request_uri", .requestURINotSupported),
            ("registration", .registrationNotSupported),
        ]
        for (name, code) in refused where parameters[name] != nil {
            throw OAuthError(code, "The parameter '\(name)' is not supported here.", parameter: name)
        }
    }

    private static func responseType(_ parameters: Parameters, _ client: Client) throws(OAuthError) -> ResponseType {
        guard let type = ResponseType(words: try parameters.required("response_type")) else {
            throw OAuthError(
                .unsupportedResponseType, "The parameter 'response_type' is none that is served here.",
                parameter: "response_type")
        }
        guard client.responseTypes.contains(type) else {
            throw OAuthError(
                .unauthorizedClient, "The parameter 'response_type' is one that this client is not registered for.",
                parameter: "response_type")
        }
        return type
    }

    private static func scopes(
        _ parameters: Parameters, _ client: Client, _ type: ResponseType, _ known: Set<String>
    ) throws(OAuthError) -> ScopeList {
        let scopes = try ScopeRules.requested(parameters["scope"], by: client, known: known)
        guard !type.bringsIDToken || scopes.contains("openid") else {
            throw OAuthError(
                .invalidScope, "The parameter 'scope' must have openid for a response_type with id_token.",
                parameter: "scope")
        }
        // OpenID Connect Core §11: ignored where no code, and so no refresh token, comes of it.
        return type.bringsCode ? scopes : scopes.subtracting(ScopeList(["offline_access"]))
    }

    private static func prompts(_ parameters: Parameters) throws(OAuthError) -> Set<Prompt> {
        var prompts: Set<Prompt> = []
        for word in (parameters["prompt"] ?? "").split(separator: " ") {
            guard let prompt = Prompt(rawValue: String(word)) else {
                throw .malformed("prompt", "must be of none, login, consent and select_account")
            }
            prompts.insert(prompt)
        }
        guard !prompts.contains(.none) || prompts.count == 1 else {
            throw .malformed("prompt", "cannot have none beside another value")
        }
        return prompts
    }

    private static func maxAge(_ parameters: Parameters) throws(OAuthError) -> Int? {
        guard let text = parameters["max_age"] else { return nil }
        guard text.utf8.allSatisfy(ASCII.isDigit), let seconds = Int32(text) else {
            throw .malformed("max_age", "must be a whole number of seconds")
        }
        return Int(seconds)
    }
}
