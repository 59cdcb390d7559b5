/// A refusal in the standard's words: a code that some RFC defines and a sentence for the developer who reads it.
///
/// The description is ASCII without `"` and `\` (RFC 6749 §5.2), says what was wrong with which parameter, and never
/// repeats a value. What only an operator may know goes into ``detail``, which reaches the log and nothing else.
public struct OAuthError: Error, Sendable, Equatable {
    /// The code that the caller's program decides by.
    public var code: Code
    /// The sentence that the caller's developer reads.
    public var description: String
    /// The parameter or member at fault, where it is one.
    public var parameter: String?
    /// Private: for the log line of this request only.
    public var detail: String?
    /// Seconds after which another try makes sense; becomes `Retry-After`.
    public var retryAfter: Int?
    /// The limit that was reached; becomes the `RateLimit` fields.
    public var rateLimit: RateLimitState?

    /// An error with this code; `description` is cleaned of characters that RFC 6749 §5.2 does not allow.
    public init(
        _ code: Code, _ description: String, parameter: String? = nil, detail: String? = nil, retryAfter: Int? = nil
    ) {
        self.code = code
        self.description = Self.printable(description)
        self.parameter = parameter
        self.detail = detail
        self.retryAfter = retryAfter
    }

    /// RFC 6749 §5.2: `%x20-21 / %x23-5B / %x5D-7E`.
    private static func printable(_ text: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: clean.append("'")
            case 0x20...0x21, 0x23...0x5B, 0x5D...0x7E: clean.append(scalar)
            default: clean.append("?")
            }
        }
        return String(clean)
    }
}

extension OAuthError {
    /// Every code Martlet speaks, closed: each has a page under `{issuer}/errors/{code}`.
    public enum Code: String, Sendable, CaseIterable {
        // RFC 6749 §4.1.2.1, §5.2
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case unsupportedResponseType = "unsupported_response_type"
        case invalidScope = "invalid_scope"
        case accessDenied = "access_denied"
        case serverError = "server_error"
        case temporarilyUnavailable = "temporarily_unavailable"
        // RFC 6750 §3.1
        case invalidToken = "invalid_token"
        case insufficientScope = "insufficient_scope"
        // RFC 7009 §2.2.1
        case unsupportedTokenType = "unsupported_token_type"
        // RFC 8707 §2
        case invalidTarget = "invalid_target"
        // RFC 8628 §3.5
        case authorizationPending = "authorization_pending"
        case slowDown = "slow_down"
        case expiredToken = "expired_token"
        // OpenID Connect Core §3.1.2.6
        case interactionRequired = "interaction_required"
        case loginRequired = "login_required"
        case accountSelectionRequired = "account_selection_required"
        case consentRequired = "consent_required"
        case requestNotSupported = "request_not_supported"
        case requestURINotSupported = "request_uri_not_supported"
        case registrationNotSupported = "registration_not_supported"
        // OpenID Connect Unmet Authentication Requirements 1.0
        case unmetAuthenticationRequirements = "unmet_authentication_requirements"
        // RFC 7591 §3.2.2
        case invalidRedirectURI = "invalid_redirect_uri"
        case invalidClientMetadata = "invalid_client_metadata"
        // Management: no RFC has a code for these.
        case notFound = "not_found"
        case conflict = "conflict"
        case tooManyRequests = "too_many_requests"
    }

    /// A parameter that must be there and is not, or is empty.
    public static func missing(_ parameter: String) -> OAuthError {
        OAuthError(.invalidRequest, "The parameter '\(parameter)' is missing.", parameter: parameter)
    }

    /// A parameter whose value is refused; `problem` completes the sentence «The parameter 'x' …».
    public static func malformed(_ parameter: String, _ problem: String) -> OAuthError {
        OAuthError(.invalidRequest, "The parameter '\(parameter)' \(problem).", parameter: parameter)
    }

    /// The one answer to a store that did not do what it was asked (503 with `Retry-After`).
    public static func storeUnavailable(_ detail: String) -> OAuthError {
        OAuthError(
            .temporarilyUnavailable, "The server cannot reach its database right now. Try again shortly.",
            detail: detail, retryAfter: 2)
    }
}
