/// Origins of clients that run in browsers (RFC 6454): whose scripts may read answers (CORS).
extension Client {
    /// The origins of the redirect URIs, and those that were registered beside them.
    public var origins: Set<String> {
        Set(allowedOrigins + redirectURIs.compactMap(Self.origin))
    }

    /// `scheme://host[:port]` as browsers send it: lower case, without the scheme's own port. Nil for URIs of other
    /// schemes than http and https.
    static func origin(of uri: String) -> String? {
        guard let parts = URIParts(uri), let host = parts.host, !host.isEmpty else { return nil }
        let scheme = parts.scheme.lowercased()
        guard scheme == "https" || scheme == "http" else { return nil }
        let ownPort = scheme == "https" ? "443" : "80"
        let port = parts.port.flatMap { $0.isEmpty || $0 == ownPort ? nil : ":\($0)" } ?? ""
        return "\(scheme)://\(host.lowercased())\(port)"
    }
}

extension OpenIDProvider {
    /// Whether any public client lives at this origin. A preflight does not say which client asks, so any will do.
    public func isOriginOfPublicClient(_ origin: String) async throws(OAuthError) -> Bool {
        try await stores.clients.hasPublicClient(at: origin)
    }
}
