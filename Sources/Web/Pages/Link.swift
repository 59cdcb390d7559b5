import HTTP
import Provider

/// An address that a page may offer to follow: a place on this server, or an absolute http(s) address. No other scheme
/// can become one, in whatever letter case it is written, so no page runs a script that somebody registered
/// (CVE-2026-9086, CVE-2026-67333).
public struct Link: Sendable, Equatable {
    /// The address, not yet escaped for HTML.
    public let text: String

    private init(text: String) { self.text = text }

    /// A place on this server, with query parameters.
    ///
    /// - Parameter path: begins with `/`; the issuer's own path is put before it.
    init(_ path: StaticString, on site: Site, query: [(name: String, value: String)] = []) {
        self.init(text: site.basePath + path.string + Self.suffix(query))
    }

    /// A place on this server below `path`, which ends with `/`; `segment` is percent-encoded.
    init(
        _ path: StaticString, segment: String, on site: Site, query: [(name: String, value: String)] = []
    ) {
        self.init(text: site.basePath + path.string + FormEncoder.encode(segment) + Self.suffix(query))
    }

    /// An address from outside: nil unless it is `http:` or `https:` with a host and without white space or control
    /// characters, which browsers drop before they look at the scheme.
    init?(untrusted text: String) {
        let start = text.prefix(8).lowercased()
        let prefix = start.hasPrefix("https://") ? 8 : start.hasPrefix("http://") ? 7 : 0
        guard prefix > 0, (prefix + 1...2000).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }),
            let first = text.dropFirst(prefix).first, !"/?#".contains(first)
        else { return nil }
        self.init(text: text)
    }

    /// A redirect URI that is verified for this client, whatever its scheme: the target of an answer, never of a link.
    init(answerTo redirect: VerifiedRedirect) { self.init(text: redirect.uri) }

    /// The way back to a relying party after a logout: a redirect URI that is verified for it, with the `state` it gave.
    init(after logout: PostLogoutRedirect) {
        let state = logout.state.map { [(name: "state", value: $0)] } ?? []
        self.init(text: Self.extended(logout.target.uri, by: state))
    }

    /// What a frame loads to tell a relying party of a logout (OpenID Connect Front-Channel Logout §3): `iss` and `sid`
    /// behind its own query.
    init(telling party: FrontChannelLogout, on site: Site) {
        self.init(text: Self.extended(party.uri, by: [("iss", site.issuer), ("sid", party.sessionID.text)]))
    }

    /// An address with parameters behind those that it has.
    private static func extended(_ uri: String, by query: [(name: String, value: String)]) -> String {
        guard uri.utf8.contains(UInt8(ascii: "?")) else { return uri + suffix(query) }
        return query.isEmpty ? uri : uri + "&" + suffix(query).dropFirst()
    }

    private static func suffix(_ query: [(name: String, value: String)]) -> String {
        query.isEmpty ? "" : "?" + FormEncoder.encode(query.map { FormParameter(name: $0.name, value: $0.value) })
    }
}
