/// A cookie as the server sets it (RFC 6265 §4.1, RFC 6265bis for `SameSite` and the name prefixes). Always `HttpOnly`:
/// no script of Martlet's pages reads a cookie. It never has a `Domain`, so it stays on the very host that set it.
public struct SetCookie: Sendable, Hashable {
    /// When the cookie travels with requests that other sites cause.
    public enum SameSite: String, Sendable {
        /// Never.
        case strict = "Strict"
        /// With top-level navigation by a safe method.
        case lax = "Lax"
        /// Always.
        case none = "None"
    }

    /// A token.
    public let name: String
    /// Octets of `cookie-octet`.
    public let value: String
    /// The path it is sent for, `/` and below.
    public let path: String
    /// Seconds it lives; nil until the browser ends, 0 to take it away.
    public let maxAge: Int?
    /// Whether it is for https only.
    public let isSecure: Bool
    /// When it travels with requests that other sites cause.
    public let sameSite: SameSite

    /// Nil when the name is no token, the value or path has a character that RFC 6265 forbids, or the browser would
    /// refuse it: `__Secure-` and `__Host-` names without `isSecure`, `__Host-` with another path than `/`,
    /// `SameSite=None` without `isSecure`.
    public init?(
        name: String, value: String, path: String = "/", maxAge: Int? = nil, isSecure: Bool,
        sameSite: SameSite = .lax
    ) {
        guard Cookie.isName(name.utf8), Cookie.isValue(value.utf8), path.utf8.first == 0x2F,
            path.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x3B })
        else { return nil }
        let lowered = name.lowercased()  // browsers compare the prefixes without letter case
        if lowered.hasPrefix("__host-") { guard isSecure, path == "/" else { return nil } }
        if lowered.hasPrefix("__secure-") || sameSite == .none { guard isSecure else { return nil } }
        self.name = name
        self.value = value
        self.path = path
        self.maxAge = maxAge
        self.isSecure = isSecure
        self.sameSite = sameSite
    }

    /// The value of the `Set-Cookie` field.
    public var fieldValue: String {
        var text = "\(name)=\(value); Path=\(path)"
        if let maxAge { text += "; Max-Age=\(max(maxAge, 0))" }
        text += "; HttpOnly"
        if isSecure { text += "; Secure" }
        return text + "; SameSite=\(sameSite.rawValue)"
    }
}
