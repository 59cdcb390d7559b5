/// A relying party that a browser tells of a logout, by loading its address in a frame (OpenID Connect Front-Channel
/// Logout 1.0 §3). Only a registered address becomes one.
public struct FrontChannelLogout: Sendable, Equatable {
    /// As registered; `iss` and `sid` are put behind its own query.
    public let uri: String
    /// Which session is over.
    public let sessionID: SessionID

    /// Nil for a client without an address that it may register today.
    init?(_ client: Client, session: SessionID) {
        guard let uri = client.logout.frontChannelURI, Self.problem(with: uri, of: client) == nil else { return nil }
        self.uri = uri
        sessionID = session
    }
}

extension FrontChannelLogout {
    /// Why a client may not register this address; nil when it may. It must be on the origin of one of the client's
    /// redirect URIs (§2): nobody has browsers load pages of others.
    ///
    /// - Returns: the rest of a sentence that begins with the member's name.
    static func problem(with uri: String, of client: Client) -> String? {
        if let problem = RedirectURI.problem(with: uri, kind: .confidential) { return problem }
        guard let origin = Origin(uri), client.redirectURIs.contains(where: { Origin($0) == origin }) else {
            return "must have the scheme, host and port of a redirect URI"
        }
        return nil
    }

    /// Scheme, host and port (RFC 6454 §4). That of a loopback IP literal has no port, since redirect URIs leave it to the
    /// client (RFC 8252 §7.3).
    private struct Origin: Equatable {
        let scheme: Substring
        let host: String
        let port: Substring?

        init?(_ uri: String) {
            guard let parts = URIParts(uri), ["https", "http"].contains(parts.scheme), let host = parts.host else {
                return nil
            }
            scheme = parts.scheme
            self.host = host.lowercased()
            let isLiteral = parts.scheme == "http" && (host == "127.0.0.1" || host == "[::1]")
            port = isLiteral ? nil : parts.port ?? (parts.scheme == "https" ? "443" : "80")
        }
    }
}
