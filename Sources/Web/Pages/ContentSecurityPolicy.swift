import HTTP
import Provider

/// What a page may load and where its forms may lead (Content Security Policy Level 3).
struct ContentSecurityPolicy: Sendable {
    /// Where forms may lead beside this server. Browsers hold the redirects after a form to it as well, so a page whose
    /// form may end at the client must name the client.
    var formTargets: [Source] = []
    /// What the page's frames may load: nothing but the places of its very frames.
    var frames: [Source] = []
    /// Whether the page has the one script of the server, a file of its own; no page has inline script.
    var allowsScript = false

    /// The policy of everything that is no page.
    static let nothing = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

    /// The value of the header field.
    var text: String {
        var policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        if allowsScript { policy += "script-src 'self'; " }
        if !frames.isEmpty { policy += "frame-src \(Self.list(frames)); " }
        let targets = formTargets.isEmpty ? "'self'" : "'self' \(Self.list(formTargets))"
        return policy + "form-action \(targets); frame-ancestors 'none'; base-uri 'none'"
    }

    /// Each once, in their order.
    private static func list(_ sources: [Source]) -> String {
        var texts: [String] = []
        for source in sources where !texts.contains(source.text) { texts.append(source.text) }
        return texts.joined(separator: " ")
    }

    /// A place as policies name it: an origin or a scheme. Only characters of such names can be in it.
    struct Source: Sendable, Equatable {
        let text: String

        /// The place of a redirect URI: its origin, or its scheme where the scheme is a private one (RFC 8252 §7.1) or
        /// the host an IPv6 literal, which policies cannot name.
        init?(uri: String) {
            let bytes = uri.utf8
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > bytes.startIndex,
                bytes.distance(from: bytes.startIndex, to: colon) <= 100, bytes[..<colon].allSatisfy(Self.isSchemeByte)
            else { return nil }
            let scheme = uri[..<colon].lowercased()
            let rest = bytes[bytes.index(after: colon)...]
            guard scheme == "http" || scheme == "https", rest.starts(with: "//".utf8) else {
                text = "\(scheme):"
                return
            }
            let authority = rest.dropFirst(2).prefix { !"/?#".utf8.contains($0) }
            let host = authority.prefix { $0 != UInt8(ascii: ":") }
            let port = authority.dropFirst(host.count)
            guard !host.isEmpty, host.allSatisfy(Self.isHostByte), port.dropFirst().allSatisfy(Grammar.isDigit),
                let hostText = String(host), let portText = String(port)
            else {
                text = "\(scheme):"
                return
            }
            text = "\(scheme)://\(hostText)" + portText
        }

        private static func isSchemeByte(_ byte: UInt8) -> Bool {
            Grammar.isLetter(byte) || Grammar.isDigit(byte) || "+-.".utf8.contains(byte)
        }

        private static func isHostByte(_ byte: UInt8) -> Bool {
            Grammar.isLetter(byte) || Grammar.isDigit(byte) || "-.".utf8.contains(byte)
        }
    }
}

extension Client {
    /// Where a form may lead when its answer goes to this client: to this redirect URI, and from there on to the other
    /// places the client has registered, since callbacks often lead on. Addresses beyond the fiftieth are left out.
    func formTargets(including redirect: VerifiedRedirect) -> [ContentSecurityPolicy.Source] {
        let registered = (redirectURIs + allowedOrigins + postLogoutRedirectURIs).prefix(50)
        return ([redirect.uri] + registered).compactMap { ContentSecurityPolicy.Source(uri: $0) }
    }
}
