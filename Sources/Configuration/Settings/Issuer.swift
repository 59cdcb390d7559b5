internal import HTTP

/// The issuer identifier: the URL that stands in every token as `iss` (OpenID Connect Discovery §3, RFC 8414 §2).
public struct Issuer: Sendable, Equatable {
    /// Exactly as configured.
    public let text: String
    /// Whether it is https.
    public let isSecure: Bool
    /// The host, an IPv6 address without its brackets.
    let host: String

    /// Reads an issuer.
    ///
    /// Beyond what the specifications ask (no query, no fragment) there is one spelling only: lower-case scheme and
    /// host, no default port, no trailing slash, no dot segments. Relying parties compare issuers as strings.
    /// - Throws: the rest of a sentence that begins with the setting's name.
    init(parsing text: String) throws(Problem) {
        isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://") else {
            throw Problem("must be an https URL, or http on a loopback address, in lower case")
        }
        let rest = text.dropFirst(isSecure ? 8 : 7)
        guard !rest.contains("?"), !rest.contains("#") else { throw Problem("must not have a query or a fragment") }
        guard !text.hasSuffix("/") else { throw Problem("must not end with a slash") }
        let authority = rest.prefix { $0 != "/" }
        try Self.check(path: rest[authority.endIndex...])
        let host = try Self.host(of: authority, defaultPort: isSecure ? "443" : "80")
        guard isSecure || Self.isLoopback(host) else {
            throw Problem("must be https: only a loopback address may be http")
        }
        self.host = host.filter { $0 != "[" && $0 != "]" }
        self.text = text
    }

    /// The rest of a sentence about an issuer.
    struct Problem: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    private static func check(path: Substring) throws(Problem) {
        guard !path.isEmpty else { return }
        for segment in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard !segment.isEmpty, segment != ".", segment != "..", segment.utf8.allSatisfy(Grammar.isUnreserved)
            else {
                throw Problem("must have a path of plain segments: letters, digits, '-', '.', '_', '~'")
            }
        }
    }

    private static func host(of authority: Substring, defaultPort: String) throws(Problem) -> Substring {
        var host = authority
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterBracket...].lastIndex(of: ":") {
            host = authority[..<colon]
            let port = authority[authority.index(after: colon)...]
            guard let number = UInt16(port), number > 0, String(number) == port, port != defaultPort else {
                throw Problem("must have a port from 1 to 65535 other than the default, or none")
            }
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            guard IPAddress(String(host.dropFirst().dropLast())) != nil else {
                throw Problem("must have a valid IPv6 address between its brackets")
            }
        } else {
            let isName = host.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || Grammar.isDigit(byte) || byte == 0x2D || byte == 0x2E
            }
            guard !host.isEmpty, isName else {
                throw Problem("must have a host in lower case (an international name as xn--…), without user-info")
            }
        }
        return host
    }

    private static func isLoopback(_ host: Substring) -> Bool {
        host == "localhost" || IPAddress(String(host.filter { $0 != "[" && $0 != "]" }))?.isLoopback == true
    }
}
