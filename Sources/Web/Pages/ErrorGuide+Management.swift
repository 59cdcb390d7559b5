import Provider

/// Codes of registration (RFC 7591) and of the management API.
extension ErrorGuide {
    private static let registration: HTML = """
        <a href="https://www.rfc-editor.org/rfc/rfc7591#section-3.2.2">RFC 7591 section 3.2.2</a>
        """
    private static let own: HTML = "The management API of this server; no RFC has a code for it."

    static func ofManagement(_ code: OAuthError.Code) -> ErrorGuide {
        switch code {
        case .invalidRedirectURI: invalidRedirectURI
        case .invalidClientMetadata: invalidClientMetadata
        case .conflict: conflict
        case .tooManyRequests: tooManyRequests
        default: notFound
        }
    }

    private static let invalidRedirectURI = ErrorGuide(
        meaning: "A redirect URI of the registration is not acceptable.",
        specification: registration,
        causes: [
            "It is not absolute, or has a fragment, user information or a wildcard.",
            "It uses <code>http</code> on another host than <code>127.0.0.1</code>, <code>[::1]</code> or <code>localhost</code>.",
            "It has a private-use scheme, but the client is not public or the scheme has no dot in it.",
        ],
        remedies: [
            "Register each exact address, one by one; use <code>https</code> everywhere but on your own machine.",
            "For native apps use a scheme such as <code>com.example.app:/callback</code> or a loopback address.",
        ])

    private static let invalidClientMetadata = ErrorGuide(
        meaning: "A member of the registration is unknown, malformed, or does not fit the others.",
        specification: registration,
        causes: [
            "A member is misspelt, or appears in two spellings.",
            "A member has the wrong type.",
            "Members contradict each other, such as a public client with a secret.",
        ],
        remedies: ["Read <code>error_description</code>: it names the member."])

    private static let notFound = ErrorGuide(
        meaning: "There is nothing at this address, or nothing with this id.",
        specification: own,
        causes: [
            "The path is misspelt, has a trailing slash or percent-encoded characters. No address here has aliases.",
            "The object was deleted.",
        ],
        remedies: ["Take the addresses from the discovery document and the ids from lists."])

    private static let conflict = ErrorGuide(
        meaning: "The change collides with something that exists, or with another change at the same moment.",
        specification: own,
        causes: [
            "The user name is taken, or looks the same to the eye as one that is.",
            "Somebody else changed the object in the meantime.",
        ],
        remedies: ["Read the object again, decide again, and send the change again."])

    private static let tooManyRequests = ErrorGuide(
        meaning: "There were more requests than the server allows in this time.",
        specification: "<a href=\"https://www.rfc-editor.org/rfc/rfc6585#section-4\">RFC 6585 section 4</a>",
        causes: [
            "Several wrong passwords followed each other.",
            "A client asks for a new token for each request instead of keeping it until it expires.",
        ],
        remedies: [
            "Wait as long as <code>Retry-After</code> says.",
            "Keep access tokens for <code>expires_in</code> seconds.",
        ])
}
