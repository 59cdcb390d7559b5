import HTTP

/// What stands in every answer, whatever it says. No Cross-Origin-Opener-Policy: relying parties open the login in a
/// popup, and it would cut the callback off from the window that waits for it.
enum SecurityHeaders {
    /// Adds the fields that the answer does not have of its own.
    static func add(to headers: inout Headers, requestID: String, isSecure: Bool) {
        headers.set("X-Request-Id", requestID)
        headers.addMissing(from: isSecure ? underHTTPS : always)
    }

    private static let always: Headers = [
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": ContentSecurityPolicy.nothing,
        "X-Frame-Options": "DENY",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
    ]

    private static let underHTTPS: Headers = {
        var headers = always
        headers.add("Strict-Transport-Security", "max-age=31536000")
        return headers
    }()
}
