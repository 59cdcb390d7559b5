/// What a request asks the authorization endpoint for (RFC 6749 §3.1.1, OAuth 2.0 Multiple Response Type Encoding
/// Practices §3 and §5, OpenID Connect Core §3).
public enum ResponseType: String, Sendable, CaseIterable {
    case code
    case idToken = "id_token"
    case token
    case idTokenToken = "id_token token"
    case codeIDToken = "code id_token"
    case codeToken = "code token"
    case codeIDTokenToken = "code id_token token"

    /// The response type of these words, in whatever order (RFC 6749 §3.1.1); nil for any other text.
    public init?(words text: String) {
        let words = Self.words(text)
        guard let type = Self.allCases.first(where: { Self.words($0.rawValue) == words }) else { return nil }
        self = type
    }

    private static func words(_ text: String) -> [Substring] {
        text.split(separator: " ", omittingEmptySubsequences: false).sorted()
    }

    /// Whether the answer has a code.
    var bringsCode: Bool {
        switch self {
        case .code, .codeIDToken, .codeToken, .codeIDTokenToken: true
        case .idToken, .token, .idTokenToken: false
        }
    }

    /// Whether the answer has an ID token.
    var bringsIDToken: Bool {
        switch self {
        case .idToken, .idTokenToken, .codeIDToken, .codeIDTokenToken: true
        case .code, .token, .codeToken: false
        }
    }

    /// Whether the answer has an access token.
    var bringsAccessToken: Bool {
        switch self {
        case .token, .idTokenToken, .codeToken, .codeIDTokenToken: true
        case .code, .idToken, .codeIDToken: false
        }
    }
}

extension ResponseType {
    /// The grant types that a client with this response type must have (RFC 7591 §2.1): `authorization_code` for the
    /// code, `implicit` for what needs no visit to the token endpoint. `code id_token` gives no access token away and
    /// needs no more than its code.
    var grantTypes: Set<GrantType> {
        var grants: Set<GrantType> = []
        if bringsCode { grants.insert(.authorizationCode) }
        if bringsAccessToken || !bringsCode { grants.insert(.implicit) }
        return grants
    }

    /// Whether only clients of the profile `legacy` may use it.
    var isLegacy: Bool { grantTypes.contains(where: \.isLegacy) }

    /// What a client with these grant types may ask for when it names no response types. The hybrid ones are for clients
    /// that name them.
    static func usual(for grantTypes: Set<GrantType>) -> Set<ResponseType> {
        var types: Set<ResponseType> = []
        if grantTypes.contains(.authorizationCode) { types.insert(.code) }
        if grantTypes.contains(.implicit) { types.formUnion([.idToken, .token, .idTokenToken]) }
        return types
    }
}
