/// A redirect URI that the client registered and the request named: the only place an answer may be sent to. Only
/// ``RedirectURI/verify(_:for:)`` and ``RedirectURI/verify(postLogout:for:)`` make one.
public struct VerifiedRedirect: Sendable, Equatable {
    /// As the request named it.
    public let uri: String
    fileprivate init(uri: String) { self.uri = uri }
}

/// Redirect URIs: what may be registered, and what matches (RFC 6749 §3.1.2, RFC 8252 §7.3, RFC 9700 §2.1).
public enum RedirectURI {
    /// Characters that a registered URI may have at most.
    public static let longest = 2000

    /// The requested URI, if the client registered it. Compared as strings: no normalisation, no pattern, no letter
    /// case is ignored. Only the port of a loopback IP literal is left to the client (RFC 8252 §7.3).
    public static func verify(_ requested: String, for client: Client) -> VerifiedRedirect? {
        verify(requested, among: client.redirectURIs)
    }

    /// Where a logout may lead back to, by the same rule (OpenID Connect RP-Initiated Logout §3).
    public static func verify(postLogout requested: String, for client: Client) -> VerifiedRedirect? {
        verify(requested, among: client.postLogoutRedirectURIs)
    }

    private static func verify(_ requested: String, among registered: [String]) -> VerifiedRedirect? {
        // Only ASCII gets past here, where Swift's equality of strings is equality of bytes.
        guard URIParts(requested) != nil else { return nil }
        if registered.contains(requested) { return VerifiedRedirect(uri: requested) }
        guard let wanted = loopbackWithoutPort(requested),
            registered.contains(where: { loopbackWithoutPort($0) == wanted })
        else { return nil }
        return VerifiedRedirect(uri: requested)
    }

    /// `http://127.0.0.1[:port]/…` or `http://[::1][:port]/…` with the port cut out; nil for every other URI.
    private static func loopbackWithoutPort(_ text: String) -> String? {
        guard let parts = URIParts(text), parts.scheme == "http", let host = parts.host,
            host == "127.0.0.1" || host == "[::1]", parts.hasValidPort
        else { return nil }
        return "http://\(host)\(parts.rest)"
    }

    /// Whether a client of this kind may register `text`.
    ///
    /// - Returns: nil if it may, else the reason as the rest of a sentence that begins with the member's name.
    public static func problem(with text: String, kind: Client.Kind) -> String? {
        guard text.utf8.count <= longest else { return "has a URI of more than \(longest) characters" }
        guard let parts = URIParts(text) else { return "has a value that is not an absolute URI" }
        guard !text.contains("#") else { return "has a URI with a fragment" }
        guard !text.contains("*") else { return "has a URI with a wildcard" }
        switch parts.scheme {
        case "https", "http":
            guard let authority = parts.authority, let host = parts.host, !host.isEmpty else {
                return "has a URI without host"
            }
            guard !authority.contains("@") else { return "has a URI with user information" }
            guard parts.hasValidPort, HostName.isValid(host) else { return "has a URI with a malformed host or port" }
            if parts.scheme == "http", !["127.0.0.1", "[::1]", "localhost"].contains(host) {
                return "has an http URI that is not on 127.0.0.1, [::1] or localhost"
            }
            return nil
        default:
            guard parts.scheme.allSatisfy({ !$0.isUppercase }) else { return "has a scheme that is not in lower case" }
            guard kind == .public else { return "has a scheme other than https" }
            guard parts.scheme.contains(".") else { return "has a private-use scheme without a dot (RFC 8252 7.1)" }
            guard !(parts.authority ?? "").contains("@") else { return "has a URI with user information" }
            return nil
        }
    }
}

/// Host names as URIs may carry them (RFC 3986 §3.2.2, RFC 1123 §2.1).
enum HostName {
    /// Letters, digits, hyphens and dots, or an IPv6 literal in brackets.
    static func isValid(_ host: Substring) -> Bool {
        if host.hasPrefix("[") {
            return host.hasSuffix("]") && host.utf8.count > 4
                && host.dropFirst().dropLast().utf8.allSatisfy { ASCII.isHexDigit($0) || $0 == 0x3A || $0 == 0x2E }
        }
        return host.utf8.count <= 253
            && host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        guard (1...63).contains(label.utf8.count), label.utf8.first != 0x2D, label.utf8.last != 0x2D else {
            return false
        }
        return label.utf8.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == 0x2D }
    }
}
