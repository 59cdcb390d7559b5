import Provider

/// Codes of the device flow (RFC 8628).
extension ErrorGuide {
    private static let polling: HTML = """
        <a href="https://www.rfc-editor.org/rfc/rfc8628#section-3.5">RFC 8628 section 3.5</a>
        """

    static func ofDevices(_ code: OAuthError.Code) -> ErrorGuide {
        switch code {
        case .slowDown: slowDown
        case .expiredToken: expiredToken
        default: authorizationPending
        }
    }

    private static let authorizationPending = ErrorGuide(
        meaning: "The user has not decided yet. This is not a failure: the device goes on asking.",
        specification: polling,
        causes: ["The user has not opened the page, has not typed the code, or is still reading."],
        remedies: [
            """
            Wait <code>interval</code> seconds and send the same request again, until the answer is another one.
            """,
            "Show the user code and the address for as long as the device waits.",
        ])

    private static let slowDown = ErrorGuide(
        meaning: "The device asks too often. The user can still decide.",
        specification: polling,
        causes: [
            "The requests lie less than <code>interval</code> seconds apart.",
            "Two parts of the program poll with the same device code.",
            "An earlier <code>slow_down</code> was not obeyed: each one adds 5 seconds for good.",
        ],
        remedies: ["Add 5 seconds to the interval, every time this answer comes, and go on asking."])

    private static let expiredToken = ErrorGuide(
        meaning: "The time in which the user could decide is over.",
        specification: polling,
        causes: ["Nobody allowed the device within <code>expires_in</code> seconds."],
        remedies: [
            "Ask for new codes at the device authorization endpoint, best when the user says so, and show the new user code."
        ])
}
