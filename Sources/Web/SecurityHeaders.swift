import HTTP

/// What stands in every answer, whatever it says. No Cross-Origin-Opener-Policy: relying parties open the login in a
/// popup, and it would cut the callback off from the window that waits for it.
enum SecurityHeaders {
    /// Adds the fields that the answer does not have of its own.
    static func add(to headers: inout Headers, requestID: String, isSecure: Bool) {
        headers.set("X-Request-Id", requestID)
        headers.set("X-Content-Type-Options", "nosniff")
        if !headers.contains("Referrer-Policy") { headers.set("Referrer-Policy", "no-referrer") }
        if !headers.contains("Content-Security-Policy") {
            headers.set("Content-Security-Policy", ContentSecurityPolicy.nothing)
        }
        headers.set("X-Frame-Options", "DENY")
        headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if !headers.contains("Cache-Control") { headers.set("Cache-Control", "no-store") }
        if isSecure { headers.set("Strict-Transport-Security", "max-age=31536000") }
    }
}
